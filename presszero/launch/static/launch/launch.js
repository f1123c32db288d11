// The first day: what the browser knows already, a preview that follows, and copying.
const guessed = document.querySelector("form[data-guesses]");
if (guessed) {
  guessed.elements.timezone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  guessed.elements.language.value = navigator.language || guessed.elements.language.value;
}

const previewed = document.querySelector("form[data-preview]");
if (previewed) {
  let soon;
  const draw = () => previewed.requestSubmit(previewed.querySelector("[data-draw]"));
  previewed.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(draw, 250);
  });
  draw();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.lastChild.textContent = button.dataset.says;
  } catch {
    field.focus(); // it is selected, so that a key copies it
  }
});
