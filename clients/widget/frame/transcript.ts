// What was said, as the server has it. Always fetched whole and put together by id, so that nothing is missed after a
// cut and nothing stands twice, whatever was delivered how often.

import { ask, forgotten, Problem } from "./calls";

export interface Sent {
  name: string;
  type: string;
  size: number;
  url: string;
}

export interface Entry {
  id: number;
  mine: boolean;
  client_id: string;
  who: string;
  automatic: boolean;
  text: string;
  at: string;
  state: "" | "sent" | "delivered" | "read";
  files: Sent[];
}

interface Answer {
  entries: Entry[];
  more: boolean;
  typing: string;
  open: boolean;
  answers: string;
}

export class Transcript {
  entries: Entry[] = [];
  more = false;
  fetched = false;
  open: boolean | undefined;
  answers = "";
  private asking: Promise<void> | null = null;
  private again = false;
  private times = 0; // a fetch begun before forgetting must not bring anything back

  constructor(private readonly changed: (typing: string) => void) {}

  get last(): Entry | undefined {
    return this.entries[this.entries.length - 1];
  }

  /** One fetch at a time; asked again meanwhile, once more afterwards. Throws Problem. */
  refresh(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return this.asking;
    }
    this.asking = this.fetchAll().finally(() => (this.asking = null));
    return this.asking;
  }

  /** What was said before the oldest that is here. */
  async older(): Promise<void> {
    const oldest = this.entries[0];
    if (!this.more || !oldest) return;
    const times = this.times;
    const answer = await ask<Answer>("GET", `transcript?before=${oldest.id}`);
    if (times !== this.times) return;
    this.more = answer.more;
    this.merge(answer.entries);
    this.changed("");
  }

  forget(): void {
    this.times++;
    this.entries = [];
    this.more = this.fetched = false;
    this.changed("");
  }

  private async fetchAll(): Promise<void> {
    do {
      this.again = false;
      await this.fetchOnce();
    } while (this.again);
  }

  private async fetchOnce(): Promise<void> {
    const times = this.times;
    let answer: Answer;
    try {
      answer = await ask<Answer>("GET", "transcript");
      await this.bridge(answer);
    } catch (why) {
      if (why instanceof Problem && why.status === 401) {
        forgotten();
        this.forget();
      }
      throw why;
    }
    if (times !== this.times) return;
    const first = !this.entries.length;
    this.merge(answer.entries);
    if (first) this.more = answer.more;
    this.fetched = true;
    this.open = answer.open;
    this.answers = answer.answers;
    this.changed(answer.typing);
  }

  /** Away for so long that the newest forty do not reach back to what is here: fetches what lies between. */
  private async bridge(answer: Answer): Promise<void> {
    const here = new Set(this.entries.map((entry) => entry.id));
    let more = answer.more;
    while (here.size && more && answer.entries.length && !answer.entries.some((entry) => here.has(entry.id))) {
      const before = await ask<Answer>("GET", `transcript?before=${answer.entries[0]!.id}`);
      if (!before.entries.length) return;
      answer.entries.unshift(...before.entries);
      more = before.more;
    }
  }

  private merge(found: Entry[]): void {
    const all = new Map(this.entries.map((entry) => [entry.id, entry]));
    for (const entry of found) all.set(entry.id, entry);
    this.entries = [...all.values()].sort((a, b) => moment(a) - moment(b) || a.id - b.id);
  }
}

/** Its place: what was written long ago may be shown only now. */
export function moment(entry: Entry): number {
  return Date.parse(entry.at);
}
