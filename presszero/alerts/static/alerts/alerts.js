// Tells of what waits while the desk is open: a notification when it is not in front of them, a soft sound, a number in
// the title. All of it off until asked for. News is looked for when the live stream nudges, and once in a while.
const EVERY = 60_000;
const SOON = [900, 4000]; // milliseconds after a nudge: whoever tells us reads the same events as the stream
let after = "";
let unseen = 0;
let on = true;
let waiting = [];
let context;

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/worker.js").catch(() => {});
  navigator.serviceWorker.addEventListener("message", (event) => { if (event.data?.go) open(event.data.go); });
}

// Inside the desk without a new page where there is one.
function open(url) {
  const number = /^\/conversations\/(\d+)$/.exec(url)?.[1];
  if (number && document.getElementById("work")) document.dispatchEvent(new CustomEvent("go", { detail: { conversation: number } }));
  else location.assign(url);
}

async function look() {
  if (!on) return;
  const answer = await fetch(`/me/alerts/new?after=${after}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const found = await answer.json();
  on = found.on;
  if (!on) return;
  const first = after === "";
  after = String(found.newest);
  if (!first && found.alerts.length) tell(found);
}

function tell({ alerts, desktop, sound }) {
  const away = document.hidden || !document.hasFocus();
  const here = `/conversations/${document.getElementById("talk")?.dataset.conversation ?? ""}`;
  const shown = alerts.filter((alert) => alert.tag === "trial" || away || alert.url !== here);
  if (!shown.length) return;
  if (away) badge(unseen + shown.length);
  if (desktop && (away || shown.some((alert) => alert.tag === "trial"))) shown.forEach(notify);
  if (sound) chime();
}

async function notify({ title, body, tag, url, actions = [] }) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const worker = await navigator.serviceWorker?.ready;
  const icon = document.querySelector("link[rel=icon]")?.href;
  worker?.showNotification(title, { body, tag, icon, data: { url }, renotify: false, actions });
}

// Two quiet notes a fifth apart; no file to fetch.
function chime() {
  context ??= new AudioContext();
  context.resume();
  [523.25, 783.99].forEach((pitch, index) => {
    const begins = context.currentTime + index * 0.14;
    const voice = new OscillatorNode(context, { type: "sine", frequency: pitch });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, begins);
    loudness.gain.linearRampToValueAtTime(0.08, begins + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begins + 0.5);
    voice.connect(loudness).connect(context.destination);
    voice.start(begins);
    voice.stop(begins + 0.55);
  });
  document.documentElement.dataset.chimed = String(Number(document.documentElement.dataset.chimed ?? 0) + 1);
}

function badge(count) {
  unseen = count;
  number();
  if (count) navigator.setAppBadge?.(count).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}
function number() {
  const plain = document.title.replace(/^\(\d+\) /, "");
  const wanted = unseen ? `(${unseen}) ${plain}` : plain;
  if (document.title !== wanted) document.title = wanted;
}
new MutationObserver(number).observe(document.querySelector("title"), { childList: true });
for (const name of ["visibilitychange", "focus"]) addEventListener(name, () => { if (!document.hidden && document.hasFocus()) badge(0); }, true);

document.addEventListener("nudged", () => {
  if (!on) return;
  waiting.forEach(clearTimeout);
  waiting = SOON.map((wait) => setTimeout(look, wait));
});
setInterval(look, EVERY);
look().then(again);

// A browser that allowed alerts stays the device of whoever is signed in here now.
async function again() {
  if (!on || !("Notification" in window) || Notification.permission !== "granted" || sessionStorage.getItem("device")) return;
  const given = await (await navigator.serviceWorker?.ready)?.pushManager?.getSubscription();
  if (given && await keep(given)) sessionStorage.setItem("device", "1");
}

export async function keep(given) {
  const { endpoint, keys } = given.toJSON();
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const answer = await fetch("/me/alerts/devices", { method: "POST", headers, body: new URLSearchParams({ endpoint, ...keys }) }).catch(() => null);
  return Boolean(answer?.ok);
}
