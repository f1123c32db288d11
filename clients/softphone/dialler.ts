// Calling somebody: a number, from which of ours, and whom one spoke with lately.

import { act, h, icon, type Child } from "./draw";
import type { DeskPhone } from "./desk_phone";
import type { Recent } from "./said";
import * as server from "./server";
import { heading, keypad } from "./sheets";
import { say } from "./words";

export interface Whom { number: string; customer?: string; conversation?: string }

const FROM = "phone-from";

export function dialler(phone: DeskPhone, whom: Whom, close: () => void): Child[] {
  const box = h("input", { class: "input num", type: "tel", inputmode: "tel", autocomplete: "off", value: whom.number, placeholder: say("dial_whom"), "aria-label": say("dial_whom"), "data-act": "number", dir: "ltr" });
  const { lines } = phone.given;
  const from = h("select", { class: "select", "data-act": "from" }, ...lines.map((line) => h("option", { value: line.id, selected: String(line.id) === localStorage.getItem(FROM) }, `${line.number} · ${line.name}`)));
  const list = h("ul", { class: "recent", role: "list" });
  const go = async (): Promise<void> => {
    if (!box.value.trim()) return box.focus();
    const about = { ...(whom.customer && { customer: whom.customer }), ...(whom.conversation && { conversation: whom.conversation }) };
    if (lines.length > 1) localStorage.setItem(FROM, from.value);
    if (await phone.dial({ number: box.value, line: from.value, ...about })) close();
  };
  void server.recent().then(({ recent }) => list.replaceChildren(...(recent.length ? recent.map((one) => line(lines.length ? one : { ...one, number: "" }, (number) => { box.value = number; box.focus(); })) : [h("li", { class: "small quiet" }, say("nothing"))])), () => {});
  if (lines.length) setTimeout(() => box.focus());
  const ready = phone.said.ready;
  return [
    heading(say("phone"), close),
    lines.length ? h("form", { class: "dial", submit: (event: Event) => { event.preventDefault(); void go(); } }, box, act("call", { icon: "phone", word: say("dial"), kind: "go" }, go)) : null,
    ...phone.given.mute.map((words) => h("p", { class: "small quiet" }, words)),
    lines.length > 1 ? h("label", { class: "from small" }, say("from"), from) : null,
    lines.length ? keypad((digit) => { box.value += digit; }) : null,
    h("h3", {}, say("recent")), list,
    h("footer", {}, h("span", { class: `dot ${ready ? "" : "off"}`, "aria-hidden": "true" }), h("span", { class: "tiny quiet grow" }, say(ready ? "ready" : "not_ready")), ready ? null : act("ready", { word: say("be_ready"), kind: "line s" }, () => phone.ready()), h("a", { class: "link tiny", href: "/me/phone" }, say("settings"))),
  ];
}

function line(one: Recent, pick: (number: string) => void): HTMLElement {
  const when = new Date(one.at).toLocaleString(document.documentElement.lang || "en", { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return h("li", { class: one.missed ? "missed" : "" },
    icon(one.inbound ? "call-in" : "call-out", "s"),
    h("span", { class: "grow cut" }, one.conversation ? h("a", { href: `/conversations/${one.conversation}` }, one.who) : one.who, h("span", { class: "tiny quiet" }, ` ${when}${one.missed ? ` · ${say("missed")}` : ""}`)),
    one.number ? h("button", { type: "button", class: "btn only s", "aria-label": `${say("call_back")}: ${one.who}`, title: say("call_back"), click: () => pick(one.number) }, icon("phone", "s")) : null);
}
