// The two screens and what stands around them. Draws; decides nothing.

import { config, t } from "./config";
import { button, h, key, zero } from "./dom";
import { alone } from "./parent";
import { row } from "./sheets";
import type { Composer } from "./composer";
import type { Log } from "./log";

export interface Pressed {
  start(): void;
  home(): void;
  close(): void;
  zero(): void;
  menu(): void;
  prove(): void;
}

export class Screens {
  talking = false;
  readonly extra = h("div", { class: "extra" }); // one question at a time, above the composer
  private readonly title = h("h1", { id: "title", tabindex: "-1" }, config.name);
  private readonly says = h("small", {});
  private readonly back: HTMLButtonElement;
  private readonly more: HTMLButtonElement;
  private readonly home: HTMLElement;
  private readonly greeting = h("p", {});
  private readonly last = h("div", { class: "card last", hidden: true });
  private readonly first: HTMLElement;
  private readonly prove: HTMLElement;
  private readonly hello = h("h2", {}, t("greeting"));
  private readonly humanSays = h("small", {});
  private readonly talk: HTMLElement;
  private readonly notice: HTMLElement;

  constructor(
    private readonly pressed: Pressed,
    private readonly log: Log,
    private readonly composer: Composer,
  ) {
    this.back = key("tool", t("back"), "back", pressed.home);
    this.more = key("tool", t("menu"), "more", pressed.menu);
    const zeroKey = button("key", pressed.zero, zero());
    zeroKey.setAttribute("aria-label", t("zero"));
    zeroKey.title = t("zero");
    const close = alone ? null : key("tool", t("close"), "close", pressed.close);
    const top = h("header", { class: "top" }, this.back, h("div", { class: "names" }, this.title, this.says), zeroKey, this.more, close);
    this.first = h("div", {});
    this.prove = row("badge", t("prove_row"), t("prove_row_more"), pressed.prove);
    this.home = h("main", { class: "home", id: "home" }, h("div", { class: "main" }, h("div", { class: "hello" }, this.hello, this.greeting), this.last, h("div", { class: "card rows" }, this.first, this.prove)), button("human", pressed.start, zero(), h("span", {}, h("b", {}, t("human")), this.humanSays)));
    this.notice = h("p", { class: "notice" }, t("notice"), " ", config.privacy ? h("a", { href: config.privacy, target: "_blank", rel: "noopener" }, t("privacy")) : null);
    this.talk = h("main", { class: "talk" }, log.box, this.extra, this.notice, composer.form);
    this.dropping();
    document.getElementById("chat")!.replaceChildren(top, this.home, this.talk);
    this.show(false);
  }

  show(talking: boolean): void {
    this.talking = talking;
    this.home.hidden = talking;
    this.talk.hidden = this.back.hidden = this.more.hidden = !talking;
    if (talking) {
      this.log.show();
      this.log.end();
    }
  }

  /** Where the keyboard goes when the window opens. */
  focus(): void {
    if (this.talking) this.composer.focus();
    else this.title.focus({ preventScroll: true });
  }

  head(name: string, says: string): void {
    this.title.textContent = this.talking && name ? name : config.name;
    this.says.textContent = says;
    this.humanSays.textContent = says || t("human_more");
  }

  hours(open: boolean, says: string): void {
    this.greeting.textContent = open ? t("welcome") : `${says} ${t("leave_words")}`.trim();
    this.first.replaceChildren(row("chat", t(open ? "start" : "leave"), t(open ? "start_more" : "leave_more"), this.pressed.start));
  }

  /** Somebody the shop signed in needs no code, and is greeted by name. */
  knows(name: string): void {
    this.prove.hidden = Boolean(name);
    this.hello.textContent = name ? t("greeting_known", { name: name.split(" ")[0]! }) : t("greeting");
  }

  /** On the first screen, where a talk stands. */
  resume(who: string, text: string, unread: number): void {
    this.last.hidden = !text;
    this.first.hidden = Boolean(text);
    this.first.parentElement!.hidden = this.first.hidden && Boolean(this.prove.hidden);
    const heading = unread ? t("unread", { n: unread }) : t("go_on");
    const made = row("chat", heading, `${who ? `${who}: ` : ""}${text.slice(0, 90)}`, this.pressed.start);
    made.toggleAttribute("data-unread", unread > 0);
    this.last.replaceChildren(made);
  }

  noticed(seen: boolean): void {
    this.notice.hidden = seen;
  }

  private dropping(): void {
    this.talk.addEventListener("dragover", (event) => (event.preventDefault(), this.talk.toggleAttribute("data-over", true)));
    this.talk.addEventListener("dragleave", () => this.talk.removeAttribute("data-over"));
    this.talk.addEventListener("drop", (event) => {
      event.preventDefault();
      this.talk.removeAttribute("data-over");
      this.composer.take([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
