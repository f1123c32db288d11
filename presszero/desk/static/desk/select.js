// Selecting rows: X, Shift and J or K, Ctrl A; by pointer at the picture; by a long press on a phone. A bar says what can be done.
const bulk = () => document.getElementById("bulk");
const rows = () => [...document.querySelectorAll("#rows a.row[id]")];
const idOf = (row) => row.id.slice(1);
const chosen = new Set();
let all = false; // all of the view, also what is not on the page
let anchor = null;
let offered = ""; // what can be done, fetched once a page
let bar = null; // what can be done, as it stands there or is on its way
const held = []; // keys pressed before it came

const reads = document.getElementById("desk")?.dataset.reads;
const writing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const current = () => (rows().includes(document.activeElement) ? document.activeElement : document.querySelector("#rows a.row[aria-current]") ?? rows()[0]);

function choose(row, on = !chosen.has(idOf(row))) {
  if (!row) return;
  all = false;
  if (on) chosen.add(idOf(row));
  else chosen.delete(idOf(row));
  anchor = row;
  draw();
}

function range(to) {
  const list = rows();
  const [from, until] = [list.indexOf(anchor), list.indexOf(to)].sort((a, b) => a - b);
  if (from < 0) return choose(to, true);
  for (const row of list.slice(from, until + 1)) chosen.add(idOf(row));
  draw();
}

function step(by) {
  const list = rows();
  const here = current();
  const next = list[Math.min(Math.max(list.indexOf(here) + by, 0), list.length - 1)];
  if (!here || !next) return;
  choose(here, true);
  choose(next, true);
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function everything() {
  // The second time: also what is not on the page.
  if (chosen.size === rows().length && total() > chosen.size) all = true;
  for (const row of rows()) chosen.add(idOf(row));
  draw();
}

export function none() {
  chosen.clear();
  all = false;
  draw();
}

const total = () => Number(bulk()?.querySelector("form")?.dataset.total ?? 0);

// Boxes stand beside the rows, made here: fifty of them are not worth their weight in every page.
function draw() {
  for (const row of rows()) {
    const item = row.parentElement;
    let tick = item.querySelector(".tick");
    if (!tick) {
      tick = document.createElement("label");
      tick.className = "tick";
      tick.dataset.mine = "";
      tick.append(Object.assign(document.createElement("input"), { type: "checkbox" }));
      item.append(tick);
    }
    const box = tick.firstElementChild;
    box.checked = all || chosen.has(idOf(row));
    box.setAttribute("aria-label", `${bulk().dataset.select}: ${row.querySelector("b")?.textContent}, ${row.querySelector(".sub")?.textContent}`);
    row.classList.toggle("picked", box.checked);
  }
  document.getElementById("list")?.classList.toggle("selecting", chosen.size > 0);
  offer();
}

function offer() {
  const place = bulk();
  if (!chosen.size || !place) { forget(); place?.replaceChildren(); return; }
  if (!bar) bring(place, (bar = { came: false }));
  else say(place);
}

async function bring(place, mine) {
  const searching = place.dataset.url === "/search" || document.getElementById("q")?.value.trim();
  const found = offered || (await fetch(`/bulks/choices?in=${place.dataset.list}${searching ? "&q=1" : ""}`, { headers: { "HX-Request": "true" } }).then((answer) => (answer.ok ? answer.text() : ""), () => ""));
  if (bar !== mine) return;
  if (!found) return forget(); // the next one selected asks again
  offered = found;
  place.innerHTML = found;
  htmx.process(place);
  mine.came = true;
  say(place);
  for (const each of held.splice(0)) (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent(each.type, each));
}

function forget() {
  bar = null;
  held.length = 0;
}

// Who types quickly means those selected, never the conversation that is open: a letter waits for the bar, and what follows it too.
function hold(event) {
  const begins = /^[a-wyz.]$/.test(event.key);
  if (!bar || bar.came || event.key.length > 1 || !(begins || held.length)) return false;
  held.push(event);
  return true;
}

function say(place) {
  const count = place.querySelector("[data-count]");
  if (!count) return;
  count.textContent = `${place.dataset.selected} ${new Intl.NumberFormat(document.documentElement.lang).format(all ? total() : chosen.size)}`;
  place.querySelector("[data-select-all]").hidden = all || total() <= chosen.size || chosen.size < rows().length;
}

// Which ones go with what is to be done.
document.addEventListener("htmx:configRequest", (event) => {
  if (!["/bulks", "/exports"].includes(event.detail.path) || event.detail.verb !== "post" || !event.detail.elt.closest("#bulk")) return;
  const list = bulk().dataset.list;
  if (all) { event.detail.parameters.set("all", "1"); event.detail.parameters.set("in", list); }
  else for (const id of chosen) event.detail.parameters.append("id", id);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.path !== "/bulks" || !event.detail.successful) return;
  // What leaves the list is seen to go at once.
  const leaves = /"(resolve|snooze|spam|not_spam)"/.test(event.detail.requestConfig.parameters.steps ?? event.detail.requestConfig.parameters.get?.("steps") ?? "");
  if (leaves) for (const row of rows()) if (all || chosen.has(idOf(row))) row.classList.add("going");
  offered = "";
  none();
});
// One that is under way is found again after a page load.
document.addEventListener("bulk", ({ detail }) => (detail.over ? sessionStorage.removeItem("bulk") : sessionStorage.setItem("bulk", detail.id)));

document.addEventListener("click", (event) => {
  const tick = event.target.closest?.("#rows .tick");
  if (tick && event.target.matches("input")) {
    const row = tick.parentElement.querySelector("a.row");
    if (event.shiftKey && anchor) range(row);
    else choose(row, event.target.checked);
  }
  if (event.target.closest?.("[data-select-all]")) { all = true; draw(); }
  if (event.target.closest?.("[data-select-none]")) none();
  if (event.target.closest?.("[data-bulk-close]")) event.target.closest(".bulk-card").remove();
});

// A long press selects; while some are selected, a tap does.
let pressing;
let pressed = false;
document.addEventListener("touchstart", (event) => {
  const row = event.target.closest?.("#rows a.row[id]");
  if (!row || reads) return;
  pressed = false;
  pressing = setTimeout(() => { pressed = true; navigator.vibrate?.(10); choose(row); }, 450);
}, { passive: true });
for (const name of ["touchend", "touchmove", "touchcancel"]) document.addEventListener(name, () => clearTimeout(pressing), { passive: true });
document.addEventListener("contextmenu", (event) => { if (pressed && event.target.closest?.("#rows a.row")) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("#rows a.row[id]");
  if (!row || reads) return;
  const tap = matchMedia("(pointer: coarse)").matches;
  if (!pressed && !(tap && chosen.size) && !event.shiftKey && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (pressed) pressed = false;
  else if (event.shiftKey) range(row);
  else choose(row);
}, true);

// Before the other keys hear them: these are the list's own.
document.addEventListener("keydown", (event) => {
  if (reads || !bulk() || !rows().length || writing(event.target) || document.querySelector("dialog[open]")) return;
  const command = event.ctrlKey || event.metaKey;
  if (!command && !event.altKey && hold(event)) { /* it is heard again when the bar is there */ }
  else if (event.key === "x" && !command && !event.altKey) { choose(current()); current()?.focus(); }
  else if (event.key === "J" && event.shiftKey && !command) step(1);
  else if (event.key === "K" && event.shiftKey && !command) step(-1);
  else if (event.key.toLowerCase() === "a" && command && (chosen.size || !document.activeElement?.closest("#work"))) everything();
  else if (event.key === "Escape" && chosen.size && !event.target.closest("details[open]")) none();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

function follow() {
  const under = bulk() && sessionStorage.getItem("bulk");
  if (under) htmx.ajax("GET", `/bulks/${under}`, { source: "#bulk-now", target: "#bulk-now", swap: "innerHTML" });
}

if (!reads) {
  const keep = () => {
    if (!bulk()) return;
    const here = new Set(rows().map(idOf));
    for (const id of chosen) if (!here.has(id) && !all) chosen.delete(id);
    draw();
  };
  document.addEventListener("morphed", keep);
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.closest?.("#rows")) keep(); });
  // Another list: nothing of it is chosen yet, and other things can be done.
  document.addEventListener("walked", ({ detail }) => {
    if (!detail.kept) { chosen.clear(); all = false; offered = ""; forget(); follow(); }
    keep();
  });
  keep();
  follow();
}
