// It rings: who, why to me, about what; one key to take it.

import { act, h, icon, since, type Child } from "./draw";
import type { DeskPhone } from "./desk_phone";
import type { Leg } from "./said";
import { silent } from "./ring";
import { say } from "./words";

export function card(phone: DeskPhone, leg: Leg): Child[] {
  const live = phone.lives.get(leg.id);
  const busy = Boolean(live?.taking);
  return [
    h("header", {},
      h("span", { class: `av l ${leg.tint}`, "aria-hidden": "true" }, leg.initials || icon("phone")),
      h("div", { class: "grow" },
        h("p", { class: "tiny quiet" }, kind(leg), leg.queue ? ` · ${leg.queue}` : "", leg.kind === "talk" ? ` · ${say("page")}` : ""),
        h("h2", { class: "cut" }, leg.who),
        leg.number && leg.number !== leg.who ? h("p", { class: "small num" }, leg.number, leg.hint ? h("span", { class: "tag", title: say("hint_long", { who: leg.who }) }, say("hint")) : null) : null),
      h("span", { class: "wait" }, h("span", { class: "tiny quiet" }, say("waits")), since(leg.waiting))),
    about(leg),
    leg.why ? h("p", { class: "phone-why small" }, leg.why, leg.language && !document.documentElement.lang.startsWith(leg.language) ? ` · ${say("speaks", { language: spoken(leg.language) })}` : "") : null,
    live?.trouble ? h("p", { class: "banner l", role: "alert" }, icon("alert"), h("span", { class: "grow" }, live.trouble)) : silent() ? h("p", { class: "tiny quiet" }, say("silent")) : null,
    h("footer", {},
      act("answer", { icon: "phone", word: say("answer"), keys: "Alt A", kind: "go answer", off: busy, told: true }, () => phone.answer(leg)),
      act("decline", { icon: "phone-off", word: say("decline"), keys: "Alt E", kind: "line", off: busy, told: true }, () => phone.end(leg))),
  ];
}

function kind(leg: Leg): string {
  if (leg.role === "colleague") return say("with", { names: leg.others.map((one) => one.name).join(", ") });
  return say(leg.passed ? "passes" : leg.inbound ? "calls" : "ours", { who: "" }).trim();
}

function about(leg: Leg): Child {
  if (!leg.conversation) return leg.number ? h("p", { class: "about small quiet" }, say("unknown")) : null;
  return h("a", { class: "about", href: `/conversations/${leg.conversation}`, title: say("look"), "data-act": "look" },
    h("span", { class: "cut" }, leg.subject || say("no_subject")),
    leg.order ? h("span", { class: `tag ${leg.order.late ? "l" : ""}` }, `${leg.order.number} ${leg.order.word}`) : null);
}

function spoken(language: string): string {
  try { return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(language) ?? language; } catch { return language; }
}
