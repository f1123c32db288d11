// On the page of one's alerts: says how this browser stands, asks it for leave, and makes it a device.
import { keep } from "./alerts.js";

class AlertDevice extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-allow]");
    this.button.addEventListener("click", () => this.allow());
    this.show();
  }

  get able() { return "Notification" in window && "serviceWorker" in navigator; }

  show(word) {
    const state = word ?? (!this.able ? "cannot" : { granted: "on", denied: "denied" }[Notification.permission] ?? "off");
    this.querySelector("[role=status]").textContent = this.dataset[state];
    this.button.hidden = state === "on" || state === "denied" || state === "cannot";
  }

  async allow() {
    if (await Notification.requestPermission() !== "granted") return this.show();
    try {
      const worker = await navigator.serviceWorker.ready;
      const wanted = bytes(this.dataset.pushKey);
      const had = await worker.pushManager.getSubscription();
      if (had && !same(new Uint8Array(had.options.applicationServerKey ?? []), wanted)) await had.unsubscribe();
      const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
      this.show(await keep(given) ? "on" : "failed");
    } catch {
      // Notifications on this screen work without a push service.
      this.show("on");
    }
  }
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=")), (c) => c.charCodeAt(0));
const same = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);
customElements.define("pz-alert-device", AlertDevice);
