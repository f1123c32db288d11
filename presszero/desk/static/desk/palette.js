// Ctrl K: everything the page can do now, found by its name. It is made of the same buttons the page shows.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const options = dialog?.querySelector("ul");
let found = [];
let at = 0;

function actions() {
  const seen = new Set();
  return [...document.querySelectorAll("[data-key][data-says]")]
    .filter((element) => !seen.has(element.dataset.says) && seen.add(element.dataset.says))
    .map((element) => ({ says: element.dataset.says, key: element.dataset.key, run: () => (element.tagName === "SUMMARY" ? (element.parentElement.open = true) : element.click()) }));
}

function show() {
  const words = input.value.trim().toLowerCase();
  found = actions().filter((action) => words.split(/\s+/).every((word) => action.says.toLowerCase().includes(word)));
  at = 0;
  options.replaceChildren(...found.map((action, index) => {
    const item = document.createElement("li");
    item.className = "item";
    item.id = `do-${index}`;
    item.role = "option";
    item.textContent = action.says;
    const key = document.createElement("span");
    key.className = "push";
    for (const one of action.key.split(" ")) key.append(Object.assign(document.createElement("kbd"), { textContent: one.toUpperCase() }), " ");
    item.append(key);
    item.addEventListener("click", () => run(index));
    return item;
  }));
  if (!found.length) options.append(Object.assign(document.createElement("li"), { className: "item quiet", textContent: input.dataset.nothing }));
  point();
}

function point() {
  [...options.children].forEach((item, index) => item.setAttribute("aria-selected", index === at));
  input.setAttribute("aria-activedescendant", `do-${at}`);
  options.children[at]?.scrollIntoView({ block: "nearest" });
}

function run(index) {
  const words = input.value.trim();
  dialog.close();
  if (found[index]) return setTimeout(found[index].run, 0);
  const box = document.getElementById("q");
  if (box && words) { box.value = words; box.dispatchEvent(new Event("input", { bubbles: true })); box.focus(); }
}

input?.addEventListener("input", show);
input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(found.length, 1);
    point();
  }
  if (event.key === "Enter") { event.preventDefault(); run(at); }
});
new MutationObserver(() => { if (dialog.open) { input.value = ""; show(); input.focus(); } }).observe(dialog ?? document.createElement("i"), { attributes: true, attributeFilter: ["open"] });
