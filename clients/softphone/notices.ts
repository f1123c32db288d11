// Told outside the window, where it is not the one in front of them and they allowed notices.

import type { Leg } from "./said";
import { say } from "./words";

export function notify(leg: Leg): void {
  if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
  const body = [leg.number, leg.subject, leg.why].filter(Boolean).join(" · ");
  try {
    const shown = new Notification(say("calls", { who: leg.who }), { body, tag: `call-${leg.call}`, requireInteraction: true });
    shown.onclick = () => { window.focus(); shown.close(); };
    setTimeout(() => shown.close(), 20_000);
  } catch { /* a phone's browser shows notices only through its worker; the ring is heard */ }
}
