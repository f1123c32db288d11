// The one script of a shop's page: a launcher, and a frame of ours behind it. It reads nothing of the page but its
// address without query string, its title, and what the shop tells it.

import { draw, type Drawn } from "./drawn";
import { watchPage, whereWeAre } from "./page";
import { MARK, type Cart, type Look, type Said, type ToFrame, type ToPage } from "../shared/speech";

type Identity = string | (() => string | Promise<string>);
type Call = [what: string, given?: unknown];

interface Api {
  (...call: Call): void;
  q?: ArrayLike<unknown>[]; // what was called before we were there
  ready?: true;
}

declare global {
  interface Window {
    PressZero?: Api;
  }
}

const PATIENCE = 10_000; // milliseconds until we say in the console why nothing is to be seen

function begin(script: HTMLScriptElement): void {
  const origin = new URL(script.src).origin;
  const shop = script.dataset.shop ?? "";
  const language = script.dataset.language ?? document.documentElement.lang;
  let drawn: Drawn | undefined;
  let look: Look | undefined;
  let wanted = false; // somebody asked for it to be open, before or after it could be
  let cart: Cart | null = null;
  let identity: Identity | undefined;
  let signingOut = false;

  function build(): Drawn {
    if (drawn) return drawn;
    drawn = draw(`${origin}/chat/${encodeURIComponent(shop)}?lang=${encodeURIComponent(language)}`, { toggle, close, accept });
    drawn.frame.addEventListener("load", () => tell({ kind: "hello", page: whereWeAre(), cart }));
    setTimeout(() => look ?? console.warn(`Press Zero: no answer from ${origin}. Is it in this page's frame-src, and this site in the chat's settings?`), PATIENCE);
    return drawn;
  }

  function tell(words: ToFrame): void {
    drawn?.frame.contentWindow?.postMessage({ ...words, from: MARK }, origin);
  }

  function open(): void {
    wanted = true;
    build();
    if (!look) return;
    drawn!.show(true);
    tell({ kind: "open" });
  }

  function close(): void {
    wanted = false;
    drawn?.show(false);
    tell({ kind: "closed" });
  }

  function toggle(): void {
    (drawn?.shown() ? close : open)();
  }

  function accept(): void {
    drawn?.invite("");
    open();
  }

  async function showIdentity(): Promise<void> {
    const given = identity;
    const token = await (typeof given === "function" ? given() : given);
    // What was true when it was asked for need not be true any more.
    if (typeof token === "string" && token && given === identity) tell({ kind: "identify", token });
  }

  function heard(event: MessageEvent<Said<ToPage>>): void {
    if (!drawn || event.source !== drawn.frame.contentWindow || event.origin !== origin || event.data?.from !== MARK) return;
    const said = event.data;
    if (said.kind === "look") {
      look = said.look;
      drawn.dress(look);
      if (signingOut) tell({ kind: "signOut" });
      else if (identity) void showIdentity().catch(complain);
      if (wanted || (look.wasOpen && !drawn.narrow())) open();
    } else if (said.kind === "unread") drawn.unread(said.count);
    else if (said.kind === "close") close();
    else if (said.kind === "invite") drawn.invite(drawn.shown() ? "" : said.text);
    else if (said.kind === "identity") void showIdentity().catch(complain);
  }

  function api(what: string, given?: unknown): void {
    if (what === "open") open();
    else if (what === "close") close();
    else if (what === "page") {
      if (given && typeof given === "object" && "cart" in given) cart = given.cart as Cart;
      tell({ kind: "page", page: whereWeAre(), cart });
    } else if (what === "identify" && given === "signOut") signOut();
    else if (what === "signOut") signOut();
    else if (what === "identify") {
      signingOut = false;
      identity = given as Identity;
      if (look) void showIdentity().catch(complain);
    } else console.warn(`Press Zero: there is no "${what}".`);
  }

  function signOut(): void {
    identity = undefined;
    signingOut = true;
    tell({ kind: "signOut" });
  }

  addEventListener("message", heard);
  watchPage((page) => tell({ kind: "page", page, cart }));
  const waiting = window.PressZero?.q ?? [];
  window.PressZero = Object.assign((...call: Call) => api(...call), { ready: true } as const);
  for (const call of waiting) api(...(Array.from(call) as Call));
  whenIdle(build);
}

function complain(why: unknown): void {
  console.warn("Press Zero: the signed identity could not be had.", why);
}

/** After the page's own work: a chat must never make a shop slower. */
function whenIdle(work: () => unknown): void {
  const soon = (): void => {
    if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 1500 });
    else setTimeout(work, 200);
  };
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}

const script = (document.currentScript ?? document.querySelector("script[data-shop][src*='/widget.js']")) as HTMLScriptElement | null;
if (script?.dataset.shop && !window.PressZero?.ready) begin(script);
else if (!script?.dataset.shop) console.warn("Press Zero: the script tag needs data-shop.");
