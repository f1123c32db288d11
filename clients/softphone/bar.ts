// The call in hand: one calm line above the desk.

import { act, h, icon, since, type Child } from "./draw";
import { sounds, type DeskPhone } from "./desk_phone";
import type { Live } from "./live";
import type { Leg } from "./said";
import { say } from "./words";
import type { Sheet } from "./sheets";

export function bar(phone: DeskPhone, leg: Leg, live: Live | undefined, sheet: Sheet, open: (sheet: Sheet) => void): Child[] {
  return [who(phone, leg, live), leg.role === "listens" || leg.role === "whispers" ? lead(phone, leg) : leg.warm ? warm(phone, leg) : hand(phone, leg, live, sheet, open)];
}

/** It rang here in vain, so that no call comes any more till they say that they are back. */
export function passedOver(phone: DeskPhone): Child[] {
  return [
    h("div", { class: "who" }, icon("call-in"), h("b", { class: "words" }, say("passed_over"))),
    h("div", { class: "acts", role: "group" }, act("ready", { word: say("be_ready"), kind: "go" }, () => phone.ready()))];
}

/** How it stands, for the colour of the line. */
export function mood(leg: Leg, live: Live | undefined): string {
  if (leg.state === "held") return "held";
  if (live?.sound === "lost" && leg.talked) return "lost";
  return leg.talked || (live?.sound === "there" && leg.role === "listens") ? "talks" : "comes";
}

function who(phone: DeskPhone, leg: Leg, live: Live | undefined): HTMLElement {
  const others = leg.others.filter((one) => one.role !== "listens").map((one) => one.name);
  const heard = leg.others.some((one) => one.role === "listens" || one.role === "whispers");
  return h("div", { class: "who" },
    h("span", { class: "state", "aria-hidden": "true" }),
    leg.conversation ? h("a", { class: "name cut", href: `/conversations/${leg.conversation}`, title: say("open"), "data-act": "open" }, leg.who) : h("b", { class: "name cut" }, leg.who),
    h("span", { class: "how" }, ...how(phone, leg, live)),
    leg.hint && leg.number ? h("span", { class: "tag wide-only", title: say("hint_long", { who: leg.who }) }, say("hint")) : null,
    others.length ? h("span", { class: "tag" }, icon("people"), say("with", { names: others.join(", ") })) : null,
    heard && leg.role !== "listens" ? h("span", { class: "tag" }, icon("ear"), say("heard")) : null,
    leg.recording ? recorded(phone, leg) : null,
    live?.heard && live.sound === "there" && live.heard.word !== "good" ? h("span", { class: `tag ${live.heard.word === "poor" ? "l" : "w"}` }, say(live.heard.word)) : null);
}

function how(phone: DeskPhone, leg: Leg, live: Live | undefined): Child[] {
  if (!sounds(leg)) return [say(leg.talked ? "on_mobile" : "rings_mobile"), " ", since(leg.talked || leg.offered)];
  if (!live && leg.answered) return [say("elsewhere"), " ", since(leg.talked || leg.offered)];
  if (leg.state === "held") return [say("held"), " ", since(live?.held ? live.held + phone.ahead : leg.talked)];
  if (live?.trouble) return [live.trouble];
  if (leg.role !== "agent" && leg.role !== "colleague" && live?.sound === "there") return [since(leg.offered)];
  if (leg.talked && live?.sound === "lost") return [say("again")];
  if (leg.talked && leg.stage !== "dialling") return [since(leg.talked)];
  if (!leg.inbound) return [say(leg.talked || leg.answered ? "rings" : "yours")];
  return [say("joining")];
}

function recorded(phone: DeskPhone, leg: Leg): HTMLElement {
  const on = leg.recording === "running";
  return h("button", { type: "button", class: `tag rec${on ? " on" : ""}`, "data-act": "record", title: say(on ? "pause" : "record"), click: () => void phone.ask(leg, "record", { on: on ? 0 : 1 }) },
    h("span", { class: "dot", "aria-hidden": "true" }), say(on ? "recorded" : "paused"));
}

function hand(phone: DeskPhone, leg: Leg, live: Live | undefined, sheet: Sheet, open: (sheet: Sheet) => void): HTMLElement {
  const held = leg.state === "held";
  const not = !leg.talked;
  const toggle = (name: Sheet): void => open(sheet === name ? "" : name);
  const rings = leg.inbound && leg.state === "offered" && !leg.answered && !live;
  if (rings) return h("div", { class: "acts", role: "group" }, act("end", { icon: "phone-off", word: say("decline"), keys: "Alt E", kind: "line" }, () => phone.end(leg)));
  return h("div", { class: "acts", role: "group" },
    !live && leg.talked && sounds(leg) ? act("here", { icon: "volume", word: say("take_here") }, () => phone.takeHere(leg)) : null,
    act("mute", { icon: leg.muted ? "mic-off" : "mic", word: say(leg.muted ? "muted" : "mute"), keys: "Alt M", pressed: leg.muted, off: not || held }, () => phone.mute(leg, !leg.muted)),
    act("hold", { icon: held ? "play" : "pause", word: say(held ? "resume" : "hold"), keys: "Alt H", pressed: held, off: not }, () => phone.ask(leg, held ? "resume" : "hold")),
    act("keys", { icon: "keypad", word: say("keypad"), keys: "Alt 0", pressed: sheet === "keys", off: not || held, short: true }, () => toggle("keys")),
    act("pass", { icon: "pass-on", word: say("pass_on"), keys: "Alt T", pressed: sheet === "pass", off: not, short: true }, () => toggle("pass")),
    act("add", { icon: "plus", word: say("add"), pressed: sheet === "add", off: not, short: true }, () => toggle("add")),
    act("end", { icon: "phone-off", word: say("end"), keys: "Alt E", kind: "end" }, () => phone.end(leg)));
}

function warm(phone: DeskPhone, leg: Leg): HTMLElement {
  const asked = leg.others.filter((one) => one.role === "colleague").at(-1);
  const there = Boolean(asked && asked.state !== "offered");
  return h("div", { class: "acts", role: "group" },
    h("span", { class: "small", role: "status" }, say(there ? "asking" : asked ? "asked_rings" : "asked_gone", { who: leg.warm })),
    act("complete", { icon: "pass-on", word: say("complete"), kind: "go", off: !there }, () => phone.ask(leg, "complete")),
    act("cancel", { icon: "back", word: say("back"), kind: "line" }, () => phone.ask(leg, "cancel")));
}

function lead(phone: DeskPhone, leg: Leg): HTMLElement {
  const whispers = leg.role === "whispers";
  return h("div", { class: "acts", role: "group" },
    h("span", { class: "small wide-only" }, say(whispers ? "whispers" : "listens")),
    act("whisper", { icon: whispers ? "ear" : "mic", word: say(whispers ? "only_listen" : "whisper"), pressed: whispers }, () => phone.ask(leg, "whisper", { on: whispers ? 0 : 1 })),
    act("end", { icon: "phone-off", word: say("leave"), keys: "Alt E", kind: "end" }, () => phone.ask(leg, "hangup")));
}
