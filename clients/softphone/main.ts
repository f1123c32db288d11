// The desk's phone: one for as long as the document lives, while conversations come and go beside it.

import { bar, mood, passedOver } from "./bar";
import { card } from "./card";
import { DeskPhone } from "./desk_phone";
import { dialler, type Whom } from "./dialler";
import { h, icon, put } from "./draw";
import { headset, tellMicrophone } from "./headset";
import { hotkeys } from "./hotkeys";
import { paying } from "./paying";
import { device } from "./mine";
import type { First } from "./said";
import * as server from "./server";
import { keys, passOn, type Sheet } from "./sheets";
import { clock, say, speak } from "./words";
import { wrap } from "./wrap";

const root = document.getElementById("phone");
const desk = document.getElementById("desk");
if (root && desk && !desk.dataset["reads"]) void server.first().then((given) => begin(root, given), () => {});

function begin(root: HTMLElement, given: First): void {
  speak(given.words);
  const spoken = h("div", { class: "sr", role: "status", "aria-live": "assertive" });
  const line = h("div", { class: "phone-bar", hidden: true });
  const cards = h("div", { class: "phone-cards", hidden: true });
  const beside = h("div", { class: "phone-sheet", hidden: true, role: "dialog" });
  root.replaceChildren(spoken, line, cards, beside);
  let sheet: Sheet = "";
  let whom: Whom = { number: "" };
  let phone: DeskPhone | undefined;
  let lamps: { show(): void } | undefined;
  const has = given.lines.length + given.mute.length > 0; // a line that only takes calls is said to be one

  const open = (next: Sheet, of: Whom = { number: "" }): void => {
    if (next === "dial" && !has) return;
    [sheet, whom] = [sheet === next && next === "dial" && !of.number ? "" : next, of];
    draw();
  };
  const close = (): void => { open(""); (line.querySelector<HTMLElement>("[data-act=keys]") ?? document.querySelector<HTMLElement>("[data-phone-opens]"))?.focus(); };

  function draw(): void {
    if (!phone) return;
    const of = phone;
    const leg = of.current;
    const live = leg && of.here(leg);
    const wraps = leg ? null : of.said.wrap;
    const over = !leg && !wraps && !of.ringing.length && !of.said.ready && of.said.reason === "missed";
    if (!leg?.talked && sheet !== "dial") sheet = "";
    if (leg && sheet === "dial") sheet = "";
    put(line, leg ? [leg, sheet, live?.sound, live?.trouble, live?.taking, live?.heard?.word, Boolean(live)] : wraps ?? over, () => (leg ? bar(of, leg, live, sheet, open) : wraps ? wrap(of, wraps) : over ? passedOver(of) : null));
    line.dataset["mood"] = leg ? mood(leg, live) : over ? "away" : "wraps";
    put(cards, of.ringing.map((one) => [one, of.lives.get(one.id)?.taking, of.lives.get(one.id)?.trouble]), () => (of.ringing.length ? of.ringing.map((one) => h("article", { class: "phone-card", "aria-label": say("calls", { who: one.who }), "data-leg": one.id }, ...card(of, one))) : null));
    put(beside, [sheet, leg?.id, sheet === "dial" ? [whom, of.said.ready] : ""], () => (sheet === "keys" && leg ? keys(of, leg, close) : (sheet === "pass" || sheet === "add") && leg ? passOn(of, leg, sheet === "add", close) : sheet === "dial" ? dialler(of, whom, close) : null));
    beside.dataset["sheet"] = sheet;
    if (!beside.hidden) beside.setAttribute("aria-label", say(sheet === "dial" ? "phone" : sheet === "keys" ? "keypad" : sheet === "add" ? "add" : "pass_on"));
    const talk = document.querySelector(".stream");
    const below = talk && talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    root.dataset["on"] = line.hidden ? "" : "1";
    root.hidden = line.hidden && cards.hidden && beside.hidden;
    if (below) talk.scrollTop = talk.scrollHeight; // the last words stay in sight when the line takes its place
    button();
    tick();
    if (leg) tellMicrophone(!leg.muted);
    lamps?.show();
  }

  function tick(): void {
    const now = Date.now() + (phone?.ahead ?? 0);
    for (const one of root.querySelectorAll<HTMLElement>("[data-since]")) one.textContent = clock(now - Number(one.dataset["since"]));
    for (const one of root.querySelectorAll<HTMLElement>("[data-until]")) {
      const left = Math.ceil((Number(one.dataset["until"]) - now) / 1000);
      one.textContent = left > 0 ? say("next_in", { s: left }) : say("next_now");
    }
  }

  /** The way to the dialler stands in the rail, and in one's menu on a phone; the rail is drawn anew around it. */
  function button(): void {
    if (!has || document.querySelector("#rail [data-phone-opens]")) return;
    const made = (name: string): HTMLElement => h("button", { type: "button", class: name, "data-phone-opens": "", "data-mine": "", "data-says": say("phone"), title: `${say("phone")} (Alt 0)`, click: () => open("dial") }, icon("phone"), h("span", { class: "word" }, say("phone")));
    document.querySelector("#rail .foot")?.prepend(made("go-to phone-opens"));
    document.querySelector("#me .sheet > hr")?.before(made("item narrow-only"));
  }

  // A number anywhere on the desk is called by a click, where there is a line to call from.
  function follow(event: MouseEvent): void {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>("a[href^='tel:']");
    if (!link || !given.lines.length || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const conversation = document.getElementById("talk")?.dataset["conversation"] ?? "";
    open("dial", { number: decodeURIComponent(link.getAttribute("href")!.slice(4)), customer: link.dataset["customer"] ?? "", conversation: link.dataset["conversation"] ?? (link.closest("#work, #side") ? conversation : "") });
  }

  phone = new DeskPhone(given, draw, (words) => { spoken.textContent = words; });
  const now = (): DeskPhone => phone!;
  hotkeys(now, open);
  lamps = headset(now);
  paying(now);
  draw();
  void phone.look(); // what began to ring while the page was being made was told to nobody
  setInterval(tick, 1000);
  document.addEventListener("morphed", button);
  document.addEventListener("walked", () => { button(); device(given); });
  document.addEventListener("click", follow);
  document.addEventListener("click", (event) => {
    const ears = (event.target as Element).closest?.<HTMLElement>("[data-listen]");
    if (ears) void now().listen(Number(ears.dataset["listen"]));
    else if (sheet === "dial" && !beside.contains(event.target as Node) && !(event.target as Element).closest?.("[data-phone-opens], a[href^='tel:']")) open("");
  });
  document.addEventListener("dial", (event) => open("dial", (event as CustomEvent<Whom>).detail));
  beside.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
  device(given);
}
