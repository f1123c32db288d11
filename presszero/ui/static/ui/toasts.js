// Toasts leave by themselves after a while (not while pointed at), or count down while something can still be undone.
const box = document.getElementById("toasts");

export function toast(text, { bad = false } = {}) {
  const element = document.createElement("div");
  element.className = bad ? "toast bad" : "toast";
  element.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (bad) element.setAttribute("role", "alert");
  box.append(element);
  return element;
}

function live(element) {
  const seconds = Number(element.dataset.seconds ?? (element.hasAttribute("data-stays") ? 12 : 7));
  let left = seconds;
  let held = false;
  const counter = element.dataset.seconds ? element.insertBefore(document.createElement("span"), element.lastElementChild) : null;
  if (counter) counter.className = "left";
  for (const [name, value] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]])
    element.addEventListener(name, () => { held = value; });
  const tick = () => {
    if (!element.isConnected) return clearInterval(timer);
    if (counter) counter.textContent = left;
    // An undo that runs out on the server runs out here too, pointed at or not.
    if (held && !counter) return;
    if (left-- <= 0 && !element.hidden) { clearInterval(timer); element.remove(); }
  };
  const timer = setInterval(tick, 1000);
  tick();
}

new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".toast")) live(node);
  const shown = box.querySelectorAll(".toast:not([hidden])");
  if (shown.length > 3) shown[0].remove();
}).observe(box, { childList: true });
for (const element of box.children) live(element);

box.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  const one = button?.closest(".toast");
  if (!one) return;
  if (!button.hasAttribute("data-undo")) return one.remove();
  // Out of sight at once, but there until the answer has come: what it says is heard through the button.
  one.hidden = true;
  button.addEventListener("htmx:afterRequest", () => setTimeout(() => one.remove(), 0), { once: true });
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.metaKey || event.ctrlKey || event.altKey || event.key !== "z") return;
  const undo = [...box.querySelectorAll(".toast:not([hidden]) [data-undo]")].at(-1);
  if (undo) { event.preventDefault(); undo.click(); }
});
