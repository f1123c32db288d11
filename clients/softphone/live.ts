// One call whose sound is in this window. Of all windows of a member exactly one has it: whoever holds its lock.

import type { AgentPhone, Sound } from "./agent_phone";
import type { Leg } from "./said";
import { Whole, type Heard } from "./quality";

const name = (leg: number): string => `phone-leg-${leg}`;

export class Live {
  tag = "";
  taken = false; // this window took it, or took it over
  taking = false;
  sound: Sound = "connecting";
  heard: Heard | null = null;
  trouble = "";
  held = 0; // since when, by our clock
  readonly whole = new Whole();
  private letGo: (() => void) | null = null;

  /** `finds`: while its network is away it finds the way back by itself. */
  constructor(readonly leg: number, readonly phone: AgentPhone, readonly finds = false) {}

  /** Whether this window has it now. `steal`: from whichever has it; `lost` is told when another one does that. */
  hold(steal: boolean, lost: () => void): Promise<boolean> {
    if (!navigator.locks || this.letGo) return Promise.resolve(true); // whoever steals it from themselves loses it
    return new Promise((known) => {
      const held = navigator.locks.request(name(this.leg), steal ? { steal: true } : { ifAvailable: true }, (lock) => {
        known(Boolean(lock));
        return lock ? new Promise<void>((done) => { this.letGo = done; }) : undefined;
      });
      void Promise.resolve(held).catch(() => { known(false); lost(); });
    });
  }

  end(): void {
    this.phone.hangup();
    this.letGo?.();
    this.letGo = null;
  }

  sync(leg: Leg): void {
    if (leg.role === "whispers") void this.phone.whisper(true).catch(() => {});
    this.phone.mute(leg.muted || leg.role === "listens");
    this.phone.hold(leg.state === "held");
    this.held = leg.state === "held" ? this.held || Date.now() : 0;
  }
}

/** Waits until no other window has it, and a moment longer where nobody looks at this one. */
export async function free(leg: number, gone: AbortSignal): Promise<void> {
  if (!navigator.locks) return;
  await navigator.locks.request(name(leg), { signal: gone }, () => undefined);
  if (document.hidden) await new Promise((done) => setTimeout(done, 1500));
}
