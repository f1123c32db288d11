// ";word" while writing offers ready words in the customer's language; Enter or Tab puts them where the cursor is.
const WORD = /(?:^|\s);([\p{L}\p{N}_-]{0,30})$/u;
let box = null; // the textarea that asks
let asked = 0;

const place = () => document.getElementById("snippet-list");
const options = () => [...(place()?.querySelectorAll("[role=option]") ?? [])];
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");
const word = () => WORD.exec(box.value.slice(0, box.selectionStart))?.[1];

document.addEventListener("input", async (event) => {
  if (!event.target.matches?.("desk-composer textarea[name=text]")) return;
  box = event.target;
  const begun = word();
  if (begun === undefined) return close();
  const mine = ++asked;
  const composer = box.closest("desk-composer");
  try {
    const answer = await fetch(`/conversations/${composer.dataset.conversation}/snippets?q=${encodeURIComponent(begun)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || mine !== asked || word() !== begun) return;
    place().querySelector("ul").innerHTML = await answer.text();
  } catch { return close(); }
  place().hidden = options().length === 0;
  point(chosen());
});

// Before anything else hears the key: the list is open, so Enter and the arrows are its own.
document.addEventListener("keydown", (event) => {
  if (event.target !== box || !place() || place().hidden) return;
  const all = options();
  const at = all.indexOf(chosen());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") point(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") put(chosen());
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("#snippet-list [role=option]");
  if (option) { event.preventDefault(); put(option); }
  else if (!event.target.closest?.("#snippet-list")) close();
});

function point(option) {
  for (const one of options()) one.setAttribute("aria-selected", one === option);
  option?.scrollIntoView({ block: "nearest" });
  if (option) box.setAttribute("aria-activedescendant", option.id);
}

function put(option) {
  if (!option) return;
  const end = box.selectionStart;
  box.setRangeText(option.dataset.text, end - word().length - 1, end, "end");
  close();
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function close() {
  asked += 1;
  if (place()) place().hidden = true;
  box?.removeAttribute("aria-activedescendant");
}
