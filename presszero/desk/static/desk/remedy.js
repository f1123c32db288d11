// The sheet on which a remedy is put together. Digits pick what to give, letters pick things, Enter gives it.
const dialog = () => document.querySelector("dialog#remedy-dialog[open]");
const form = () => document.getElementById("remedy-form");
const typing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
let hand = ""; // what had the focus when the sheet was asked for anew
let drawing = false; // the sheet is being drawn anew
let stale = false; // what it would do is being asked for
const kept = []; // keys that came meanwhile: nobody waits for us to type on

// Another kind or another order has other fields: the sheet is drawn again with what was filled in.
function again(changed) {
  const filled = new FormData(form());
  filled.delete("key");
  if (changed.name === "order") for (const name of [...filled.keys()]) if (name === "line" || name === "lines_seen" || name === "variant" || name === "quantity" || name.startsWith("pieces-")) filled.delete(name);
  hand = changed.name;
  drawing = true;
  const words = new URLSearchParams(filled);
  htmx.ajax("GET", `${form().dataset.new}?${words}`, { source: dialog(), target: "#remedy-dialog", swap: "innerHTML" }).finally(() => { drawing = false; replay(); });
}

document.addEventListener("change", (event) => { if (event.target.matches?.("#remedy-form [data-again]")) again(event.target); });
for (const name of ["input", "things"]) document.addEventListener(name, (event) => { if (form()?.contains(event.target) && !event.target.matches("[data-again], [name=q]")) stale = true; });

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target?.id === "remedy-preview") { stale = false; replay(); }
  if (target?.id !== "remedy-dialog" || !form()) return;
  stale = false;
  const things = form().querySelector("[name=line]") ?? form().querySelector("#remedy-amount");
  const kind = form().querySelector("[name=kind]:checked");
  const place = hand === "order" ? form().querySelector("[name=order]") : (kind ? things ?? kind : form().querySelector("[name=kind]"));
  hand = "";
  place?.focus({ preventScroll: true });
  if (!drawing) replay();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.elt?.id === "remedy-preview") stale = false; });
document.addEventListener("close", (event) => { if (event.target.id === "remedy-dialog") { event.target.replaceChildren(); kept.length = 0; drawing = stale = false; } }, true);

// Whether the key did something, or waits until it can.
function press(key) {
  if (drawing || !form() || (stale && key === "Enter")) kept.push(key);
  else if (key === "Enter") form().querySelector("[data-give]")?.click();
  else {
    const found = dialog().querySelector(`[data-hot="${CSS.escape(key)}"]`);
    if (!found) return false;
    found.click();
  }
  return true;
}
function replay() {
  while (kept.length && dialog() && form() && !drawing && !(stale && kept[0] === "Enter")) press(kept.shift());
}

document.addEventListener("keydown", (event) => {
  if (!dialog()?.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = event.key.toLowerCase() === "enter" ? "Enter" : event.key.toLowerCase();
  if (key === "Enter" ? event.target.matches("button, a, summary, [name=q]") : typing(event.target) || key.length > 1 || key === " ") return;
  if (press(key)) event.preventDefault();
});

// Words of a card or of the server's go into the answer: a suggestion only where nothing is typed yet.
function insert(words, always) {
  const composer = document.querySelector("desk-composer");
  const box = composer?.form("reply")?.querySelector("textarea");
  if (!box || (!always && box.value.trim())) return;
  composer.show("reply", always);
  box.setRangeText(words, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
document.addEventListener("suggest", (event) => insert(event.detail.text, false));
document.addEventListener("click", (event) => {
  const words = event.target.closest?.("[data-insert]");
  if (words) insert(words.dataset.insert, true);
});

// What became of a remedy is seen without scrolling, and the orders beside it are as they stand now.
const cards = () => [...document.querySelectorAll("#talk .stream .gift")];
const standing = () => cards().map((card) => `${card.id} ${card.className} ${card.querySelector(".tag")?.textContent}`).join();
let talk = "";
let stood = "";
function look() {
  const here = document.getElementById("talk")?.dataset.conversation ?? "";
  const now = standing();
  const [same, before] = [here === talk, stood];
  [talk, stood] = [here, now];
  if (!same || now === before) return;
  const box = document.querySelector("#talk .stream");
  const last = cards().at(-1);
  if (last && box.scrollHeight - box.scrollTop - box.clientHeight < last.offsetHeight + 200) box.scrollTop = box.scrollHeight;
  const side = document.getElementById("side");
  if (side?.querySelector("#orders")) htmx.ajax("GET", side.getAttribute("hx-get"), { source: "#orders", target: "#orders", select: "#orders", swap: "morph:outerHTML" });
}
document.addEventListener("morphed", look);
document.addEventListener("walked", look);
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "work") look(); });
look();
