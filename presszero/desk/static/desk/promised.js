// What was promised in a call is asked as soon as the call is written down.
document.addEventListener("opens", ({ detail }) => {
  const dialog = document.getElementById(detail.dialog);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("[autofocus], input:checked")?.focus();
});
// Another day changes the words, unless somebody has written their own.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches?.(".by-day")) return;
  const box = document.getElementById("promise-text");
  if (box && box.value !== box.defaultValue) event.preventDefault();
});
document.addEventListener("close", (event) => { if (event.target.id === "promise-dialog") event.target.replaceChildren(); }, true);
