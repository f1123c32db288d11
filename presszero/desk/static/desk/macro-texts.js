// The words of a macro in one more language.
document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-another]")?.closest("[data-texts]");
  if (!place) return;
  const made = place.querySelector("template").content.cloneNode(true).firstElementChild;
  const taken = new Set([...place.querySelectorAll(":scope > .words-in select")].map((select) => select.value));
  const select = made.querySelector("select");
  select.value = [...select.options].map((option) => option.value).find((code) => !taken.has(code)) ?? select.value;
  place.querySelector("[data-another]").parentElement.before(made);
  made.querySelector("textarea").focus();
});
