// A button beside a read-only box puts its words into the clipboard and says so: data-copies (the box's id), data-says.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const box = document.getElementById(button.dataset.copies);
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
    button.lastElementChild.textContent = button.dataset.says;
    button.lastElementChild.setAttribute("role", "status");
  } catch {
    box.focus(); // it is selected: a key copies it
  }
});
