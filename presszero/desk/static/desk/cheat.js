// The sheet of keys: fetched once, found by what they do or by the key itself, and printed alone.
const sheet = document.getElementById("cheat");
const box = document.getElementById("cheat-q");

function filter() {
  const typed = box.value.trim().toLowerCase();
  let shown = 0;
  for (const section of sheet.querySelectorAll(".cheat section")) {
    const whole = section.querySelector("h3").textContent.toLowerCase().includes(typed);
    let here = 0;
    for (const line of section.querySelectorAll("div")) {
      line.hidden = !whole && !line.textContent.toLowerCase().replace(/\s+/g, " ").includes(typed);
      here += !line.hidden;
    }
    section.hidden = !here;
    shown += here;
  }
  const none = document.getElementById("cheat-none");
  if (none) none.hidden = shown > 0;
}

box?.addEventListener("input", filter);
sheet?.addEventListener("close", () => { box.value = ""; filter(); });
sheet?.addEventListener("htmx:afterSwap", () => { sheet.removeAttribute("data-wants"); filter(); });
sheet?.querySelector("[data-print]")?.addEventListener("click", () => {
  document.body.classList.add("printing-keys");
  print();
});
addEventListener("afterprint", () => document.body.classList.remove("printing-keys"));
