// After a call: what was said and agreed, written down where it belongs, before the next one comes.

import { show, takeNext } from "../desk/chips.js";
import { act, h, icon, until, type Child } from "./draw";
import type { DeskPhone } from "./desk_phone";
import type { Wrap } from "./said";
import * as server from "./server";
import { say } from "./words";

declare const htmx: { ajax(verb: string, url: string, how: Record<string, unknown>): Promise<void> };

const place = (call: number): string => `phone-wrap-${call}`;

export function wrap(phone: DeskPhone, of: Wrap): Child[] {
  const box = h("textarea", { class: "area", rows: 1, "aria-label": say("what"), placeholder: say("what"), "data-act": "what", dir: "auto" });
  box.value = sessionStorage.getItem(place(of.call)) ?? "";
  const id = crypto.randomUUID();
  const noticed = h("div", { class: "noticed", role: "status", "aria-label": say("what") });
  const promises = (): HTMLInputElement[] => [...noticed.querySelectorAll<HTMLInputElement>("input")];
  let quiet = 0;
  // What the words promise, as in the composer.
  const notice = async (): Promise<void> => {
    const text = box.value;
    const chips = await server.draft(of.conversation, text).catch(() => null);
    if (chips !== null && box.value === text) show(noticed, chips);
  };
  const listen = (): void => { clearTimeout(quiet); quiet = window.setTimeout(() => void notice(), 800); };
  box.addEventListener("input", () => { sessionStorage.setItem(place(of.call), box.value); listen(); });
  if (box.value) listen();
  const write = async (resolve: boolean): Promise<void> => {
    if (!box.value.trim()) return box.focus();
    const values = { text: box.value, client_id: id, call: of.call, direction: of.inbound ? "in" : "out", minutes: of.minutes, keeps: 1, promise: promises().filter((one) => one.checked).map((one) => one.value), ...(resolve && { resolve: 1 }) };
    await htmx.ajax("POST", `/conversations/${of.conversation}/calls`, { source: "#phone", swap: "none", values, headers: { "X-Conversation": document.getElementById("talk")?.dataset["conversation"] ?? "" } });
    await phone.look();
    if (phone.said.wrap?.call !== of.call) sessionStorage.removeItem(place(of.call));
  };
  box.addEventListener("keydown", (event) => {
    if (event.altKey && event.code === "KeyK" && promises().length) {
      event.preventDefault();
      event.stopPropagation();
      takeNext(noticed);
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.stopPropagation(); void write(event.shiftKey); }
  });
  return [
    h("div", { class: "who" }, icon("note"), h("a", { class: "name cut", href: `/conversations/${of.conversation}`, "data-act": "open" }, say("ended", { who: of.who })), h("span", { class: "how" }, of.lasted), h("span", { class: "tag next" }, icon("clock"), until(of.until))),
    box,
    noticed,
    h("div", { class: "acts", role: "group" },
      act("keep", { word: say("keep"), keys: "Ctrl Enter", kind: "go" }, () => write(false)),
      of.resolved ? null : act("keep-done", { word: say("keep_done"), kind: "line" }, () => write(true)),
      act("nothing", { word: say("nothing_said") }, async () => { sessionStorage.removeItem(place(of.call)); await server.wrapUp(of.call).catch((why: unknown) => phone.tell(why)); await phone.look(); })),
  ];
}
