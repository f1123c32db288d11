// The nudges: one connection while it is of use, begun again after every cut, every sleep and every silence. Read by
// hand, since an EventSource does not show the beats that tell a quiet line from a dead one.

import { LIVE } from "./calls";

const SILENCE = 40_000; // milliseconds: the server beats every fifteen seconds
const SLOWEST = 30_000;
const HIDDEN = 5 * 60_000; // a page nobody looks at lets go after this

export interface Heard {
  up(connected: boolean): void; // whatever happened before now may have been missed
  changed(): void;
  typing(who: string): void;
  refused(): void; // there is no visitor of this browser any more
}

export class Stream {
  connected = false;
  private wanted = false;
  private turn = 0;
  private cut: AbortController | null = null;
  private timer = 0;
  private tries = 0;
  private least = 1000; // as the server asks
  private resting = 0;

  constructor(private readonly heard: Heard) {
    document.addEventListener("visibilitychange", () => this.looked());
    addEventListener("online", () => this.begin());
    addEventListener("pageshow", (event) => event.persisted && this.begin());
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.begin();
  }

  stop(): void {
    this.wanted = false;
    this.end();
  }

  /** Begins at once, whatever was there before. */
  begin(): void {
    if (!this.wanted) return;
    this.end();
    void this.listen(++this.turn);
  }

  private looked(): void {
    clearTimeout(this.resting);
    if (document.hidden) this.resting = setTimeout(() => this.end(), HIDDEN);
    else if (this.wanted && !this.connected) this.begin();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.turn++;
    this.cut?.abort();
    this.connected = false;
  }

  private async listen(turn: number): Promise<void> {
    const cut = (this.cut = new AbortController());
    let silence = 0;
    const alive = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => cut.abort(), SILENCE);
    };
    alive();
    try {
      const answer = await fetch(LIVE, { headers: { accept: "text/event-stream" }, cache: "no-store", signal: cut.signal });
      if (turn === this.turn && (answer.status === 401 || answer.status === 403 || answer.status === 404)) {
        this.wanted = false;
        this.heard.refused();
        return;
      }
      if (answer.ok && answer.body) await this.read(answer.body, turn, alive);
    } catch {
      // Cut, silent, or away: it is begun again below.
    } finally {
      clearTimeout(silence);
    }
    if (turn !== this.turn) return;
    this.connected = false;
    this.heard.up(false);
    const wait = Math.min(SLOWEST, this.least * 2 ** this.tries++) * (0.7 + Math.random() * 0.6);
    this.timer = setTimeout(() => this.begin(), wait);
  }

  private async read(body: ReadableStream<Uint8Array>, turn: number, alive: () => void): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done || turn !== this.turn) return;
      alive();
      if (!this.connected) {
        this.connected = true;
        this.tries = 0;
        this.heard.up(true);
      }
      const lines = (rest + value).split("\n");
      rest = (lines.pop() ?? "").slice(0, 10_000);
      for (const line of lines) this.take(line.replace(/\r$/, ""));
    }
  }

  private take(line: string): void {
    if (line.startsWith("retry:")) this.least = Math.min(SLOWEST, Math.max(500, Number(line.slice(6)) || 1000));
    if (!line.startsWith("data:")) return;
    let said: { changed?: string[]; typing?: string };
    try {
      said = JSON.parse(line.slice(5)) as typeof said;
    } catch {
      return;
    }
    if (said.changed) this.heard.changed();
    if (said.typing) this.heard.typing(said.typing);
  }
}
