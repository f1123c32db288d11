// While an answer goes by text: how many texts it is, counted as it is typed, what makes it dearer, and how files go.
import { segments } from "./segments.js";

const composer = () => document.querySelector("desk-composer");

function draw() {
  const form = composer()?.querySelector("#reply-form");
  const place = form?.querySelector("[data-segments]");
  if (!place) return;
  const way = form.querySelector("#way")?.dataset ?? {};
  const byText = way.channel === "sms";
  place.hidden = !byText;
  const tools = form.querySelector(".tools");
  if (tools) tools.hidden = byText; // no telephone shows bold letters
  if (!byText) return;
  const written = form.querySelector("textarea[name=text]").value.trim();
  place.title = "";
  place.classList.toggle("dear", written.length > 1600);
  // The network carries the files: words and all are one message.
  if (way.attached && !way.link) return void (place.textContent = place.dataset.picture);
  const text = [written, ...Array(Number(way.attached ?? 0)).fill(way.link)].filter(Boolean).join("\n");
  const found = segments(text);
  const words = found.count === 1 ? place.dataset.one : place.dataset.many;
  place.textContent = text ? `${words.replace("{n}", found.count)} · ${place.dataset.left.replace("{n}", found.left)}` : "";
  place.classList.toggle("dear", found.count > 3 || text.length > 1600);
  place.title = text && found.encoding === "UCS-2" ? place.dataset.wide.replace("{sign}", [...text].find((sign) => segments(sign).encoding === "UCS-2") ?? "") : "";
}

// A file more or less may change how they go, and whether they can.
function ask() {
  const form = composer()?.querySelector("#reply-form");
  const key = form?.elements.way?.value;
  if (key) htmx.ajax("GET", `/conversations/${composer().dataset.conversation}/way?way=${encodeURIComponent(key)}`, { source: "#main", swap: "none" });
}

document.addEventListener("files-changed", ask);
document.addEventListener("input", (event) => { if (event.target.matches?.("#reply-form textarea")) draw(); });
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, draw);
draw();
