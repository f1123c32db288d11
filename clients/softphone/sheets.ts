// What opens beside the bar: keys, and whom the call goes to.

import { act, h, icon, type Child } from "./draw";
import type { DeskPhone } from "./desk_phone";
import { tone } from "./ring";
import type { Leg, Others } from "./said";
import * as server from "./server";
import { say } from "./words";

export type Sheet = "" | "keys" | "pass" | "add" | "dial";

const LETTERS = ["", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz", "", "+", ""];
const AFTER = 250; // milliseconds without another key, then they go together

/** The twelve keys; `pressed` hears each. */
export function keypad(pressed: (digit: string) => void): HTMLElement {
  return h("div", { class: "keypad", role: "group", "aria-label": say("keypad"), dir: "ltr" },
    ..."123456789*0#".split("").map((digit, at) => h("button", { type: "button", class: "dial-key", "data-act": `k${digit}`, click: () => { tone(digit); pressed(digit); } }, h("b", {}, digit), h("span", { class: "tiny", "aria-hidden": "true" }, LETTERS[at]!))));
}

export function keys(phone: DeskPhone, leg: Leg, close: () => void): Child[] {
  const said = h("output", { class: "pressed num", "aria-live": "polite" });
  let waiting = "";
  let timer = 0;
  const press = (digit: string): void => {
    said.textContent = `${said.textContent}${digit}`.slice(-24);
    if (phone.lives.get(leg.id)?.phone.keys(digit)) return;
    waiting += digit;
    clearTimeout(timer);
    timer = window.setTimeout(() => { const digits = waiting; waiting = ""; void phone.ask(leg, "keys", { digits }); }, AFTER);
  };
  const pad = keypad(press);
  pad.addEventListener("keydown", (event) => { if (/^[0-9*#]$/.test(event.key) && !event.altKey) { event.preventDefault(); event.stopPropagation(); tone(event.key); press(event.key); } });
  return [heading(say("keys"), close), said, pad];
}

/** Colleagues, queues and numbers; `add` brings them in, otherwise the call is passed on. */
export function passOn(phone: DeskPhone, leg: Leg, add: boolean, close: () => void): Child[] {
  const list = h("ul", { class: "whom", role: "list" });
  const box = h("input", { class: "input", type: "search", autocomplete: "off", placeholder: say("to_whom"), "aria-label": say("to_whom"), "data-act": "whom" });
  let found: Others = { people: [], queues: [] };
  const go = async (to: string, warm: boolean): Promise<void> => { if (await phone.ask(leg, add ? "add" : "transfer", { to, warm: warm ? 1 : 0 })) close(); };
  const line = (to: string, name: string, kind: string, note: string, warm: boolean): HTMLElement => h("li", {},
    h("span", { class: `dot ${kind}`, "aria-hidden": "true" }), h("span", { class: "grow cut" }, h("b", {}, name), " ", h("span", { class: "tiny quiet" }, note)),
    !add && warm ? act(`ask-${to}`, { word: say("ask_first"), kind: "line s" }, () => go(to, true)) : null,
    act(`to-${to}`, { word: say(add ? "bring_in" : "pass_on"), icon: add ? "plus" : "pass-on", kind: "line s" }, () => go(to, false)));
  const show = (): void => {
    const typed = box.value.trim().toLowerCase();
    const people = found.people.filter((one) => one.name.toLowerCase().includes(typed));
    const queues = add ? [] : found.queues.filter((one) => one.name.toLowerCase().includes(typed));
    const number = /^[+()\d\s.\/-]{4,}$/.test(typed) ? typed : "";
    list.replaceChildren(
      ...(number ? [line(number, number, "w", say("number"), true)] : []),
      ...people.map((one) => line(`member:${one.id}`, one.name, one.state === "free" ? "" : one.state === "talks" ? "w" : "off", say(one.state), one.state === "free")),
      ...queues.map((one) => line(`queue:${one.id}`, one.name, "queue", one.waiting ? say("queue_waits", { n: one.waiting }) : say("nobody_waits"), false)));
    if (!list.childElementCount) list.append(h("li", { class: "small quiet" }, say("nobody")));
  };
  box.addEventListener("input", show);
  void server.others().then((others) => { found = others; show(); }, (why) => phone.tell(why));
  setTimeout(() => box.focus());
  return [heading(say(add ? "add" : "pass_on"), close), box, list];
}

export function heading(words: string, close: () => void): HTMLElement {
  const shut = h("button", { type: "button", class: "btn only s", "aria-label": say("close"), title: say("close"), "data-act": "close", click: close }, icon("close"));
  return h("header", { class: "head" }, h("h2", {}, words), shut);
}
