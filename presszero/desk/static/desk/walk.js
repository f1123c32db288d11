// From one page of the desk to the next without a new document: the columns and the rail are exchanged, the stream goes on.
// Whatever is not a page of the desk, or was built anew since, is opened as any page.
import { morph } from "./morph.js";

const INSIDE = /^\/(desk\/[\w-]+|views(\/new|\/\d+(\/filter)?)?|search|yesterday(\/conversations)?|(customers|conversations|orders)\/\d+|orders(\/new)?|me(\/alerts|\/phone)?|readiness|to-settle|settings(\/[\w-]+(\/new(\/\w+)?|\/\d+)?)?)?$/;
const desk = document.getElementById("desk");
const main = document.getElementById("main");
const bare = (url) => url.pathname + url.search;
const built = (page) => [page.documentElement.lang, page.querySelector("link[rel=stylesheet]")?.getAttribute("href"), ...[...page.querySelectorAll("script[src*='desk/desk']")].map((one) => one.getAttribute("src"))].join();
let at = bare(location); // the page that is shown
let under = null;
let opening = null; // the request for the conversation that was chosen last

export async function walk(address, { back = false } = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !INSIDE.test(url.pathname)) return location.assign(url);
  under?.abort();
  opening = null;
  const mine = (under = new AbortController());
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== under) return;
    if (!page.getElementById("desk") || built(page) !== built(document)) throw new Error("no page of this desk");
    const reached = new URL(answer.url);
    reached.hash = url.hash;
    if (!back) history[bare(reached) === at ? "replaceState" : "pushState"]({}, "", reached);
    draw(page);
  } catch {
    if (mine !== under) return;
    // A page that cannot be exchanged is loaded; of going back the address is there already.
    if (back) location.reload();
    else location.assign(url);
  }
}

function draw(page) {
  const left = document.getElementById("talk")?.dataset.conversation;
  const next = page.getElementById("desk");
  at = bare(location);
  document.title = page.title;
  const kept = sameList(page);
  if (kept) put(document.getElementById("work"), page.getElementById("work"));
  else put(main, page.getElementById("main"));
  desk.className = next.className;
  desk.dataset.shows = next.dataset.shows;
  morph(document.getElementById("rail"), page.getElementById("rail"));
  htmx.process(document.getElementById("rail"));
  for (const script of page.querySelectorAll("script[type=module][src]")) once(script.getAttribute("src"));
  document.dispatchEvent(new CustomEvent("walked", { detail: { kept } }));
  focus(desk.dataset.shows === "list" && left ? document.getElementById(`c${left}`) : null);
}

// On the row one comes back from, else at the beginning of what is new, so that Tab and a screen reader go on there.
function focus(row) {
  const beginning = main.querySelector("[autofocus]") ?? row ?? main.querySelector(desk.dataset.shows === "list" ? "#rows" : "#talk");
  if (!beginning?.matches("a, input, textarea, [tabindex]")) beginning?.setAttribute("tabindex", "-1");
  beginning?.focus({ preventScroll: true });
}

// The list beside stays as far down as it was read.
function sameList(page) {
  const now = document.getElementById("rows")?.dataset.url;
  return Boolean(now) && now === page.getElementById("rows")?.dataset.url && Boolean(document.getElementById("work") && page.getElementById("work"));
}

// What the old page still waits for came too late: it must not be drawn into the new one.
function put(place, from) {
  for (const old of place.children) old.addEventListener("htmx:beforeOnLoad", late);
  htmx.swap(place, from.innerHTML, { swapStyle: "innerHTML" });
}
function late(event) {
  if (event.detail.requestConfig.verb === "get") event.preventDefault();
}
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const rail = event.detail.elt;
  if (rail.id === "rail" && event.detail.requestConfig.headers["X-View"] !== rail.dataset.here) late(event);
});

// Of two choices the later one counts, whichever answer comes first.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!opens(detail)) return;
  under?.abort();
  under = null;
  opening = detail.xhr;
  detail.elt.addEventListener("htmx:beforeOnLoad", (event) => { if (opens(event.detail) && event.detail.xhr !== opening) event.preventDefault(); });
});
const opens = (detail) => detail.target?.id === "work" && detail.requestConfig.verb === "get";

// A module runs once for as long as the document lives; what it does, it does by custom elements and listeners of the document.
function once(src) {
  if (document.querySelector(`script[src="${CSS.escape(src)}"]`)) return;
  document.head.append(Object.assign(document.createElement("script"), { type: "module", src }));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#desk a[href], #toasts a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !INSIDE.test(link.pathname)) return;
  if (link.hash && bare(link) === at) return;
  event.preventDefault();
  walk(link.href);
});
document.addEventListener("walk", (event) => walk(event.detail.url));
// A conversation that was opened in its place has its own address.
document.addEventListener("htmx:pushedIntoHistory", () => { at = bare(location); });
addEventListener("popstate", (event) => {
  event.stopImmediatePropagation();
  if (bare(location) !== at) walk(location.href, { back: true });
}, true);
