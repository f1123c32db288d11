// An earlier conversation beside the present one: [ and ] go from one to the next, Escape brings the customer back.
const side = () => document.getElementById("side");
const open = () => side()?.querySelector("[data-earlier-open]");

function close() {
  const talk = document.getElementById("talk");
  side().classList.remove("reading");
  htmx.ajax("GET", side().getAttribute("hx-get"), { source: "#side", target: "#side", swap: "innerHTML" }).then(() => talk?.querySelector(".stream")?.focus());
}

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-earlier-close]")) close(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open() || document.querySelector("dialog[open]") || event.target.matches?.("textarea, input, select")) return;
  event.preventDefault();
  event.stopPropagation();
  close();
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "work") return;
  if (event.detail.target?.id !== "side") return;
  const reading = Boolean(open());
  side().classList.toggle("reading", reading);
  if (!reading) return;
  side().classList.add("shown");
  // Its messages are not the present one's: no ids twice, nothing to pick.
  for (const element of side().querySelectorAll(".earlier-words [id]")) element.removeAttribute("id");
  for (const pick of side().querySelectorAll(".earlier-words .pick")) pick.remove();
  const words = side().querySelector(".earlier-words");
  words.scrollTop = words.scrollHeight;
});
