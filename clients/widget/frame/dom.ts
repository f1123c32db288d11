// Elements without a framework, and never from a string of HTML.

export type Child = Node | string | null | undefined | false;
type Given = Record<string, string | number | boolean | EventListener | null | undefined>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, given: Given = {}, ...inside: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...inside.filter((child): child is Node | string => Boolean(child)));
  return made;
}

export function button(name: string, pressed: () => unknown, ...inside: Child[]): HTMLButtonElement {
  return h("button", { type: "button", class: name, click: () => void pressed() }, ...inside);
}

/** A button that is only an icon. */
export function key(name: string, label: string, icon: Icon, pressed: () => unknown): HTMLButtonElement {
  const made = button(name, pressed, draw(icon));
  made.setAttribute("aria-label", label);
  made.title = label;
  return made;
}

const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  clip: "M8 12.5l6-6a3 3 0 0 1 4.2 4.2l-8 8a5 5 0 0 1-7-7L10.500 4.500",
  send: "M4 12l16-8-6 16-3-7z",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.500 14a4 4 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
  chat: "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  badge: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4",
  flag: "M6 21V4h12l-3 4 3 4H6",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  out: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  phone: "M6 3h4l1.500 5-2.500 2a12 12 0 0 0 5 5l2-2.500 5 1.500v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  down: "M12 5v14M6 13l6 6 6-6",
  retry: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
};
export type Icon = keyof typeof PATHS;

export function draw(icon: Icon): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `i-${icon}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", PATHS[icon]);
  svg.append(path);
  return svg;
}

export function zero(): HTMLElement {
  return h("span", { class: "zero", "aria-hidden": "true" }, "0");
}
