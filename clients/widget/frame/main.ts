// The frame's one program: what happened on the shop's page, on the stream and under the customer's finger, and what
// follows from it.

import { ask, asVisitor, forgotten, here, known, Problem, visit, type Visit } from "./calls";
import { Composer } from "./composer";
import { config, t, when } from "./config";
import { button, h } from "./dom";
import { consider } from "./invitations";
import { keep, kept } from "./kept";
import { Log } from "./log";
import { Outbox } from "./outbox";
import { alone, listen, paint, tell } from "./parent";
import { Screens } from "./screens";
import { askAddress, askWish, proveAddress, row, sheet, wish, wordsOf, zeroSheet } from "./sheets";
import { ping, setSound, sounds } from "./sound";
import { Stream } from "./stream";
import { moment, Transcript } from "./transcript";
import type { ToFrame } from "../shared/speech";

const POLL = 15_000; // milliseconds, where no stream comes through
const FRESH = 3600_000; // a talk this young is listened to even while the window is closed
const TYPING = 3000;

let opened = alone;
let token = ""; // the shop's signed word on who this is; kept in memory alone
let shown = ""; // the one that was accepted
let identifying: Promise<void> | null = null;
let newMatter = false;
let matterAsked = false;
let typedAt = 0;
let seen = Number(kept("read") ?? 0); // the moment of the last words that were looked at
let marked = "";

paint();
const transcript = new Transcript((typing) => changed(typing));
const outbox = new Outbox(
  () => changed(),
  () => (listening(), void refresh(), offer()),
);
const log = new Log(transcript, outbox);
const composer = new Composer({ send, typing });
const screens = new Screens({ start, home, close, zero: zeroKey, menu, prove }, log, composer);
const stream = new Stream({
  up: (connected) => void (connected && refresh()),
  changed: () => void refresh(),
  typing: (who) => log.types(who),
  refused: () => (forgotten(), transcript.forget()),
});

listen(heard);
document.addEventListener("visibilitychange", () => document.hidden || (outbox.now(), known() && void refresh()));
addEventListener("online", () => known() && void refresh());
addEventListener("keydown", (event) => event.key === "Escape" && opened && close());
setInterval(() => known() && (opened || stream.connected) && !stream.connected && void refresh(), POLL);
setInterval(renew, 60_000);
changed();
if (outbox.waiting.length) outbox.now();
if (alone) begin();

function heard(said: ToFrame): void {
  if (said.kind === "hello" || said.kind === "page") {
    const moved = here.page.url !== said.page.url || JSON.stringify(here.cart) !== JSON.stringify(said.cart);
    Object.assign(here, { page: said.page, cart: said.cart });
    consider(here.page, here.cart, () => opened || transcript.entries.length > 0);
    if (said.kind === "hello") begin();
    else if (moved && here.visit) void ask("POST", "page", { ...here.page, cart: here.cart }).catch(() => undefined);
  } else if (said.kind === "open") open();
  else if (said.kind === "closed") closed();
  else if (said.kind === "identify") {
    token = said.token;
    if (opened || known()) void identify();
  } else void signOut();
}

/** Somebody who was here before is greeted with what was said; nobody else is asked after. */
function begin(): void {
  if (!known()) return;
  void visit()
    .then(() => (token ? identify() : refresh()))
    .then(() => (opened || fresh()) && listening())
    .catch(() => undefined);
}

function open(): void {
  opened = true;
  keep("open", "1", "sessionStorage");
  if (token) void identify();
  renew();
  if (known()) {
    listening();
    void refresh();
  }
  if (kept("screen", "sessionStorage") === "talk") screens.show(true);
  changed();
  screens.focus();
  requestAnimationFrame(() => tell({ kind: "opened" }));
}

function close(): void {
  if (alone) return;
  closed();
  tell({ kind: "close" });
}

function closed(): void {
  opened = false;
  keep("open", null, "sessionStorage");
  if (!fresh()) stream.stop();
}

function start(): void {
  screens.show(true);
  keep("screen", "talk", "sessionStorage");
  changed();
  screens.focus();
  matter();
}

function home(): void {
  screens.show(false);
  keep("screen", null, "sessionStorage");
  changed();
  screens.focus();
}

function fresh(): boolean {
  const last = transcript.last;
  return Boolean(last) && Date.now() - Date.parse(last!.at) < FRESH;
}

function listening(): void {
  stream.start();
}

async function refresh(): Promise<void> {
  const before = transcript.fetched && new Set(transcript.entries.map((entry) => entry.id));
  try {
    await transcript.refresh();
  } catch (why) {
    if (!(why instanceof Problem)) throw why;
    return;
  }
  if (before && transcript.entries.some((entry) => !before.has(entry.id) && !entry.mine)) {
    log.types("");
    if (!opened || document.hidden) ping();
  }
  matter();
}

function changed(typing = ""): void {
  outbox.settle(new Set(transcript.entries.map((entry) => entry.client_id)));
  if (screens.talking) log.show();
  if (typing) log.types(typing);
  const theirs = transcript.entries.filter((entry) => !entry.mine);
  const reading = opened && screens.talking && !document.hidden;
  const last = theirs[theirs.length - 1];
  if (reading && last && moment(last) > seen) keep("read", String((seen = moment(last))));
  const unread = theirs.filter((entry) => moment(entry) > seen).length;
  tell({ kind: "unread", count: unread });
  const person = theirs.findLast((entry) => !entry.automatic);
  screens.head(person?.who ?? "", says());
  screens.hours(isOpen(), says());
  screens.knows(here.visit?.signed ? here.visit.name : "");
  const newest = transcript.last;
  screens.resume(newest ? (newest.mine ? t("you") : newest.who) : "", newest ? newest.text || newest.files[0]?.name || "" : "", unread);
  screens.noticed(transcript.entries.length + outbox.waiting.length > 0);
  if (last) mark(last.id, reading);
}

/** Says once what reached this screen, and what was looked at. */
function mark(id: number, read: boolean): void {
  const now = `${id}:${read}`;
  if (marked === now || marked === `${id}:true`) return;
  marked = now;
  ask("POST", "marks", { seen_to: id, read }).catch(() => (marked = ""));
}

function isOpen(): boolean {
  return transcript.open ?? config.open;
}

/** When we answer: the server's words where they are in the reader's language, else ours. */
function says(): string {
  const open = isOpen();
  if (config.language.startsWith("en")) return transcript.answers || config.answers;
  if (open !== config.open || (!open && !config.opens)) return t(open ? "open_now" : "closed_now");
  return open ? t(config.minutes < 60 ? "soon" : "soon_hours", { n: config.minutes < 60 ? config.minutes : Math.ceil(config.minutes / 60) }) : t("back_at", { when: when(new Date(config.opens)) });
}

function send(text: string, files: File[]): void {
  screens.extra.replaceChildren();
  outbox.add(text, files, newMatter);
  newMatter = false;
  matterAsked = true;
  log.end();
}

/** Only that somebody writes, and only after they wrote to us before. */
function typing(): void {
  if (!here.visit || !transcript.entries.some((entry) => entry.mine) || Date.now() - typedAt < TYPING) return;
  typedAt = Date.now();
  ask("POST", "typing", {}).catch(() => undefined);
}

/** Coming back to an open matter, they say whether this is about it. */
function matter(): void {
  const subject = here.visit?.matter?.subject;
  const last = transcript.last;
  if (!screens.talking || !subject || matterAsked || (last && Date.now() - Date.parse(last.at) < FRESH)) return;
  matterAsked = true;
  const answer = (other: boolean): void => {
    newMatter = other;
    question(other ? h("p", {}, t("matter_new")) : null);
    composer.focus();
  };
  question(h("p", {}, t("matter", { subject })), button("choice", () => answer(false), t("matter_yes")), button("choice", () => answer(true), t("matter_no")));
}

/** After the first words: where to answer when nobody is there now, else how much it matters. */
function offer(): void {
  if (kept("asked", "sessionStorage")) return;
  keep("asked", "1", "sessionStorage");
  const reachable = here.visit?.signed || here.visit?.claimed;
  if (!isOpen() && !reachable) question(h("p", {}, t("address_offer", { when: says() })), button("choice", () => askAddress(thank), t("address_yes")), later());
  else question(h("p", {}, t("wish_title")), ...[1, 2, 3].map((level) => button("choice", () => tap(level), t(`wish_${level}`))), later());
}

function tap(level: number): void {
  wish({ matters: level })
    .then(() => question(h("p", { role: "status" }, t("wish_thanks")), button("choice", () => askWish(level, thank), t("wish_more")), later()))
    .catch((why) => question(h("p", { class: "wrong", role: "alert" }, wordsOf(why))));
}

function thank(): void {
  question(h("p", { role: "status" }, t("thanks")));
  setTimeout(() => question(), 6000);
}

function later(): HTMLElement {
  return button("choice quiet", () => question(), t("not_now"));
}

function question(...inside: (Node | null)[]): void {
  const asked = inside.filter((each): each is Node => each !== null);
  screens.extra.replaceChildren(...(asked.length ? [h("div", { class: "question" }, ...asked)] : []));
  if (screens.talking) log.end();
}

function prove(): void {
  proveAddress(() => {
    start();
    void visit().then(refresh).then(listening).then(thank);
  });
}

function zeroKey(): void {
  zeroSheet(says(), start, () => (start(), askAddress(thank)));
}

function menu(): void {
  const done = (work: () => unknown) => () => (made.close(), void work());
  const channel = (which: string) => (): void => void wish({ channel: which }).then(thank, (why) => question(h("p", { class: "wrong", role: "alert" }, wordsOf(why))));
  const reachable = here.visit?.signed || here.visit?.claimed;
  const made = sheet(
    t("menu"),
    row("flag", t("wish_row"), t("wish_row_more"), done(() => askWish(2, thank))),
    row("mail", t("mail_row"), t("mail_row_more"), done(() => (reachable ? channel("email")() : askAddress(channel("email"))))),
    row("chat", t("here_row"), t("here_row_more"), done(channel("visitor"))),
    here.visit?.signed ? null : row("badge", t("prove_row"), t("prove_row_more"), done(prove)),
    row("bell", t(sounds() ? "sound_off" : "sound_on"), "", done(() => setSound(!sounds()))),
    here.visit ? row("out", t("leave_chat"), t("leave_chat_more"), done(signOut)) : null,
  );
}

/** A signed word lasts an hour at most: the shop is asked for a new one before this one ends. */
function renew(): void {
  if (opened && token && expires(token) < Date.now() + 90_000) tell({ kind: "identity" });
}

function expires(signed: string): number {
  try {
    return Number(JSON.parse(atob(signed.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"))).exp) * 1000;
  } catch {
    return Infinity;
  }
}

function identify(): Promise<void> {
  identifying ??= show(token).finally(() => (identifying = null));
  return identifying;
}

async function show(given: string): Promise<void> {
  if (given === shown && here.visit?.signed) return;
  const before = here.visit?.address;
  try {
    here.visit = await asVisitor(() => ask<Visit>("POST", "identity", { token: given }));
    shown = given;
    if (here.visit.address !== before) transcript.forget();
    stream.begin();
    await refresh();
    if (opened) listening();
  } catch (why) {
    if (why instanceof Problem && why.status >= 400 && why.status !== 429 && why.status < 500 && token === given) token = "";
  }
  if (token && token !== given) await show(token);
}

/** Forgets this browser: what was said stays with the shop and is shown here no longer. */
async function signOut(): Promise<void> {
  token = shown = "";
  outbox.clear();
  composer.clear();
  stream.stop();
  if (known()) await ask("DELETE", "identity").catch(() => undefined);
  for (const name of ["read", "outbox", "sound"]) keep(name, null);
  for (const name of ["asked", "screen", "open"]) keep(name, null, "sessionStorage");
  seen = 0;
  marked = "";
  forgotten();
  transcript.forget();
  if (screens.talking) home();
}
