// Small questions in a sheet over the talk: an address, a code, how much it matters. Each says what for, and each can
// be left without an answer.

import { config, t } from "./config";
import { ask, asVisitor, here, Problem } from "./calls";
import { button, draw, h, key, type Child, type Icon } from "./dom";

/** Opens a sheet; the promise is done when it is closed. */
export function sheet(title: string, ...inside: Child[]): { close(): void; closed: Promise<void> } {
  const back = document.activeElement as HTMLElement | null;
  const made: HTMLDialogElement = h("dialog", { "aria-labelledby": "sheet-title" }, h("header", {}, h("h2", { id: "sheet-title" }, title), key("tool", t("close"), "close", () => made.close())), h("div", { class: "inside" }, ...inside));
  made.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  made.addEventListener("click", (event) => event.target === made && made.close());
  document.body.append(made);
  made.showModal();
  const closed = new Promise<void>((done) =>
    made.addEventListener("close", () => {
      made.remove();
      back?.focus({ preventScroll: true });
      done();
    }),
  );
  return { close: () => made.close(), closed };
}

interface Asking {
  words: string;
  fields: HTMLElement[];
  go: string;
  send(form: FormData): Promise<void>;
}

/** A form that says what is wrong beside its button, and keeps what was typed. */
function asking({ words, fields, go, send }: Asking): HTMLFormElement {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const submit = h("button", { class: "big" }, go);
  const made = h("form", { class: "fields", submit: (event) => (event.preventDefault(), void run()) }, h("p", {}, words), ...fields, wrong, submit);
  async function run(): Promise<void> {
    submit.disabled = true;
    wrong.textContent = "";
    try {
      await send(new FormData(made));
    } catch (why) {
      wrong.textContent = wordsOf(why);
    }
    submit.disabled = false;
  }
  return made;
}

export function field(name: string, label: string, given: Record<string, string | boolean> = {}): HTMLElement {
  return h("label", {}, h("span", {}, label), h("input", { name, dir: "auto", ...given }));
}

const email = (): HTMLElement => field("email", t("email"), { type: "email", required: true, autocomplete: "email", maxlength: "254", value: here.visit?.claimed ?? "" });

/** Where to answer when they have gone; a claim, by which nobody learns anything. */
export function askAddress(done: () => void): void {
  const opened = sheet(
    t("address_title"),
    asking({
      words: t("address_words"),
      fields: [email(), field("name", t("name"), { autocomplete: "name", maxlength: "120", value: here.visit?.name ?? "" })],
      go: t("address_go"),
      send: async (form) => {
        const given = { email: form.get("email"), name: form.get("name") };
        await asVisitor(() => ask("POST", "address", given));
        if (here.visit) Object.assign(here.visit, { claimed: given.email, name: given.name });
        opened.close();
        done();
      },
    }),
  );
}

/** Six digits to an address they say is theirs, and back: from then on what was said before is here. */
export function proveAddress(done: () => void): void {
  let address = "";
  const place = h("div", {});
  const opened = sheet(t("prove_title"), place);
  const first = asking({
    words: t("prove_words"),
    fields: [email()],
    go: t("prove_send"),
    send: async (form) => {
      address = String(form.get("email"));
      await asVisitor(() => ask("POST", "code", { email: address }));
      enter();
    },
  });
  place.replaceChildren(first);

  function enter(): void {
    const digits = field("code", t("code"), { inputmode: "numeric", autocomplete: "one-time-code", pattern: "\\s*([0-9]\\s*){6}", maxlength: "12", required: true });
    const send = async (form: FormData): Promise<void> => {
      const code = String(form.get("code")).replace(/\D/g, "");
      await asVisitor(() => ask("PUT", "code", { code }));
      opened.close();
      done();
    };
    place.replaceChildren(asking({ words: t("code_words", { address }), fields: [digits], go: t("prove_go"), send }), button("link", () => place.replaceChildren(first), t("prove_again")));
    place.querySelector("input")?.focus();
  }
}

/** How much it matters: one tap is enough; by when, and in their own words, if they like. */
export function askWish(first: number, done: () => void): void {
  let matters = first;
  const choices = h("div", { class: "choices", role: "group", "aria-label": t("wish_title") });
  const levels = [1, 2, 3].map((level) => button("choice", () => choose(level), t(`wish_${level}`)));
  choices.append(...levels);
  const opened = sheet(
    t("wish_title"),
    choices,
    asking({
      words: t("wish_words"),
      fields: [field("needed_by", t("wish_by"), { type: "date", min: today() }), field("words", t("wish_say"), { maxlength: "500" })],
      go: t("wish_go"),
      send: async (form) => {
        await wish({ matters: matters || null, needed_by: form.get("needed_by"), words: form.get("words") });
        opened.close();
        done();
      },
    }),
  );
  function choose(level: number): void {
    matters = level;
    levels.forEach((each, n) => each.setAttribute("aria-pressed", String(n + 1 === level)));
  }
  choose(first);
}

const SOON = 1200; // milliseconds until words just sent have become a matter

/** Keeps what they wish of the matter at hand; one that was begun a moment ago may need another moment. */
export async function wish(given: { matters?: number | null; needed_by?: unknown; words?: unknown; channel?: string }, tries = 5): Promise<void> {
  try {
    await asVisitor(() => ask("POST", "wish", { matters: null, needed_by: "", words: "", channel: "", ...given }));
  } catch (why) {
    if (!(why instanceof Problem) || why.status !== 409 || tries < 2) throw why;
    await new Promise((done) => setTimeout(done, SOON));
    await wish(given, tries - 1);
  }
}

/** The zero: who is there, when, and every way to them. */
export function zeroSheet(says: string, write: () => void, leave: () => void): void {
  const opened = sheet(
    t("zero_title"),
    h("p", {}, says),
    row("chat", t("zero_write"), t("zero_write_more"), () => (opened.close(), write())),
    config.phone ? row("phone", t("zero_call"), config.phone, () => window.open(`tel:${config.phone.replace(/[^+\d]/g, "")}`, "_top")) : null,
    config.callMe ? row("retry", t("zero_call_me"), t("zero_call_me_more"), () => window.open(config.callMe, "_blank")) : null,
    row("mail", t("zero_mail"), t("zero_mail_more"), () => (opened.close(), leave())),
  );
}

export function row(icon: Icon, title: string, more: string, pressed: () => unknown): HTMLElement {
  return button("row", pressed, draw(icon), h("span", {}, h("b", {}, title), more ? h("small", {}, more) : null), draw("next"));
}

/** What went wrong and what to do, in words. */
export function wordsOf(why: unknown): string {
  if (!(why instanceof Problem)) return t("wrong_refused");
  if (why.words) return why.words;
  if (why.status === 429) return t("wrong_often");
  if (why.status === 401) return t("wrong_cookie");
  return why.status === 0 || why.status >= 500 ? t("wrong_try") : t("wrong_refused");
}

function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 6e4).toISOString().slice(0, 10);
}
