// The talk as bubbles. Each stays the same element while it goes from written to sent to read, so that nothing jumps
// and nothing is read aloud twice.

import { clock, day, t } from "./config";
import { button, draw, h, zero } from "./dom";
import { marked, plain } from "./words";
import type { Outbox, Pending } from "./outbox";
import type { Entry, Sent, Transcript } from "./transcript";

const NEAR = 80; // pixels from the end that count as being there
const APART = 10 * 60_000; // milliseconds between words that are not of one breath

interface Said {
  key: string;
  mine: boolean;
  who: string;
  at: Date;
  entry?: Entry;
  pending?: Pending;
}

interface Drawn {
  row: HTMLLIElement;
  signature: string;
}

export class Log {
  readonly list = h("ol", { class: "log", "aria-label": t("talk") });
  readonly box: HTMLElement;
  private readonly spoken = h("div", { class: "sr", role: "log", "aria-live": "polite" });
  private readonly typing = h("p", { class: "typing", hidden: true });
  private readonly start = h("div", { class: "quiet-start" }, zero(), h("p", {}, t("welcome")));
  private readonly below = button("below", () => this.end(), draw("down"), t("newer"));
  private drawn = new Map<string, Drawn>();
  private heard = new Set<number>(); // read aloud, or there from the beginning
  private since = "";
  private previews = new Map<string, string[]>();
  private quiet = 0;

  constructor(
    private readonly transcript: Transcript,
    private readonly outbox: Outbox,
  ) {
    this.below.hidden = true;
    this.box = h("div", { class: "scroll", tabindex: "0", "aria-label": t("talk"), role: "region" }, this.start, this.list, this.typing, this.spoken, this.below);
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.end()).observe(this.box);
  }

  private atEnd = true;

  show(): void {
    const stay = this.atEnd;
    const height = this.box.scrollHeight;
    const first = this.list.firstElementChild;
    const said = this.everything();
    const added = this.place(said);
    this.start.hidden = said.length > 0;
    if (stay) this.end();
    else if (first !== this.list.firstElementChild && this.box.scrollTop < NEAR) this.box.scrollTop += this.box.scrollHeight - height;
    else if (added) this.below.hidden = false;
    this.speak();
  }

  /** Who writes at this moment; it fades when nothing more is heard of it. */
  types(who: string): void {
    clearTimeout(this.quiet);
    this.typing.hidden = !who;
    if (!who) return;
    this.typing.replaceChildren(h("i"), h("i"), h("i"), h("span", { class: "sr" }, t("types", { who })));
    if (this.atEnd) this.end();
    this.quiet = setTimeout(() => this.types(""), 7000);
  }

  end(): void {
    this.box.scrollTop = this.box.scrollHeight;
    this.below.hidden = true;
    this.atEnd = true;
  }

  private scrolled(): void {
    this.atEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
    if (this.atEnd) this.below.hidden = true;
    if (this.box.scrollTop < NEAR) void this.transcript.older().catch(() => undefined);
  }

  private everything(): Said[] {
    const there = new Set(this.transcript.entries.map((entry) => entry.client_id).filter(Boolean));
    const said = this.transcript.entries.map((entry): Said => ({ key: entry.mine && entry.client_id ? entry.client_id : `e${entry.id}`, mine: entry.mine, who: entry.who, at: new Date(entry.at), entry }));
    const coming = this.outbox.waiting.filter((each) => !there.has(each.client_id));
    return [...said, ...coming.map((pending): Said => ({ key: pending.client_id, mine: true, who: "", at: new Date(pending.at), pending }))];
  }

  /** Puts the rows in order, keeping those that have not changed. Returns whether somebody else's words are new. */
  private place(said: Said[]): boolean {
    let added = false;
    let at: Element | null = this.list.firstElementChild;
    const lastMine = said.findLastIndex((each) => each.mine);
    said.forEach((each, n) => {
      const before = said[n - 1];
      const signature = JSON.stringify([each.entry ?? each.pending, day(each.at), n === lastMine, before?.who === each.who && before.mine === each.mine, before && day(before.at), this.outbox.progress.get(each.key)]);
      let drawn = this.drawn.get(each.key);
      if (!drawn) {
        drawn = { row: h("li"), signature: "" };
        this.drawn.set(each.key, drawn);
        added ||= !each.mine;
      }
      if (drawn.signature !== signature) this.fill(drawn.row, each, before, n === lastMine);
      drawn.signature = signature;
      if (drawn.row === at) at = at.nextElementSibling;
      else this.list.insertBefore(drawn.row, at);
    });
    const keys = new Set(said.map((each) => each.key));
    for (const [key, drawn] of this.drawn) if (!keys.has(key)) (drawn.row.remove(), this.drawn.delete(key));
    return added;
  }

  private fill(row: HTMLLIElement, said: Said, before: Said | undefined, last: boolean): void {
    const sameDay = before && day(before.at) === day(said.at);
    const breath = sameDay && before.mine === said.mine && before.who === said.who && said.at.getTime() - before.at.getTime() < APART;
    const text = said.entry?.text ?? said.pending!.text;
    const who = said.mine ? t("you") : said.who;
    row.className = said.mine ? "mine" : said.entry?.automatic ? "theirs automatic" : "theirs";
    row.replaceChildren(
      ...[
        !sameDay && h("p", { class: "day" }, day(said.at)),
        !breath && h("p", { class: said.mine ? "sr" : "who" }, who, said.mine ? "" : h("time", { datetime: said.at.toISOString() }, clock(said.at))),
        text.trim() && h("div", { class: "bubble", dir: "auto" }, said.mine ? plain(text) : marked(text)),
        ...this.files(said),
        said.pending ? this.onItsWay(said.pending) : said.mine && last && h("p", { class: "meta" }, `${t(`state_${said.entry!.state || "sent"}`)} · ${clock(said.at)}`),
      ].filter((part): part is HTMLElement => Boolean(part)),
    );
  }

  private files(said: Said): HTMLElement[] {
    if (said.entry) return said.entry.files.map((file) => attached(file, file.url));
    const addresses = this.addresses(said.pending!);
    return said.pending!.files.map((file, n) => attached({ ...file, url: "" }, addresses[n] ?? ""));
  }

  private addresses(pending: Pending): string[] {
    const files = this.outbox.preview(pending);
    if (!this.previews.has(pending.client_id) && files.length) this.previews.set(pending.client_id, files.map((file) => URL.createObjectURL(file)));
    return this.previews.get(pending.client_id) ?? [];
  }

  private onItsWay(one: Pending): HTMLElement {
    const share = this.outbox.progress.get(one.client_id);
    if (one.state === "failed") {
      const tab = one.why === "wrong_cookie" && h("a", { class: "link", href: location.pathname, target: "_blank" }, t("own_tab"));
      return h("p", { class: "meta wrong", role: "alert" }, t(one.why), " ", tab, button("link", () => this.outbox.again(one), t("again")), button("link", () => this.outbox.drop(one), t("drop")));
    }
    if (share !== undefined) return h("p", { class: "meta" }, h("progress", { max: 1, value: share, "aria-label": t("sending") }));
    const said = one.state === "stored" ? `${t("state_sent")} · ${clock(new Date(one.at))}` : one.why ? t(one.why) : t("sending");
    return h("p", { class: "meta" }, said);
  }

  /** New words of theirs, once each, for those who listen; not the history, and not that somebody types. */
  private speak(): void {
    if (!this.transcript.fetched) this.heard.clear();
    const first = !this.heard.size;
    for (const entry of this.transcript.entries) {
      if (!first && !entry.mine && !this.heard.has(entry.id) && entry.at > this.since) this.spoken.append(h("p", {}, `${entry.who}: ${entry.text}`));
      this.heard.add(entry.id);
    }
    this.since = this.transcript.last?.at ?? "";
    while (this.spoken.childElementCount > 5) this.spoken.firstElementChild!.remove();
  }
}

function attached(file: Sent, address: string): HTMLElement {
  const picture = /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type) && address;
  const inside = picture ? h("img", { src: address, alt: file.name, loading: "lazy" }) : h("span", { class: "file" }, draw("file"), h("b", { dir: "auto" }, file.name), " ", h("small", {}, size(file.size)));
  return address && !address.startsWith("blob:") ? h("a", { class: "attached", href: address, target: "_blank", rel: "noopener" }, inside) : h("div", { class: "attached" }, inside);
}

export function size(bytes: number): string {
  const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, "megabyte"] : [Math.max(1, bytes / 1e3), "kilobyte"];
  return new Intl.NumberFormat(document.documentElement.lang || "en", { style: "unit", unit, maximumFractionDigits: value < 10 && bytes >= 1e6 ? 1 : 0 }).format(value);
}
