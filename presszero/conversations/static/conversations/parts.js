// What both builders are made of: their board, elements, pickers and inputs by kind. Values keep their type: 3 stays a number, null stays null.

// A board drawn anew whenever its shape changes. What it says stands as JSON in a hidden input, and "built" is told when
// that changes. Each builder has take(JSON's value or null), draw() and `says`.
export class Builder extends HTMLElement {
  connectedCallback() {
    if (this.board) return;
    this.known = JSON.parse(this.dataset.known);
    this.words = this.known.words;
    this.input = this.querySelector("input[type=hidden]");
    this.take(this.input.value ? JSON.parse(this.input.value) : null);
    this.board = element("div", { class: "board" });
    this.append(this.board);
    this.draw();
  }

  tell() {
    this.input.value = JSON.stringify(this.says);
    this.dispatchEvent(new CustomEvent("built", { bubbles: true }));
  }

  // Anew after the shape has changed; the focus goes where the change was.
  redraw(focus) {
    this.draw();
    this.tell();
    this.querySelector(focus)?.focus();
  }
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export const icon = (name) => element("i", { class: `icon s i-${name}`, "aria-hidden": "true" });

export const button = (label, name, act, extra = {}) => element("button", { type: "button", class: "btn s only", "aria-label": label, title: label, onclick: act, ...extra }, icon(name));

// One of several. `choices`: [[value, label], …]
export function picker(label, choices, value, change) {
  const box = element("select", { class: "select", "aria-label": label });
  choices.forEach(([each, text], index) => box.append(element("option", { value: index, selected: same(each, value) }, String(text))));
  // A value that is no longer among them stays what it is until another is picked.
  if (!choices.some(([each]) => same(each, value))) box.prepend(element("option", { value: "", selected: true }, value === undefined ? "…" : String(value ?? "…")));
  box.addEventListener("change", () => { if (box.value !== "") change(choices[Number(box.value)][0]); });
  return box;
}

// Several of them, in a menu of boxes to tick.
export function severalOf(label, choices, values, change, words) {
  let chosen = [...values];
  const said = element("span", { class: "cut" });
  const tell = () => { said.textContent = choices.filter(([each]) => chosen.some((one) => same(one, each))).map(([, text]) => text).join(", ") || words.pick; };
  const items = choices.map(([each, text]) => element("label", { class: "item", "data-stays": true },
    element("input", { type: "checkbox", checked: chosen.some((one) => same(one, each)), onchange: ({ target }) => {
      chosen = target.checked ? [...chosen, each] : chosen.filter((one) => !same(one, each));
      tell();
      change(chosen);
    } }), element("span", {}, String(text))));
  tell();
  return element("details", { class: "menu start several" }, element("summary", { class: "select", "aria-label": label }, said), element("div", { class: "sheet" }, ...items));
}

const UNITS = ["m", "h", "d"];
export function duration(label, value, change, words) {
  const [, count = "1", unit = "d"] = /^(\d+)([mhd])$/.exec(value ?? "") ?? [];
  const number = element("input", { class: "input", type: "number", min: 1, max: 9999, value: count, "aria-label": label });
  const of = element("select", { class: "select", "aria-label": words.unit });
  for (const each of UNITS) of.append(element("option", { value: each, selected: each === unit }, words.units[each]));
  const tell = () => { if (Number(number.value) > 0) change(`${Math.min(9999, Math.floor(Number(number.value)))}${of.value}`); };
  number.addEventListener("input", tell);
  of.addEventListener("change", tell);
  return element("span", { class: "duration" }, number, of);
}

export function line(label, value, change, type = "text") {
  const shown = Array.isArray(value) ? value.join(", ") : (value ?? "");
  return element("input", { class: "input", type, value: shown, "aria-label": label, maxlength: type === "text" ? 500 : null, dir: type === "text" ? "auto" : null, step: type === "number" ? "any" : null, autocomplete: "off", oninput: ({ target }) => change(type === "number" && target.value !== "" ? Number(target.value) : target.value) });
}

export function area(label, value, change) {
  return element("textarea", { class: "area", "aria-label": label, rows: 3, maxlength: 20000, dir: "auto", oninput: ({ target }) => change(target.value) }, value ?? "");
}

const same = (one, other) => one === other || (one != null && other != null && String(one) === String(other));
