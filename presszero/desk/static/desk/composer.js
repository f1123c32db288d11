// The composer: drafts kept as they are typed, files by picking, pasting and dropping, macros, formatting, keys to send.
import { toast } from "../ui/toasts.js";
import { show, takeNext } from "./chips.js";
import { attach, remove } from "./files.js";
import "./texting.js";

const KINDS = ["reply", "note", "call"];
const LIMIT = 25 * 1024 * 1024;
const headers = () => JSON.parse(document.body.getAttribute("hx-headers"));

class Composer extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.waiting = {};
    this.addEventListener("input", (event) => this.typed(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) { this.add(event.target.files); event.target.value = ""; } });
    this.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) { event.preventDefault(); this.add(event.clipboardData.files); } });
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => { if ([...event.dataTransfer.types].includes("Files")) { event.preventDefault(); this.classList.add("dropping"); } });
    this.addEventListener("dragleave", (event) => { if (!this.contains(event.relatedTarget)) this.classList.remove("dropping"); });
    this.addEventListener("drop", (event) => { event.preventDefault(); this.classList.remove("dropping"); this.add(event.dataTransfer.files); });
    this.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches("form[data-kind]")) this.flush(event.target.dataset.kind, false); });
    // A note is an aside: back to the reply once it is kept. Its form is a new one by then, so the request says whose it was.
    this.addEventListener("htmx:afterRequest", ({ detail }) => {
      const from = detail.requestConfig?.elt?.id;
      if (!detail.successful || !["note-form", "call-form"].includes(from)) return;
      this.show("reply", false);
      if (from === "call-form") this.querySelector("#call-place").replaceChildren();
    });
    this.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target?.id === "call-place") this.show("call"); });
    this.macros = this.querySelector("#macro-list");
    this.restore();
  }

  get id_() { return this.dataset.conversation; }
  form(kind) { return this.querySelector(`#${kind}-form`); }
  get kind() { return ["note", "call"].find((kind) => this.form(kind) && !this.form(kind).closest("[hidden]")) ?? "reply"; }

  show(kind, focus = true) {
    const place = this.querySelector("#call-place");
    if (kind === "call" && !this.form("call")) return htmx.trigger(place, "wanted");
    for (const one of ["reply", "note"]) this.form(one).hidden = one !== kind;
    place.hidden = kind !== "call";
    this.classList.toggle("noting", kind !== "reply");
    for (const tab of this.querySelectorAll("[data-tab]")) tab.setAttribute("aria-selected", tab.dataset.tab === kind);
    const box = this.form(kind).querySelector("textarea");
    if (focus) { box.focus(); box.setSelectionRange(box.value.length, box.value.length); }
  }

  typed(event) {
    if (!event.target.matches("textarea[name=text]")) return;
    const kind = event.target.form.dataset.kind;
    // Only of an answer: colleagues and a customer in the chat see that somebody writes, and a note is none of theirs.
    if (kind === "reply") document.dispatchEvent(new Event("typing"));
    if (kind === "reply" && /(^|\s)#$/.test(event.target.value.slice(0, event.target.selectionStart)) && event.data === "#") this.openMacros(true);
    this.say(kind, "");
    clearTimeout(this.waiting[kind]);
    this.waiting[kind] = setTimeout(() => this.flush(kind), 800);
  }

  // On this device at once, on the server a moment later.
  async save(kind) {
    const box = this.form(kind)?.querySelector("textarea");
    if (!box) return;
    const text = box.value;
    const place = `draft:${this.id_}:${kind}`;
    try {
      const answer = await fetch(`/conversations/${this.id_}/drafts/${kind}`, { method: "PUT", headers: headers(), body: new URLSearchParams({ text }) });
      if (!answer.ok) throw new Error(answer.status);
      sessionStorage.removeItem(place);
      this.say(kind, text.trim() ? this.dataset.saved : "");
      if (answer.status === 200 && box.isConnected && box.value === text) this.notice(kind, await answer.text());
      // Sent while the draft was on its way: it must not stand there again.
      const now = document.querySelector(`desk-composer[data-conversation="${this.id_}"]`);
      if (now && !now.waiting[kind] && now.form(kind)?.querySelector("textarea").value !== text) now.save(kind);
    } catch {
      sessionStorage.setItem(place, text);
      this.say(kind, this.dataset.kept);
    }
  }

  notice(kind, chips) {
    const place = this.form(kind)?.querySelector(".noticed");
    if (place) show(place, chips);
  }

  flush(kind, save = true) {
    if (!this.waiting[kind]) return;
    clearTimeout(this.waiting[kind]);
    this.waiting[kind] = null;
    if (save) this.save(kind);
  }

  restore() {
    for (const kind of ["reply", "note"]) {
      const kept = sessionStorage.getItem(`draft:${this.id_}:${kind}`);
      const box = this.form(kind)?.querySelector("textarea");
      if (kept && box && !box.value) { box.value = kept; this.save(kind); }
    }
  }

  say(kind, words) {
    const place = this.form(kind)?.querySelector(".saved");
    if (place) place.textContent = words;
  }

  key(event) {
    const box = event.target;
    if (box.matches("#macro-list input")) return this.macroKey(event);
    if (!box.matches("textarea")) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "Enter") {
      event.preventDefault();
      const button = box.form.querySelector(event.shiftKey ? "[data-submit=resolve]" : "[data-submit=send]") ?? box.form.querySelector("[data-submit]");
      box.form.requestSubmit(button);
    } else if (event.altKey && event.code === "KeyK") {
      event.preventDefault();
      takeNext(box.form);
    } else if (event.altKey && event.code === "KeyP") {
      event.preventDefault();
      // What was just suggested is in the order already.
      (document.querySelector("pz-offer [data-opens=draft-dialog]") ?? box.form.querySelector("[data-opens=draft-dialog]"))?.click();
    } else if (command && !event.shiftKey && "bi".includes(event.key.toLowerCase())) {
      event.preventDefault();
      this.mark(event.key.toLowerCase() === "b" ? "bold" : "italic");
    }
  }

  clicked(event) {
    const tab = event.target.closest("[data-tab]");
    if (tab) this.show(tab.dataset.tab);
    const mark = event.target.closest("[data-mark]");
    if (mark) this.mark(mark.dataset.mark);
    if (event.target.closest("[data-macros]")) this.openMacros(this.macros.hidden);
    const gone = event.target.closest("[data-remove]");
    if (gone) remove(gone.closest(".file"), headers());
    const macro = event.target.closest("[data-macro]");
    if (macro) this.use(macro);
    const preview = event.target.closest("[data-preview]");
    if (preview) this.preview(preview.getAttribute("aria-expanded") !== "true", preview);
  }

  // What they will see stands there while it is wanted, and is drawn anew as the way changes.
  preview(on, button = this.querySelector("[data-preview]")) {
    button?.setAttribute("aria-expanded", on);
    const place = this.querySelector("#preview");
    if (place) place.hidden = !on;
  }

  // By another way, from wherever that is proposed.
  answerBy(key) {
    const ways = this.querySelector("select[data-ways]");
    if (!ways || ![...ways.options].some((option) => option.value === key)) return;
    ways.value = key;
    ways.dispatchEvent(new Event("change", { bubbles: true }));
    this.show("reply");
  }

  // Words from elsewhere, put where the writer is: a link to pay, say.
  insert(words) {
    this.show("reply");
    const box = this.form("reply").querySelector("textarea");
    const before = box.value.slice(0, box.selectionStart);
    const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    box.setRangeText(`${gap}${words}\n`, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    box.focus();
  }

  mark(what) {
    const box = this.form(this.kind).querySelector("textarea");
    const { selectionStart: from, selectionEnd: to, value } = box;
    const chosen = value.slice(from, to);
    const made = { bold: `**${chosen || "…"}**`, italic: `*${chosen || "…"}*`, link: `[${chosen || "…"}](https://)`, list: (chosen || "…").split("\n").map((line) => `- ${line}`).join("\n") }[what];
    box.focus();
    box.setRangeText(made, from, to, "end");
    if (!chosen) { const dots = from + made.indexOf("…"); box.setSelectionRange(dots, dots + 1); }
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  add(files) {
    for (const file of files) {
      if (file.size > LIMIT) toast(`${file.name} ${this.dataset.tooLarge}`, { bad: true });
      else attach(this.querySelector("[data-files]"), file, `/conversations/${this.id_}/uploads`, headers());
    }
    this.show("reply");
  }

  openMacros(open) {
    if (open && this.kind !== "reply") this.show("reply", false);
    this.macros.hidden = !open;
    const input = this.macros.querySelector("input");
    if (!open) return this.form(this.kind).querySelector("textarea").focus();
    input.value = "";
    input.focus();
    htmx.trigger(input, "wanted");
  }

  macroKey(event) {
    const options = [...this.macros.querySelectorAll("[data-macro]")];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); this.openMacros(false); }
    if (event.key === "Enter") { event.preventDefault(); if (options[at]) this.use(options[at]); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", index === next));
    options[next]?.scrollIntoView({ block: "nearest" });
    event.target.setAttribute("aria-activedescendant", options[next]?.id ?? "");
  }

  use(option) {
    this.macros.hidden = true;
    const box = this.form("reply").querySelector("textarea");
    this.show("reply");
    const end = box.selectionStart;
    const from = box.value.slice(0, end).endsWith("#") ? end - 1 : end;
    box.setRangeText(option.dataset.text, from, end, "end");
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    if (option.dataset.actions) htmx.ajax("POST", `/conversations/${this.id_}/macros/${option.dataset.macro}`, { source: "#main", swap: "none" });
  }

  disconnectedCallback() {
    for (const kind of KINDS) this.flush(kind);
  }
}
customElements.define("desk-composer", Composer);

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-way]");
  if (!way) return;
  way.closest("details")?.removeAttribute("open");
  document.querySelector("desk-composer")?.answerBy(way.dataset.way);
});

// They wrote, or a colleague answered, while somebody is writing: said where the writer looks. What was in sight counts as read.
document.addEventListener("arrived", ({ detail }) => {
  const composer = document.querySelector("desk-composer");
  const form = composer?.form("reply");
  if (!form) return;
  if (detail.seen) form.elements.after.value = detail.newest;
  if (!form.querySelector("textarea").value.trim()) return;
  const banner = Object.assign(document.createElement("div"), { className: "banner w warn" });
  banner.append(Object.assign(document.createElement("p"), { textContent: detail.theirs ? composer.dataset.theirs : composer.dataset.ours }));
  form.querySelector(".meanwhile").replaceChildren(banner);
});
addEventListener("pagehide", () => { for (const composer of document.querySelectorAll("desk-composer")) for (const kind of KINDS) composer.flush(kind); });
