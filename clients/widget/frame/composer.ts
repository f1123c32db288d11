// Where the customer writes. Nothing of it leaves the browser before Send, not even that somebody began.

import { config, t } from "./config";
import { button, draw, h, key } from "./dom";
import { emojiPicker } from "./emoji";
import { keep, kept } from "./kept";
import { size } from "./log";

export interface Written {
  send(text: string, files: File[]): void;
  typing(): void;
}

export class Composer {
  readonly form: HTMLFormElement;
  readonly area: HTMLTextAreaElement;
  private readonly tray = h("ul", { class: "tray" });
  private readonly wrong = h("p", { class: "wrong", role: "alert" });
  private readonly picker: HTMLElement;
  private readonly smile: HTMLButtonElement;
  private files: File[] = [];

  constructor(private readonly written: Written) {
    this.area = h("textarea", { rows: 1, dir: "auto", "aria-label": t("write"), placeholder: t("write"), maxlength: config.limits.text, enterkeyhint: "send", autocomplete: "off" });
    this.area.value = kept("draft", "sessionStorage") ?? "";
    const chooser = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", change: () => (this.take([...(chooser.files ?? [])]), (chooser.value = "")) });
    this.smile = key("tool", t("emoji"), "smile", () => this.pick(Boolean(this.picker.hidden)));
    this.smile.setAttribute("aria-expanded", "false");
    this.picker = emojiPicker((emoji) => this.insert(emoji), () => this.pick(false));
    this.picker.hidden = true;
    const submit = h("button", { class: "tool go", "aria-label": t("send"), title: t("send") }, draw("send"));
    this.form = h("form", { class: "write", submit: (event) => (event.preventDefault(), this.submit()) }, this.picker, this.tray, this.wrong, h("div", { class: "line" }, key("tool", t("attach"), "clip", () => chooser.click()), chooser, this.area, this.smile, submit));
    this.listen();
    this.grow();
  }

  focus(): void {
    this.area.focus({ preventScroll: true });
  }

  clear(): void {
    this.area.value = "";
    this.files = [];
    this.list();
    this.changed();
  }

  /** Files that were pasted, dropped or chosen. */
  take(found: File[]): void {
    const { files: most, bytes } = config.limits;
    this.wrong.textContent = "";
    for (const file of found) {
      const all = this.files.reduce((sum, each) => sum + each.size, 0) + file.size;
      if (this.files.length >= most) this.wrong.textContent = t("wrong_many", { n: most });
      else if (all > bytes) this.wrong.textContent = t("wrong_size", { size: size(bytes) });
      else this.files.push(file);
    }
    this.list();
  }

  private submit(): void {
    const text = this.area.value.trim();
    if (!text && !this.files.length) return this.focus();
    const files = this.files;
    this.clear();
    this.pick(false);
    this.wrong.textContent = "";
    this.written.send(text, files);
    this.focus();
  }

  private listen(): void {
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.area.addEventListener("input", () => {
      this.changed();
      if (this.area.value.trim()) this.written.typing();
    });
    this.area.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.take(files);
    });
  }

  private changed(): void {
    keep("draft", this.area.value || null, "sessionStorage");
    this.grow();
  }

  private grow(): void {
    this.area.style.setProperty("block-size", "auto");
    if (this.area.scrollHeight) this.area.style.setProperty("block-size", `${this.area.scrollHeight}px`);
  }

  private pick(open: boolean): void {
    const was = !this.picker.hidden;
    this.picker.hidden = !open;
    this.smile.setAttribute("aria-expanded", String(open));
    if (open) this.picker.querySelector<HTMLElement>(".emoji-grid button")?.focus();
    else if (was) this.focus();
  }

  private insert(emoji: string): void {
    this.area.setRangeText(emoji, this.area.selectionStart, this.area.selectionEnd, "end");
    this.changed();
    this.pick(false);
  }

  private list(): void {
    this.tray.replaceChildren(
      ...this.files.map((file) => h("li", {}, draw("file"), h("b", { dir: "auto" }, file.name), h("small", {}, size(file.size)), this.away(file))),
    );
  }

  private away(file: File): HTMLButtonElement {
    const made = button("tool", () => ((this.files = this.files.filter((each) => each !== file)), this.list(), this.focus()), draw("close"));
    made.setAttribute("aria-label", t("remove", { name: file.name }));
    return made;
  }
}
