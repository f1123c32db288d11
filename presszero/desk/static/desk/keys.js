// Every key. A button says its own with data-key ("e", "g m"); the rest is moving about.
import * as list from "./list.js";

let began = "";
let forget;

const visible = (element) => element.offsetParent !== null || element.closest("details:not([open])") || element.tagName === "SUMMARY";
const writing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

function press(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((e) => visible(e) && !e.disabled);
  if (!found) return false;
  if (found.tagName === "SUMMARY") {
    const menu = found.parentElement;
    menu.open = !menu.open;
  } else found.click();
  return true;
}

const moves = {
  j: list.next,
  k: list.previous,
  o: list.open,
  "#": () => document.querySelector("desk-composer")?.openMacros(true),
  c: () => { press("c"); document.querySelector("#side a, #side button")?.focus(); },
  "/": () => { const box = document.getElementById("q"); box?.focus(); box?.select(); },
  "?": () => document.getElementById("cheat")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.getElementById("palette")?.showModal();
    return;
  }
  if (event.key === "Escape") return escape(event);
  if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (began) {
    const whole = `${began} ${key}`;
    began = "";
    if (press(whole)) event.preventDefault();
    return;
  }
  if (key === "g") {
    began = "g";
    clearTimeout(forget);
    forget = setTimeout(() => { began = ""; }, 1200);
    return;
  }
  if (moves[key]) { event.preventDefault(); moves[key](); return; }
  if (key.length === 1 && key !== " " && press(key)) event.preventDefault();
});

function escape(event) {
  if (document.querySelector("dialog[open]")) return;
  const side = document.querySelector("#side.shown");
  if (side) { side.classList.remove("shown"); return; }
  if (writing(event.target) && event.target.id !== "q") { event.target.blur(); document.querySelector(".stream")?.focus(); return; }
  list.toList();
}
