// The shop's page around us. It is heard only when it is our parent and one of the line's sites, and spoken to by the
// exact origin it was heard from.

import { config, t } from "./config";
import { inkOn, legible } from "../shared/colour";
import { MARK, type Said, type ToFrame, type ToPage } from "../shared/speech";
import { kept } from "./kept";

let shop = ""; // its origin, once it spoke
const waiting: ToPage[] = [];

// The grounds of ours that leave ink in the merchant's colour the least contrast.
const LIGHTEST = "#eeece6";
const DARKEST = "#2b3133";

/** Opened by itself, in a tab of its own. */
export const alone = window.parent === window;

export function tell(words: ToPage): void {
  if (alone) return;
  if (!shop) waiting.push(words);
  else window.parent.postMessage({ ...words, from: MARK }, shop);
}

export function listen(heard: (said: ToFrame) => void): void {
  addEventListener("message", (event: MessageEvent<Said<ToFrame>>) => {
    if (alone || event.source !== window.parent || !config.sites.includes(event.origin) || event.data?.from !== MARK) return;
    shop = event.origin;
    if (event.data.kind === "hello") introduce();
    heard(event.data);
    for (const words of waiting.splice(0)) tell(words);
  });
}

function introduce(): void {
  const { name, colour, position, rtl } = config;
  const label = t("launcher", { name });
  const wasOpen = kept("open", "sessionStorage") === "1";
  tell({ kind: "look", look: { name, colour, position, rtl, label, close: t("close"), dismiss: t("dismiss"), unread: t("unread"), wasOpen } });
}

/** The merchant's colour, made legible on both grounds: as a surface with its ink, and as ink itself. */
export function paint(): void {
  const set = (name: string, value: string): void => document.documentElement.style.setProperty(name, value);
  const dark = legible(config.colour, DARKEST);
  set("--brand", config.colour);
  set("--on-brand", inkOn(config.colour));
  set("--brand-ink", legible(config.colour, LIGHTEST));
  set("--brand-dark", dark);
  set("--on-brand-dark", inkOn(dark));
}
