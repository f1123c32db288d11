// Keys that work wherever one types: Alt with a letter. And those of a headset, where the browser tells of them.

import type { DeskPhone } from "./desk_phone";
import type { Sheet } from "./sheets";

export function hotkeys(phone: () => DeskPhone, open: (sheet: Sheet) => void): void {
  const does: Record<string, () => unknown> = {
    KeyA: () => { const leg = phone().ringing[0]; return leg && !phone().current && phone().answer(leg); },
    KeyE: () => end(phone()),
    KeyM: () => mute(phone()),
    KeyH: () => hold(phone()),
    KeyT: () => phone().current?.talked && open("pass"),
    Digit0: () => open(phone().current?.talked ? "keys" : "dial"),
  };
  document.addEventListener("keydown", (event) => {
    const one = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey ? does[event.code] : undefined;
    if (!one) return;
    event.preventDefault();
    event.stopPropagation();
    void one();
  }, true);
}

export function hold(phone: DeskPhone): unknown {
  const leg = phone.current;
  return leg?.talked && phone.ask(leg, leg.state === "held" ? "resume" : "hold");
}

export function mute(phone: DeskPhone): unknown {
  const leg = phone.current;
  return leg?.talked && leg.state !== "held" && phone.mute(leg, !leg.muted);
}

/** The red key: hangs up, or says not now. */
export function end(phone: DeskPhone): unknown {
  const leg = phone.current ?? phone.ringing[0];
  return leg && phone.end(leg);
}
