// When the shop's page should speak first: by rules of the merchant's, decided here in the browser. Nobody is counted,
// nothing is sent, and no visitor is made by it.

import { config, type Invitation } from "./config";
import { kept, keep } from "./kept";
import { tell } from "./parent";
import type { Cart, Page } from "../shared/speech";

let timers: number[] = [];

/** Begins to wait anew; `busy` is true when somebody talks with us already. */
export function consider(page: Page, cart: Cart | null, busy: () => boolean): void {
  for (const timer of timers) clearTimeout(timer);
  timers = config.invitations
    .filter((each) => fits(each, page, cart) && !shown(each))
    .map((each) => setTimeout(() => invite(each, busy), each.seconds * 1000));
}

function invite(one: Invitation, busy: () => boolean): void {
  if (busy() || document.hidden || shown(one)) return;
  for (const timer of timers) clearTimeout(timer);
  keep(`invited:${one.id}`, String(Date.now()));
  tell({ kind: "invite", text: one.text });
}

function fits(one: Invitation, page: Page, cart: Cart | null): boolean {
  const path = URL.canParse(page.url) ? new URL(page.url).pathname : "";
  const pattern = one.page.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const there = !one.page || new RegExp(`^${pattern.join(".*")}$`).test(path);
  return there && (!one.cart || Number(cart?.total ?? 0) >= one.cart);
}

function shown(one: Invitation): boolean {
  return Date.now() - Number(kept(`invited:${one.id}`) ?? 0) < one.days * 864e5;
}
