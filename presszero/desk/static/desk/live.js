// One stream from the edge: it nudges by topic, we fetch what changed. Without it we look every 15 seconds.
import { refresh as refreshList, refreshCounts } from "./list.js";
import { conversation, refresh as refreshStream } from "./stream.js";

const desk = document.getElementById("desk");
const reads = desk?.dataset.reads;
let source;
let polling;
let opened = null;
let missed = false;
let heardTo = desk?.dataset.after ?? ""; // the newest event this page knows of

const act = {
  list: () => refreshList(),
  counts: () => refreshCounts(),
  conversation: (id) => { if (id === conversation()) refreshStream(); },
  orders: (id) => { if (id === conversation()) refreshOrders(); },
  looking: (id) => { if (id === conversation()) htmx.ajax("GET", `/conversations/${id}/colleagues?way=${encodeURIComponent(document.querySelector("#reply-form [name=way]")?.value ?? "")}&panel=${document.getElementById("visitor") ? 1 : ""}`, { source: "#talk", swap: "none" }); },
};

// Several orders may find whose they are at once: asked for once. What somebody opened or types there is left alone.
let asking;
function refreshOrders() {
  clearTimeout(asking);
  asking = setTimeout(() => {
    const side = document.getElementById("side");
    const orders = document.getElementById("orders");
    if (!side?.contains(orders) || orders.querySelector("input:focus, select:focus")) return;
    htmx.ajax("GET", side.getAttribute("hx-get"), { source: "#side", target: "#orders", select: "#orders", swap: "outerHTML" });
  }, 300);
}

function everything() {
  refreshList(true);
  refreshStream();
}

function hear(event) {
  heardTo = event.lastEventId || heardTo;
  const { topics = [] } = JSON.parse(event.data);
  document.dispatchEvent(new Event("nudged"));
  // A phone rings in a window that is not looked at, too.
  for (const topic of topics) if (topic.startsWith("phone")) document.dispatchEvent(new CustomEvent("phone", { detail: { all: topic === "phones" } }));
  if (document.hidden) { missed = true; return; }
  const found = new Set(topics);
  // Nearly everything that moves a row changes a number beside a view: both are asked for at once.
  if (found.has("list") && found.delete("counts")) { found.delete("list"); refreshList(true); }
  for (const topic of found) {
    const [name, id] = topic.split(":");
    act[name]?.(id);
  }
}

function connect() {
  const id = conversation();
  if (source && opened === id && source.readyState !== EventSource.CLOSED) return;
  source?.close();
  opened = id;
  desk.dataset.connected = "";
  // What happened since the page was drawn, or between two streams, is told when the new one opens.
  // A conversation may have been drawn before what the last stream told, which did not speak of conversations.
  const drawnAt = Number(document.getElementById("talk")?.dataset.after || heardTo);
  source = new EventSource(`${desk.dataset.live}?after=${Math.min(drawnAt, Number(heardTo))}${id ? `&conversation=${id}` : ""}`);
  source.addEventListener("message", hear);
  // The edge says why it ends a stream: who was signed out is asked to sign in by the next page.
  source.addEventListener("end", (event) => { if (JSON.parse(event.data).why === "lost") { source.close(); setTimeout(() => location.reload(), 500); } });
  source.addEventListener("open", () => { if (polling) everything(); poll(false); desk.dataset.connected = "1"; });
  source.addEventListener("error", () => {
    desk.dataset.connected = "";
    poll(true);
    // A refusal is final for EventSource; we try anew now and then.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 20_000);
  });
}

function poll(on) {
  if (on && !polling) polling = setInterval(() => { if (!document.hidden) everything(); }, 15_000);
  if (!on && polling) { clearInterval(polling); polling = null; }
}

function present(typing = false) {
  const id = conversation();
  if (reads || document.hidden) return;
  const body = new URLSearchParams({ typing: typing ? "1" : "" });
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  fetch(id ? `/conversations/${id}/looking` : "/me/presence", { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
}

if (desk?.dataset.live) {
  connect();
  present();
  setInterval(present, 20_000);
  let told = 0;
  document.addEventListener("typing", () => { if (Date.now() - told > 4000) { told = Date.now(); present(true); } });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "work") { connect(); present(); } });
  document.addEventListener("walked", ({ detail }) => { connect(); present(); if (detail.kept) refreshList(true); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && missed) { missed = false; everything(); } });
  addEventListener("online", everything);
  addEventListener("pagehide", () => source?.close());
}
