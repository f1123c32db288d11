// Keeps who waits fresh: a nudge from the edge, then a fetch of the part that moves; waits tick in between.
const EVERY_MINUTE = 60_000;
const WITHOUT = 15_000; // no stream: look as often as this

class Wall extends HTMLElement {
  connectedCallback() {
    this.ticks = setInterval(() => this.tick(), 1000);
    this.minutes = setInterval(() => this.refresh(), EVERY_MINUTE);
    this.swapped = () => this.tick();
    document.addEventListener("htmx:afterSwap", this.swapped);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.refresh(); this.stayAwake(); } });
    this.tick();
    this.connect();
    this.stayAwake();
  }

  disconnectedCallback() {
    for (const each of [this.ticks, this.minutes, this.polls]) clearInterval(each);
    document.removeEventListener("htmx:afterSwap", this.swapped);
    this.source?.close();
  }

  connect() {
    this.source = new EventSource(`${this.dataset.live}&after=${this.dataset.after}`);
    this.source.addEventListener("open", () => { this.alive(true); this.refresh(); });
    this.source.addEventListener("message", (event) => { if (JSON.parse(event.data).topics?.includes("wall")) this.refresh(); });
    this.source.addEventListener("end", (event) => { if (JSON.parse(event.data).why === "lost") { this.source.close(); setTimeout(() => location.reload(), 500); } });
    this.source.addEventListener("error", () => {
      this.alive(false);
      if (this.source.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), 20_000);
    });
  }

  alive(on) {
    this.toggleAttribute("data-live-now", on);
    const says = this.querySelector("[data-alive]");
    if (says) says.textContent = on ? "" : says.dataset.lost;
    clearInterval(this.polls);
    if (!on) this.polls = setInterval(() => this.refresh(), WITHOUT);
  }

  // Somebody may choose a day or read a title just then: their box is left alone.
  refresh() {
    if (document.hidden || this.querySelector("#now input:focus")) return;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => htmx.ajax("GET", this.dataset.now, { source: this, target: "#now", swap: "morph:outerHTML" }), 150);
  }

  tick() {
    const now = Date.now() / 1000;
    for (const each of this.querySelectorAll("[data-since]")) each.textContent = clock(now - each.dataset.since);
    for (const each of this.querySelectorAll("[data-since-bar]")) each.value = Math.min(each.max, now - each.dataset.sinceBar);
    for (const each of this.querySelectorAll("[data-waits]")) if (each.dataset.due) each.classList.toggle("late", now >= Number(each.dataset.due));
    const wall = this.querySelector("[data-clock]");
    if (wall) wall.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: wall.dataset.clock }).format();
  }

  // A screen on a wall has nobody to wake it.
  stayAwake() {
    if (this.closest(".wall")) navigator.wakeLock?.request("screen").catch(() => {});
  }
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

customElements.define("pz-wall", Wall);
