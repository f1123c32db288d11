// <details class="menu"> closes on Escape, on a click elsewhere and after a choice; arrow keys walk it. Dialogs open and close by attribute.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const inside = menu.contains(event.target);
    if (!inside || event.target.closest(".item:not([data-stays])")) menu.open = false;
  }
  const opener = event.target.closest("[data-opens]");
  const opened = opener && document.getElementById(opener.dataset.opens);
  // What it held before is not pressed in the moment in which it is exchanged.
  if (opened && !opened.contains(opener) && opener.getAttribute("hx-target") === `#${opened.id}`) opened.replaceChildren();
  opened?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.classList.contains("modal")) event.target.close();
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu[open]")) return;
  for (const other of document.querySelectorAll("details.menu[open]")) if (other !== event.target && !other.contains(event.target)) other.open = false;
  event.target.querySelector("input:not([type=hidden]), .item")?.focus();
}, true);

// A search field takes Escape for itself; in a dialog it closes the dialog, as anywhere else in it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches?.("dialog input[type=search]")) return;
  event.preventDefault();
  event.stopPropagation();
  event.target.closest("dialog").close();
}, true);

// A menu that fetched itself stays open.
document.addEventListener("htmx:afterSwap", (event) => {
  const again = event.detail.requestConfig?.elt?.dataset?.reopen;
  if (again) document.querySelector(again).open = true;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const items = [...menu.querySelectorAll(".item, .sheet input:not([type=hidden])")].filter((item) => item.offsetParent);
  if (!items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at((items.indexOf(document.activeElement) + step + items.length) % items.length).focus();
}, true);
