// What the customer sent and the server has not shown yet. Each keeps one id for all its tries, in their order, over
// reloads, until the transcript holds it.

import { asVisitor, ask, Problem, upload } from "./calls";
import { keep, keepFiles, kept, keptFiles } from "./kept";

export interface Pending {
  client_id: string;
  text: string;
  at: string;
  new_matter: boolean;
  files: { name: string; type: string; size: number }[];
  state: "waiting" | "sending" | "stored" | "failed";
  why: string; // a key of our texts, or the server's own words; "" while all is well
}

const SLOWEST = 30; // seconds between tries
const FOR_GOOD = new Set([400, 403, 404, 413, 415, 422]);

export class Outbox {
  waiting: Pending[] = [];
  progress = new Map<string, number>();
  private contents = new Map<string, File[]>();
  private busy = false;
  private tries = 0;
  private timer = 0;

  constructor(
    private readonly changed: () => void,
    private readonly stored: () => void,
  ) {
    this.waiting = read();
    for (const each of this.waiting) if (each.state === "sending") each.state = "waiting";
    addEventListener("online", () => this.now());
  }

  add(text: string, files: File[], newMatter: boolean): void {
    const made: Pending = {
      client_id: crypto.randomUUID(),
      text,
      at: new Date().toISOString(),
      new_matter: newMatter,
      files: files.map(({ name, type, size }) => ({ name, type, size })),
      state: "waiting",
      why: "",
    };
    this.contents.set(made.client_id, files);
    if (files.length) void keepFiles(made.client_id, files);
    this.waiting.push(made);
    this.keep();
    void this.run();
  }

  /** Tries at once what waits. */
  now(): void {
    clearTimeout(this.timer);
    this.tries = 0;
    void this.run();
  }

  again(one: Pending): void {
    Object.assign(one, { state: "waiting", why: "" });
    this.keep();
    this.now();
  }

  drop(one: Pending): void {
    this.waiting = this.waiting.filter((each) => each !== one);
    this.contents.delete(one.client_id);
    if (one.files.length) void keepFiles(one.client_id, null);
    this.keep();
  }

  /** What the transcript shows needs no keeping here. */
  settle(shown: Set<string>): void {
    for (const each of this.waiting.filter((one) => shown.has(one.client_id))) this.drop(each);
  }

  clear(): void {
    for (const each of [...this.waiting]) this.drop(each);
  }

  preview(one: Pending): File[] {
    return this.contents.get(one.client_id) ?? [];
  }

  private keep(): void {
    keep("outbox", this.waiting.length ? JSON.stringify(this.waiting) : null);
    this.changed();
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let next = this.next(); next; next = this.next()) await this.send(next);
      this.tries = 0;
    } catch (why) {
      const wait = why instanceof Problem && why.wait ? why.wait : Math.min(SLOWEST, 2 ** this.tries++) * (0.7 + Math.random() * 0.6);
      this.timer = setTimeout(() => void this.run(), wait * 1000);
    } finally {
      this.busy = false;
    }
  }

  private next(): Pending | undefined {
    return this.waiting.find((each) => each.state === "waiting");
  }

  private async send(one: Pending): Promise<void> {
    one.state = "sending";
    this.changed();
    let stored = false;
    try {
      await this.post(one);
      Object.assign(one, { state: "stored", why: "" });
      stored = true;
    } catch (why) {
      const status = why instanceof Problem ? why.status : 0;
      const said = why instanceof Problem ? why.words : "";
      const lost = !(why instanceof Problem);
      if (FOR_GOOD.has(status) || status === 401 || lost) {
        Object.assign(one, { state: "failed", why: lost ? "wrong_lost" : said || reason(status) });
      } else {
        Object.assign(one, { state: "waiting", why: status === 429 ? "wrong_fast" : "wrong_away" });
        this.keep();
        throw why;
      }
    } finally {
      this.progress.delete(one.client_id);
      this.keep();
    }
    if (stored) this.stored();
  }

  private async post(one: Pending): Promise<void> {
    const { client_id, text, new_matter } = one;
    if (!one.files.length) return void (await asVisitor(() => ask("POST", "messages", { client_id, text, attachments: [], new_matter })));
    const files = this.contents.get(client_id) ?? (await keptFiles(client_id));
    if (!files) throw new Error("The files did not outlive the page.");
    this.contents.set(client_id, files);
    const attachments = await Promise.all(files.map(async (file) => ({ filename: file.name, content_type: file.type, base64: await base64(file) })));
    await asVisitor(() =>
      upload("messages", { client_id, text, attachments, new_matter }, (share) => {
        this.progress.set(client_id, share);
        this.changed();
      }),
    );
  }
}

function reason(status: number): string {
  if (status === 413) return "wrong_large";
  return status === 401 ? "wrong_cookie" : "wrong_refused";
}

function base64(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}

function read(): Pending[] {
  try {
    const found = JSON.parse(kept("outbox") ?? "[]") as Pending[];
    return found.filter((each) => each.client_id && Date.now() - Date.parse(each.at) < 7 * 864e5);
  } catch {
    return [];
  }
}
