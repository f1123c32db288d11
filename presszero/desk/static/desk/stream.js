// The stream: stays at its foot while one reads there, unfolds long words, shows earlier ones, picks messages to split off.
const reads = document.getElementById("desk")?.dataset.reads;
const stream = () => document.querySelector(".stream");
let atFoot = true;

function foot() {
  const box = stream();
  if (box) box.scrollTop = box.scrollHeight;
  atFoot = true;
  showBelow(false);
}
function showBelow(on) {
  const button = document.getElementById("below");
  if (button) button.hidden = !on;
}

function arrive() {
  const box = stream();
  if (!box || box.dataset.ready) return;
  box.dataset.ready = "1";
  foot();
  box.addEventListener("scroll", () => {
    atFoot = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    if (atFoot) showBelow(false);
    if (box.scrollTop < 200) earlier();
  }, { passive: true });
  saw();
}

// More of the past, with the words one reads staying where they are.
let fetching = false;
async function earlier() {
  const more = document.getElementById("earlier");
  if (!more || fetching) return;
  fetching = true;
  const box = stream();
  const fromFoot = box.scrollHeight - box.scrollTop;
  box.dataset.shown = more.dataset.earlier;
  await htmx.ajax("GET", `/conversations/${conversation()}/live?shown=${more.dataset.earlier}`, { source: "#talk", target: "#talk", swap: "none" });
  fetching = false;
  if (stream() === box) box.scrollTop = box.scrollHeight - fromFoot; // else somebody has gone on meanwhile
}

export const conversation = () => document.getElementById("talk")?.dataset.conversation ?? "";
export function refresh() {
  const id = conversation();
  if (id) htmx.ajax("GET", `/conversations/${id}/live`, { source: "#talk", target: "#talk", swap: "none" });
}

// Reading is told once a conversation is in sight.
function saw() {
  if (reads || document.hidden || !conversation()) return;
  htmx.ajax("DELETE", `/conversations/${conversation()}/unread`, { source: "#talk", swap: "none" });
}

let newest = stream()?.dataset.newest;
document.addEventListener("morphed", (event) => {
  const box = stream();
  if (!box || (event.detail !== box && !event.detail?.classList?.contains("stream"))) return;
  box.dataset.ready = "1";
  if (box.dataset.newest === newest) return;
  newest = box.dataset.newest;
  if (atFoot) foot();
  else showBelow(true);
  const last = [...box.querySelectorAll(".msg:not(.note)")].at(-1);
  document.dispatchEvent(new CustomEvent("arrived", { detail: { newest, seen: atFoot && !document.hidden, theirs: !last?.classList.contains("us") } }));
  saw();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "work") { newest = stream()?.dataset.newest; atFoot = true; arrive(); }
});

document.addEventListener("walked", () => { newest = stream()?.dataset.newest; atFoot = true; arrive(); });

document.addEventListener("click", (event) => {
  const unfold = event.target.closest("[data-unfold]");
  if (unfold) { unfold.closest(".msg").querySelector(".body").classList.remove("long"); unfold.remove(); }
  if (event.target.closest("#below")) foot();
  if (event.target.closest("#earlier a")) { event.preventDefault(); earlier(); }
  if (event.target.closest("[data-split]")) pick(true);
  if (event.target.closest("[data-split-cancel]")) pick(false);
  if (event.target.closest("[data-side]")) document.getElementById("side")?.classList.toggle("shown");
  const message = event.target.closest(".picking .msg");
  if (message && !event.target.closest("a, button, summary, input")) message.querySelector(".pick").click();
});

function pick(on) {
  stream()?.classList.toggle("picking", on);
  const bar = document.getElementById("split-bar");
  if (bar) bar.hidden = !on;
  if (on) stream().querySelector(".pick")?.focus();
  else for (const box of document.querySelectorAll(".pick:checked")) box.checked = false;
}
for (const gone of ["changed", "walked"]) document.addEventListener(gone, () => pick(false));
document.addEventListener("click", (event) => {
  const form = event.target.closest("dialog [hx-post], dialog [hx-put]");
  if (form?.matches("button:not([data-stays])")) form.closest("dialog").close();
});
document.addEventListener("submit", (event) => { if (event.target.matches("[data-close-after]")) event.target.closest("dialog").close(); });
// What may be refused keeps its dialog until it was done.
document.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status < 400 && event.detail.elt.matches("form[data-close-done]")) event.detail.elt.closest("dialog")?.close(); });
document.addEventListener("htmx:afterSettle", (event) => {
  // What a fold or a frame fetched stays when the stream is morphed.
  const part = event.target.closest?.(".stream .fold, .stream .as-sent-box");
  if (part) part.setAttribute("data-filled", "");
});
arrive();
