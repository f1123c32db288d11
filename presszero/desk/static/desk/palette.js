// Ctrl K: everything the page can do now, found by its name, and under it what the server knows: conversations, people,
// colleagues, teams, tags, macros, times. One request a pause in typing; a newer one cancels it.
import { hit } from "./fuzzy.js";
import { walk } from "./walk.js";

const PAUSE = 120; // milliseconds
const MOST = 7; // actions of the page for what was typed
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = document.getElementById("palette-list");
const chip = document.getElementById("palette-menu");
const said = document.getElementById("palette-said");
let menu = "";
let asking = null;
let waiting;
let ready = Promise.resolve();
let after = null; // what is typed while an Enter waits for what was found

const options = () => [...list.querySelectorAll("[role=option]")];
const current = () => list.querySelector('[aria-selected="true"]');
const conversation = () => document.getElementById("talk")?.dataset.conversation ?? "";

// What stands on the page: every key, every place in the rail and beside the settings, one's own menu.
function actions() {
  const seen = new Set();
  const found = [];
  for (const element of document.querySelectorAll("[data-key][data-says], a.go-to, #me .sheet .item, .settings > nav a, [data-says]:not([data-key])")) {
    const says = element.dataset.says ?? wordsOf(element.querySelector(".word") ?? element);
    if (!says || seen.has(says) || element.disabled || element.closest("[hidden], #palette, #cheat")) continue;
    seen.add(says);
    found.push({ says, key: element.dataset.key ?? "", place: element.matches("a"), element });
  }
  return found;
}

// What it says, without the key or the number beside it.
const wordsOf = (element) => [...element.childNodes].filter((node) => !node.matches?.("kbd, .push, .tag")).map((node) => node.textContent).join(" ").replace(/\s+/g, " ").trim();

function press(element) {
  if (element.tagName === "SUMMARY") element.parentElement.open = true;
  else element.click();
}

function local(typed) {
  const found = actions().map((action) => ({ ...action, found: hit(typed, action.says) })).filter((action) => action.found);
  found.sort((one, other) => (typed ? other.found.score - one.found.score : 0));
  // Before a word is typed, what has a key comes first, and what one does once a year waits to be asked for.
  const shown = typed ? found.slice(0, MOST) : found.filter((action) => action.key || action.place);
  return [group("page", dialog.dataset.here, shown.filter((action) => !action.place)), group("places", dialog.dataset.places, shown.filter((action) => action.place))];
}

function group(name, label, found) {
  const box = element("div", { role: "group", "aria-label": label });
  box.dataset.section = name;
  box.dataset.score = found[0]?.found.score ?? "";
  box.hidden = !found.length;
  box.append(element("div", { class: "group", "aria-hidden": "true" }, label));
  found.forEach((action, index) => {
    const item = element("div", { role: "option", class: "item", id: `po-${name}-${index}`, "aria-selected": "false" });
    const words = element("span", { class: "cut" });
    words.append(...action.found.pieces.map(([text, marked]) => (marked ? element("mark", {}, text) : text)));
    item.append(icon(action.element, action.place), words);
    if (action.key) {
      const keys = element("span", { class: "push" });
      for (const one of action.key.split(" ")) keys.append(element("kbd", {}, one.toUpperCase()), " ");
      item.append(keys);
    }
    item.run = () => press(action.element);
    item.href = action.place ? action.element.href : "";
    box.append(item);
  });
  return box;
}

function icon(from, place) {
  const made = from.querySelector("i.icon")?.cloneNode() ?? element("i", { class: `icon i-${place ? "next" : "command"}`, "aria-hidden": "true" });
  made.classList.remove("s");
  return made;
}

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

// The page's own at once, the server's when they come; what stood there stays until then, so that nothing flickers.
function show() {
  const typed = input.value.trim();
  const theirs = [...list.querySelectorAll(".theirs")];
  list.replaceChildren(...(menu ? [] : local(typed)), ...theirs);
  order(typed);
  clearTimeout(waiting);
  asking?.abort();
  ready = new Promise((done) => { waiting = setTimeout(() => ask(typed).finally(done), typed ? PAUSE : 0); });
}

async function ask(typed) {
  asking = new AbortController();
  const query = new URLSearchParams({ q: typed, conversation: conversation(), menu });
  const answer = await fetch(`/palette?${query}`, { signal: asking.signal, headers: { "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => null);
  if (!answer) return;
  const away = answer.headers.get("HX-Redirect");
  if (away) return location.assign(away);
  if (!answer.ok) return;
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  if (typed !== input.value.trim() || !dialog.open) return;
  list.querySelectorAll(".theirs").forEach((old) => old.remove());
  list.append(box.content);
  order(typed);
}

// What one can do with the conversation comes first where it is the better hit; before anything is typed, all of theirs.
function order(typed) {
  const theirs = [...list.querySelectorAll(".theirs")];
  const page = list.querySelector('[data-section="page"]');
  const doing = theirs.find((group) => group.dataset.section === "do");
  if (!typed) list.prepend(...theirs);
  else if (doing && Number(doing.dataset.score) > Number(page?.dataset.score || 0)) list.prepend(doing);
  said.hidden = Boolean(options().length);
  point(options()[0]);
}

function point(option) {
  for (const each of options()) each.setAttribute("aria-selected", each === option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const all = options();
  if (all.length) point(all.at((all.indexOf(current()) + by + all.length) % all.length));
}

function enter(name, label) {
  menu = name;
  chip.textContent = label;
  chip.hidden = !name;
  input.value = "";
  list.replaceChildren();
  show();
}

async function run(option, beside) {
  if (!option) return search();
  if (option.dataset.menu) return enter(option.dataset.menu, option.querySelector(".cut").textContent.replace("…", ""));
  const { url, method, values, runMacro } = option.dataset;
  if (beside && (option.href || (url && !method))) return besides(option.href || url);
  dialog.close();
  if (option.run) return setTimeout(option.run, 0);
  if (runMacro) return macro(runMacro, JSON.parse(values).name);
  if (method) return htmx.ajax(method, url, { source: "#main", swap: "none", values: JSON.parse(values) });
  go(url);
}

// A conversation beside the one on the screen, to be read while one goes on writing; anything else in a new tab.
function besides(url) {
  const number = /^\/conversations\/(\d+)$/.exec(url)?.[1];
  const here = conversation();
  if (!number || !here || number === here || !document.getElementById("side")) return open(url, "_blank");
  dialog.close();
  htmx.ajax("GET", `/conversations/${here}/beside/${number}`, { source: "#side", target: "#side", swap: "innerHTML" });
}

// A conversation opens in its place beside the list, without a new page.
function go(url) {
  if (url.startsWith("tel:")) return document.dispatchEvent(new CustomEvent("dial", { detail: { number: url.slice(4), conversation: conversation() } }));
  const number = /^\/conversations\/(\d+)$/.exec(url)?.[1];
  if (number && document.getElementById("work")) document.dispatchEvent(new CustomEvent("go", { detail: { conversation: number } }));
  else walk(url);
}

async function macro(number, name) {
  const answer = await fetch(`/conversations/${conversation()}/macros?q=${encodeURIComponent(name)}`);
  const box = element("ul", {});
  box.innerHTML = await answer.text();
  const found = box.querySelector(`[data-macro="${number}"]`);
  if (found) document.querySelector("desk-composer")?.use(found);
}

function search() {
  const words = input.value.trim();
  if (!words) return;
  dialog.close();
  const box = document.getElementById("q");
  if (!box) return walk(`/search?q=${encodeURIComponent(words)}`);
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

// Who types quickly and presses Enter means what would have been found; what they type on is for what that brings.
async function take(beside) {
  const before = input.value;
  if (!current() || current().closest(".theirs")) { after = []; await ready; }
  if (!dialog.open || before !== input.value) return;
  const keys = after ?? [];
  after = null;
  run(current(), beside);
  if (!dialog.open || !keys.length) return;
  const end = keys.indexOf("Enter");
  input.value += keys.slice(0, end < 0 ? keys.length : end).join("");
  show();
  if (end >= 0) take(false);
}

input?.addEventListener("input", () => { after = null; show(); });
input?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (after && (event.key === "Enter" || (event.key.length === 1 && !event.ctrlKey && !event.metaKey))) {
    event.preventDefault();
    after.push(event.key);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Home" || event.key === "End") {
    if (input.value) return;
    event.preventDefault();
    point(options().at(event.key === "Home" ? 0 : -1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    take(event.ctrlKey || event.metaKey);
  } else if (event.key === "Backspace" && !input.value && menu) {
    event.preventDefault();
    enter("", "");
  }
});
list?.addEventListener("click", (event) => run(event.target.closest("[role=option]"), event.ctrlKey || event.metaKey));
list?.addEventListener("pointermove", (event) => { const option = event.target.closest("[role=option]"); if (option && option !== current()) point(option); });
chip?.addEventListener("click", () => { enter("", ""); input.focus(); });
// Closed, nothing more is asked for: what was run may have been signing out.
new MutationObserver(() => { if (dialog.open) { enter("", ""); input.focus(); } else { after = null; clearTimeout(waiting); asking?.abort(); } }).observe(dialog ?? document.createElement("i"), { attributes: true, attributeFilter: ["open"] });
