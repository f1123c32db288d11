// How long somebody really works in a conversation: its page visible, and a hand moved within the last minute.
// Told in one beat every quarter of a minute at most, and when the page goes. The server's clock decides what counts.
import { conversation } from "./stream.js";

const EVERY = 15; // seconds between beats
const IDLE = 60_000; // hands at rest for so long are not at work
const MOST = 20; // what one beat may count
const desk = document.getElementById("desk");
const spent = new Map(); // conversation → seconds not told yet, in the order they were worked in
let moved = 0; // opening the page was a hand at work too
let waited = 0;

function tick() {
  const id = conversation();
  if (id && !document.hidden && performance.now() - moved < IDLE) spent.set(id, (spent.get(id) ?? 0) + 1);
  waited += 1;
  if (waited >= EVERY && spent.size) tell();
}

function tell() {
  const body = new URLSearchParams();
  let left = MOST;
  for (const [id, seconds] of spent) {
    const counted = Math.min(seconds, left);
    if (counted) body.append("spent", `${id}:${counted}`);
    left -= counted;
  }
  spent.clear();
  waited = 0;
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  // A beat that is lost is a quarter of a minute; nobody is told.
  fetch("/insights/work", { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
}

if (desk && !desk.dataset.reads) {
  const at = () => { moved = performance.now(); };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"]) document.addEventListener(kind, at, { capture: true, passive: true });
  setInterval(tick, 1000);
  addEventListener("pagehide", () => { if (spent.size) tell(); });
}
