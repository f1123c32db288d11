// Drawing by hand: a part is drawn anew only when what it shows changed, and the focus stays where it was.

import { button, h, type Child } from "../widget/frame/dom";

export { h, type Child };

export const icon = (name: string, size = ""): HTMLElement => h("i", { class: `icon ${size} i-${name}`, "aria-hidden": "true" });

/** A button with an icon and a word; `keys` as people press them. */
export function act(name: string, of: { icon?: string; word: string; keys?: string; kind?: string; pressed?: boolean; short?: boolean; off?: boolean; told?: boolean }, does: () => unknown): HTMLButtonElement {
  const made = button(`btn ${of.kind ?? ""}${of.short ? " short" : ""}`, does, of.icon && icon(of.icon), h("span", { class: "word" }, of.word), of.told && of.keys ? h("kbd", { class: "keys", dir: "ltr" }, of.keys) : null);
  made.dataset["act"] = name;
  made.title = of.keys ? `${of.word} (${of.keys})` : of.word;
  if (of.keys) made.setAttribute("aria-keyshortcuts", of.keys.replace(" ", "+"));
  if (of.pressed !== undefined) made.setAttribute("aria-pressed", String(of.pressed));
  if (of.off) made.disabled = true;
  return made;
}

const drawn = new WeakMap<Element, string>();
const LONG = 5000; // milliseconds: nobody presses longer; they let go where we do not see it
let pressed: Node | null = null; // what a finger is on: drawn anew now, the press would be of nothing
const later = new Map<HTMLElement, () => void>();

addEventListener("pointerdown", (event) => {
  const here = pressed = event.target as Node;
  setTimeout(() => { if (pressed === here) release(); }, LONG);
}, true);
for (const over of ["pointerup", "pointercancel"]) addEventListener(over, () => setTimeout(release), true); // the click comes first

function release(): void {
  pressed = null;
  const waits = [...later.values()];
  later.clear();
  for (const draw of waits) draw();
}

/** Fills `place` by `made` unless it shows this already. `null` empties and hides it. */
export function put(place: HTMLElement, shows: unknown, made: () => Child[] | null): void {
  later.delete(place);
  const signature = JSON.stringify(shows);
  if (drawn.get(place) === signature) return;
  if (pressed && place.contains(pressed)) { later.set(place, () => put(place, shows, made)); return; }
  drawn.set(place, signature);
  const active = document.activeElement instanceof HTMLElement && place.contains(document.activeElement) ? document.activeElement.dataset["act"] : undefined;
  const inside = made();
  place.hidden = !inside;
  place.replaceChildren(...(inside ?? []).filter((one): one is Node | string => Boolean(one)));
  if (active) place.querySelector<HTMLElement>(`[data-act="${active}"]`)?.focus({ preventScroll: true });
}

/** A time that runs: since then, or until then. */
export const since = (at: number): HTMLElement => h("span", { class: "num", "data-since": at });
export const until = (at: number): HTMLElement => h("span", { class: "num", "data-until": at });
