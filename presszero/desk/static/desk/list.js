// The list: which row is open, moving with J and K, going on after a matter is settled, and keeping the rows fresh.
const desk = document.getElementById("desk");
const rows = () => [...document.querySelectorAll("#rows :is(a.row, a.row-link)")];
const openId = () => document.getElementById("talk")?.dataset.conversation ?? "";
const current = () => document.querySelector("#rows a.row[aria-current]");

export function mark() {
  const id = openId();
  for (const row of rows()) {
    if (id && row.id === `c${id}`) {
      row.setAttribute("aria-current", "true");
      if (!document.hidden) row.classList.remove("new");
    }
    else row.removeAttribute("aria-current");
  }
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const focused = all.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : all.indexOf(current());
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)] ?? all[0];
  next.focus({ preventScroll: false });
  next.scrollIntoView({ block: "nearest" });
  // With a conversation open, J and K read on; from the list alone they only move.
  if (openId()) next.click();
}

export const next = () => step(1);
export const previous = () => step(-1);
export const open = () => (rows().includes(document.activeElement) ? document.activeElement : current() ?? rows()[0])?.click();

export function toList() {
  desk.dataset.shows = "list";
  (current() ?? rows()[0])?.focus();
}

// A full page of them again, as many pages as are shown now. Where a view is shown, the counts come in the same answer.
let wanted;
let counts = false;
export function refresh(withCounts = false) {
  clearTimeout(wanted);
  counts ||= withCounts;
  wanted = setTimeout(() => {
    const together = counts && document.getElementById("rows")?.dataset.url?.match(/^\/(desk|views)\//);
    if (counts && !together) refreshCounts();
    counts = false;
    const box = document.getElementById("rows");
    if (!box?.dataset.url || document.hidden) return;
    const pages = Math.max(1, Math.ceil(rows().length / 50));
    const url = box.dataset.url + (pages > 1 ? `${box.dataset.url.includes("?") ? "&" : "?"}pages=${pages}` : "");
    const swap = box.dataset.url.startsWith("/search") ? { target: "#rows", swap: "morph:outerHTML" } : { target: "#rows", swap: "none" };
    htmx.ajax("GET", url, { source: box, ...swap, ...(together && { values: { counts: "1" } }) });
  }, 150);
}

export function refreshCounts() {
  const here = document.getElementById("rail")?.dataset.here ?? "";
  htmx.ajax("GET", `/desk/counts?here=${here}`, { source: document.getElementById("rail"), target: "#rail", swap: "none" });
}

// A matter was settled: on to the next row, else the one before, else back to the list.
document.addEventListener("settled", (event) => {
  const settled = document.getElementById(`c${event.detail.conversation}`);
  const all = rows();
  const at = all.indexOf(settled);
  settled?.classList.add("going");
  const follow = at < 0 ? null : (all[at + 1] ?? all[at - 1]);
  if (follow && matchMedia("(min-width: 48rem)").matches) follow.click();
  else if (!matchMedia("(min-width: 48rem)").matches) toList();
});
// What was done is to be seen in another conversation.
document.addEventListener("go", (event) => htmx.ajax("GET", `/conversations/${event.detail.conversation}`, { source: "#work", target: "#work", swap: "innerHTML show:none" }));
document.addEventListener("changed", () => refresh(true));

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "work") return;
  desk.dataset.shows = "talk";
  const main = document.getElementById("talk");
  if (main?.dataset.title) document.title = main.dataset.title;
  document.getElementById(`c${openId()}`)?.classList.remove("new");
  mark();
});
document.addEventListener("walked", mark);
document.addEventListener("morphed", mark);
document.addEventListener("htmx:afterSettle", mark);

// Search as it is typed; an empty box brings the view back.
document.addEventListener("input", ({ target: box }) => {
  if (box.id !== "q" || box.value.trim()) return;
  htmx.ajax("GET", box.dataset.back, { source: "#rows", target: "#rows", swap: "none" });
});
document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (box.id !== "q") return;
  if (event.key === "Escape") { box.value = ""; box.dispatchEvent(new Event("input", { bubbles: true })); toList(); }
  if (event.key === "ArrowDown" || (event.key === "Enter" && rows().length)) { event.preventDefault(); rows()[0]?.focus(); }
});
document.addEventListener("htmx:configRequest", (event) => {
  // An empty search asks for nothing; the listener above has the view fetched.
  if (event.detail.path.startsWith("/search") && event.detail.elt.matches("form.find") && !document.getElementById("q").value.trim()) event.preventDefault();
  event.detail.headers["X-View"] = document.getElementById("rail")?.dataset.here ?? "";
  event.detail.headers["X-Conversation"] = openId();
  event.detail.headers["X-Shown"] = document.querySelector(".stream")?.dataset.shown ?? "";
});
// What was asked about a conversation that is no longer on the screen has no place here any more.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { verb, path = "", headers = {} } = detail.requestConfig ?? {};
  if (verb === "get" && /^\/conversations\/\d+\/(live|colleagues)\b/.test(path) && headers["X-Conversation"] !== openId()) detail.shouldSwap = false;
});
// Beside the conversation another one may be read by now: what an answer carries for the customer's panel goes nowhere then.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.serverResponse?.includes?.(" data-if-there")) return;
  const answer = document.createElement("template");
  answer.innerHTML = detail.serverResponse;
  const astray = [...answer.content.querySelectorAll("[data-if-there]")].filter((piece) => !document.getElementById(piece.id));
  for (const piece of astray) piece.remove();
  if (astray.length) detail.serverResponse = answer.innerHTML;
});
mark();
