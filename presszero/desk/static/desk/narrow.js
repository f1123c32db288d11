// What narrows a search down, beneath its box: each puts itself at the end of what is typed, to be typed on.
const box = () => document.getElementById("q");

// The box keeps the focus while one of them is pressed, so that they stay where they are.
document.addEventListener("pointerdown", (event) => { if (event.target.closest?.("[data-fill]")) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const fill = event.target.closest?.("[data-fill]")?.dataset.fill;
  if (!fill) return;
  const typed = box().value.trimEnd();
  box().value = `${typed}${typed && " "}${fill}${fill === '"' ? '"' : ""}`;
  const end = box().value.length - (fill === '"' ? 1 : 0);
  box().focus();
  box().setSelectionRange(end, end);
  box().dispatchEvent(new Event("input", { bubbles: true }));
});
