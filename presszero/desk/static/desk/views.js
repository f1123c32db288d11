// Saved views in the rail: folded or not is remembered here; Alt and an arrow puts one a place up or down.
import "../conversations/builders.js";

const KEY = "saved-views";
const fold = () => document.getElementById("saved-views");
if (fold() && localStorage.getItem(KEY) === "folded") fold().open = false;
document.addEventListener("toggle", (event) => {
  if (event.target.id === KEY) localStorage.setItem(KEY, event.target.open ? "" : "folded");
}, true);

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("a[data-view]");
  if (!link || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const to = event.key === "ArrowUp" ? "up" : "down";
  const number = link.dataset.view;
  htmx.ajax("PUT", `/views/${number}/position`, { source: link, swap: "none", values: { to } }).then(() => document.querySelector(`a[data-view="${number}"]`)?.focus());
});
