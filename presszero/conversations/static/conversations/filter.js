// <pz-filter>: a filter put together row by row.
import { Builder, button, duration, element, icon, line, picker, severalOf } from "./parts.js";

const MOST = 50;

const kindOf = (group) => (group.any ? "any" : "all");
const inside = (group) => group[kindOf(group)];

class FilterBuilder extends Builder {
  take(given) {
    this.fields = new Map(this.known.fields.map((field) => [field.key, field]));
    this.says = given?.all || given?.any ? given : { all: given?.field ? [given] : [] };
  }

  draw() {
    this.count = 0;
    this.board.replaceChildren(this.group(this.says, 1, "0"));
  }

  group(group, depth, path) {
    const rows = inside(group).map((node, index) => this.row(group, node, index, depth, `${path}-${index}`));
    const match = picker(this.words.match, [["all", this.words.all], ["any", this.words.any]], kindOf(group), (kind) => {
      const nodes = inside(group);
      delete group.all;
      delete group.any;
      group[kind] = nodes;
      this.redraw(`[data-path="${path}"] > .match select`);
    });
    const add = (node) => { inside(group).push(node); this.redraw(`[data-path="${path}-${inside(group).length - 1}"] select`); };
    const full = this.count >= MOST;
    const adds = element("div", { class: "adds" },
      element("button", { type: "button", class: "btn s line", disabled: full, onclick: () => add(this.blank()) }, icon("plus"), this.words.add),
      depth === 1 ? element("button", { type: "button", class: "btn s", disabled: full, onclick: () => add({ [kindOf(group) === "all" ? "any" : "all"]: [this.blank()] }) }, this.words.addGroup) : null);
    return element("div", { class: "filter-group", role: "group", "aria-label": this.words.match, "data-path": path },
      element("p", { class: "match" }, match), rows.length ? element("ul", {}, ...rows) : element("p", { class: "small quiet" }, this.words.everything), adds);
  }

  row(group, node, index, depth, path) {
    const link = element("span", { class: "joins" }, index === 0 ? this.words.where : this.words[kindOf(group) === "all" ? "and" : "or"]);
    const gone = button(this.words.remove, "close", () => { inside(group).splice(index, 1); this.redraw(`[data-path="${path.slice(0, path.lastIndexOf("-"))}"] > .adds button`); });
    if (node.all || node.any) return element("li", { class: "nested" }, link, this.group(node, depth + 1, path), gone);
    this.count += 1;
    return element("li", { "data-path": path }, link, ...this.condition(node, path), gone);
  }

  condition(node, path) {
    const field = this.fields.get(node.field);
    const names = this.known.fields.map((each) => [each.key, each.label]);
    const which = picker(this.words.field, names, node.field, (key) => { delete node.value; Object.assign(node, this.blank(key)); this.redraw(`[data-path="${path}"] select:nth-of-type(2)`); });
    if (!field) return [which];
    const how = picker(this.words.how, field.ops, node.op, (op) => {
      const before = this.takes(field, node.op);
      node.op = op;
      if (before !== this.takes(field, op)) this.begin(field, node);
      this.redraw(`[data-path="${path}"] select:nth-of-type(2)`);
    });
    return [which, how, this.value(field, node, (value) => { node.value = value; this.tell(); })];
  }

  // What an operator wants beside it: one · many · text · texts · number · moment · duration · yesno · date · nothing.
  takes(field, op) {
    return field.ops.find(([name]) => name === op)?.[2] ?? "nothing";
  }

  begin(field, node) {
    const today = new Date().toLocaleDateString("sv");
    node.value = { one: field.choices[0]?.[0] ?? "", many: [], text: "", texts: [], number: 1, moment: today, date: today, duration: "1d", yesno: true }[this.takes(field, node.op)];
    if (node.value === undefined) delete node.value;
  }

  blank(key = this.known.fields[0].key) {
    const field = this.fields.get(key);
    const made = { field: key, op: field.ops[0][0] };
    this.begin(field, made);
    return made;
  }

  value(field, node, change) {
    const op = field.ops.find(([name]) => name === node.op);
    const label = `${field.label} ${op?.[1] ?? ""}`;
    switch (op?.[2]) {
      case "one": return picker(label, field.choices, node.value, change);
      case "many": return severalOf(label, field.choices, [].concat(node.value ?? []), change, this.words);
      case "texts": return line(label, node.value, (text) => change(text.split(",").map((word) => word.trim()).filter(Boolean)));
      case "duration": return duration(label, node.value, change, this.words);
      case "moment":
      case "date": return line(label, String(node.value ?? "").slice(0, 10), change, "date");
      case "number": return line(label, node.value, change, "number");
      case "yesno": return picker(label, [[true, this.words.yes], [false, this.words.no]], node.value, change);
      case "text": return line(label, node.value, change);
      default: return element("span");
    }
  }
}
customElements.define("pz-filter", FilterBuilder);
