// What the loader draws: a launcher, the frame, and an invitation, in a shadow root that the shop's styles cannot
// reach. Styles come by the CSSOM alone, which no content policy refuses.

import { inkOn } from "../shared/colour";
import type { Look } from "../shared/speech";
import { STYLE } from "./style";

export interface Drawn {
  frame: HTMLIFrameElement;
  dress(look: Look): void;
  show(open: boolean): void;
  shown(): boolean;
  unread(count: number): void;
  invite(text: string): void;
  narrow(): boolean;
}

interface Pressed {
  toggle(): void;
  close(): void;
  accept(): void;
}

export function draw(address: string, pressed: Pressed): Drawn {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const frame = element("iframe", "");
  frame.referrerPolicy = "origin";
  frame.src = address;
  const panel = element("div", "panel", frame);
  panel.setAttribute("role", "dialog");
  const badge = element("span", "badge");
  badge.setAttribute("aria-hidden", "true");
  const launcher = element("button", "launcher", mark(), badge);
  launcher.type = "button";
  launcher.hidden = true;
  const bubble = element("div", "bubble");
  bubble.setAttribute("role", "status");
  root.append(panel, bubble, launcher);
  document.body.append(host);

  let open = false;
  let look: Look | undefined;
  let count = 0;
  const narrow = (): boolean => matchMedia("(max-width: 30rem), (max-height: 26rem)").matches;

  function label(): void {
    if (!look) return;
    launcher.setAttribute("aria-expanded", String(open));
    launcher.setAttribute("aria-label", open ? look.close : look.label + (count ? `, ${look.unread.replace("{n}", String(count))}` : ""));
    badge.textContent = open || !count ? "" : count > 9 ? "9+" : String(count);
  }

  function dress(given: Look): void {
    look = given;
    host.style.setProperty("--colour", given.colour);
    host.style.setProperty("--on", inkOn(given.colour));
    host.dir = given.rtl ? "rtl" : "ltr";
    host.dataset.side = given.position;
    panel.setAttribute("aria-label", given.name);
    frame.title = given.name;
    launcher.hidden = false;
    label();
  }

  function show(now: boolean): void {
    if (now === open) return;
    open = now;
    host.toggleAttribute("data-open", open);
    if (open) {
      bubble.replaceChildren();
      frame.focus({ preventScroll: true });
    } else launcher.focus({ preventScroll: true });
    label();
    fit();
  }

  function invite(text: string): void {
    if (!text || !look) return bubble.replaceChildren();
    const words = element("button", "words", text);
    words.dir = "auto";
    words.addEventListener("click", pressed.accept);
    const away = element("button", "away", cross());
    away.setAttribute("aria-label", look.dismiss);
    away.addEventListener("click", () => bubble.replaceChildren());
    bubble.replaceChildren(words, away);
  }

  /** On a phone the keyboard covers part of the page without making it smaller. */
  function fit(): void {
    const seen = window.visualViewport;
    if (!seen) return;
    panel.style.setProperty("--seen", `${seen.height}px`);
    panel.style.setProperty("--top", `${seen.offsetTop}px`);
  }

  launcher.addEventListener("click", pressed.toggle);
  root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && open && pressed.close());
  window.visualViewport?.addEventListener("resize", fit);
  return { frame, dress, show, shown: () => open, unread: (n) => ((count = n), label()), invite, narrow };
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside);
  return made;
}

function mark(): SVGElement {
  const svg = drawing("0 0 24 24");
  const zero = part("ellipse", { cx: "12", cy: "12", rx: "4", ry: "5.6", class: "zero" });
  svg.append(zero, part("path", { d: "M7 10l5 5 5-5", class: "down" }));
  return svg;
}

function cross(): SVGElement {
  const svg = drawing("0 0 24 24");
  svg.append(part("path", { d: "M7 7l10 10M17 7L7 17" }));
  return svg;
}

function drawing(box: string): SVGElement {
  const svg = part("svg", { viewBox: box, "aria-hidden": "true" });
  return svg;
}

function part(tag: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
