// Dialogs that fetch what there is to pick: asked for as they open; arrows walk the list, Enter takes the first or the one pointed at.
const rowsOf = (dialog) => [...dialog.querySelectorAll("button.item")].filter((item) => item.offsetParent);

new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (!target.matches("dialog[data-wants][open]")) continue;
    const input = target.querySelector("input[data-picks]");
    if (input) input.value = "";
    htmx.trigger(target.querySelector("[hx-get]"), "wanted");
  }
}).observe(document.body, { attributes: true, attributeFilter: ["open"], subtree: true });

document.addEventListener("keydown", (event) => {
  const dialog = event.target.closest?.("dialog[data-wants][open]");
  if (!dialog) return;
  const items = rowsOf(dialog);
  const at = items.indexOf(document.activeElement);
  if (event.key === "Enter" && event.target.matches("input[data-picks]")) {
    event.preventDefault();
    items[0]?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    items.at((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length)?.focus();
  }
});

// What was picked has been drawn anew: the words one typed are used up, and the next can be typed.
document.addEventListener("htmx:afterSwap", (event) => {
  const input = event.detail.target?.closest?.("dialog[data-wants][open]")?.querySelector("input[data-picks]");
  if (!input) { event.detail.target?.closest?.("dialog[data-wants][open]")?.querySelector("button.item")?.focus(); return; }
  if (event.detail.requestConfig?.verb !== "get") { input.value = ""; input.focus(); }
});
