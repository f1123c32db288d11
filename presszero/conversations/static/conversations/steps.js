// <pz-steps>: what is done, one row a step, in order.
import { Builder, area, button, duration, element, icon, line, picker } from "./parts.js";

const MOST = 20;

class StepsBuilder extends Builder {
  take(given) {
    this.kinds = new Map(this.known.steps.map((step) => [step.do, step]));
    this.says = given ?? [];
  }

  draw() {
    const names = this.known.steps.map((step) => [step.do, step.label]);
    const rows = this.says.map((step, index) => this.row(step, index, names));
    const add = () => { this.says.push(this.blank(this.known.steps[0])); this.redraw(`li:nth-child(${this.says.length}) select`); };
    this.board.replaceChildren(
      rows.length ? element("ol", {}, ...rows) : element("p", { class: "small quiet" }, this.words.nothing),
      element("div", { class: "adds" }, element("button", { type: "button", class: "btn s line", disabled: this.says.length >= MOST, onclick: add }, icon("plus"), this.words.addStep)));
  }

  row(step, index, names) {
    const move = (by) => {
      const [moved] = this.says.splice(index, 1);
      const there = index + by;
      this.says.splice(there, 0, moved);
      const ended = there === 0 || there === this.says.length - 1; // only the way back is left
      this.redraw(`li:nth-child(${there + 1}) [data-move="${ended ? -by : by}"]`);
    };
    const which = picker(this.words.step, names, step.do, (name) => {
      this.says[index] = this.blank(this.kinds.get(name));
      this.redraw(`li:nth-child(${index + 1}) select`);
    });
    const kind = this.kinds.get(step.do);
    return element("li", { class: kind?.kind === "text" ? "wordy" : null },
      element("span", { class: "joins" }, index === 0 ? this.words.first : this.words.then), which, kind ? this.value(kind, step) : element("span"),
      element("span", { class: "moves" },
        button(this.words.up, "down", () => move(-1), { disabled: index === 0, "data-move": -1, class: "btn s only up" }),
        button(this.words.down, "down", () => move(1), { disabled: index === this.says.length - 1, "data-move": 1 }),
        button(this.words.remove, "close", () => { this.says.splice(index, 1); this.redraw(".adds button"); })));
  }

  blank(kind) {
    const made = { do: kind.do };
    if (kind.kind === "field") Object.assign(made, { key: kind.fields[0]?.key ?? "", value: "" });
    else if (kind.arg) made[kind.arg] = { choice: kind.choices?.[0]?.[0] ?? null, duration: "1d" }[kind.kind] ?? (kind.kind === "choice" ? null : "");
    return made;
  }

  value(kind, step) {
    const change = (value) => { step[kind.arg] = value; this.tell(); };
    switch (kind.kind) {
      case "choice": return picker(kind.label, kind.choices, step[kind.arg] ?? null, change);
      case "duration": return duration(kind.label, step[kind.arg], change, this.words);
      case "text": return area(kind.label, step[kind.arg], change);
      case "line": return line(kind.label, step[kind.arg], change);
      case "field": return this.field(kind, step);
      default: return element("span");
    }
  }

  field(kind, step) {
    const chosen = kind.fields.find((field) => field.key === step.key);
    const which = picker(this.words.field, kind.fields.map((field) => [field.key, field.label]), step.key, (key) => {
      step.key = key;
      step.value = "";
      this.redraw(`li:nth-child(${this.says.indexOf(step) + 1}) .field-step select`);
    });
    const change = (value) => { step.value = String(value); this.tell(); };
    const value = chosen?.choices?.length ? picker(chosen.label, [["", this.words.empty], ...chosen.choices], step.value, change)
      : line(chosen?.label ?? "", step.value, change, { number: "number", date: "date" }[chosen?.kind] ?? "text");
    return element("span", { class: "field-step" }, which, value);
  }
}
customElements.define("pz-steps", StepsBuilder);
