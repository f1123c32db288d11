// Orders to be paid by link: what was made goes into the answer that somebody is writing.
function insert(words) {
  document.getElementById("draft-dialog")?.close();
  document.querySelector("desk-composer")?.insert(words);
}

document.addEventListener("linked", ({ detail }) => insert(detail.text));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-inserts]");
  if (button) insert(button.dataset.inserts);
});

// An order that has just been paid stands in the panel too. What somebody types there is left alone.
let paid = 0;
document.addEventListener("morphed", () => {
  const strip = document.querySelector(".sides[data-paid]");
  const before = paid;
  paid = Number(strip?.dataset.paid ?? 0);
  const side = document.getElementById("side");
  if (paid > before && side && !side.contains(document.activeElement)) htmx.ajax("GET", side.getAttribute("hx-get"), { source: "#side", target: "#side", swap: "innerHTML" });
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id === "work") paid = Number(document.querySelector(".sides[data-paid]")?.dataset.paid ?? 0);
});
paid = Number(document.querySelector(".sides[data-paid]")?.dataset.paid ?? 0);
