// A headset's own keys and lights: through the browser's media keys, and through HID where somebody allowed it.

import type { DeskPhone } from "./desk_phone";
import { sounds } from "./desk_phone";
import { FLASH, HELD, HOOK, MUTE, MUTED, OFF_HOOK, REJECT, RING, hid, keysOf, lampsOf, reads, type Device, type Lamps, type Place } from "./hid";
import { end, hold, mute } from "./hotkeys";

type Session = MediaSession & { setMicrophoneActive?(on: boolean): void };
type Handlers = [action: string, does: () => unknown][];

const TWICE = 150; // milliseconds: some headsets tell of one press in two reports
const ALONE = 300; // … and every window of a member hears it: the first one does what it says

/** `show` is called whenever something changed: the lights follow. */
export function headset(phone: () => DeskPhone): { show(): void } {
  const handlers: Handlers = [["hangup", () => end(phone())], ["togglemicrophone", () => mute(phone())]];
  for (const [action, does] of handlers) {
    try { navigator.mediaSession?.setActionHandler(action as MediaSessionAction, () => void does()); } catch { /* a browser that does not know this key */ }
  }
  const known = new Map<Device, Headset>();
  const show = (): void => { for (const one of known.values()) one.show(lit(phone())); };
  const meet = (device: Device): void => {
    if (known.has(device)) return;
    const one = new Headset(device, (usage, on) => alone(() => pressed(phone(), usage, on)));
    known.set(device, one);
    one.open().then(() => one.show(lit(phone())), () => known.delete(device)); // another program may have it for itself
  };
  const look = (): void => { void hid()?.getDevices().then((found) => found.forEach(meet), () => {}); };
  const plugged = (does: (device: Device) => void) => (event: Event): void => does((event as Event & { device: Device }).device);
  hid()?.addEventListener("connect", plugged(meet));
  hid()?.addEventListener("disconnect", plugged((device) => known.delete(device)));
  document.addEventListener("phone-headset", look);
  look();
  return { show };
}

export function tellMicrophone(on: boolean): void {
  (navigator.mediaSession as Session | undefined)?.setMicrophoneActive?.(on);
}

type Key = Place & { on: boolean };

class Headset {
  private readonly lamps: Lamps[];
  private readonly keys: Map<number, Place[]>;
  private readonly said = new Map<number, boolean>(); // each bit, as it came last
  private readonly told = new Map<number, number>(); // usage → when it was pressed last
  private lights = new Set<number>();
  private dark = true; // nothing was ever lit
  private sends: Promise<unknown> = Promise.resolve();

  constructor(private readonly device: Device, private readonly pressed: (usage: number, on: boolean | null) => void) {
    this.keys = keysOf(device);
    this.lamps = lampsOf(device);
  }

  async open(): Promise<void> {
    if (!this.device.opened) await this.device.open();
    this.device.addEventListener("inputreport", (event) => {
      const { reportId, data } = event as Event & { reportId: number; data: DataView };
      this.hear((this.keys.get(reportId) ?? []).map((place) => ({ ...place, on: reads(data, place.bit) })));
    });
  }

  /** A headset that is not told that its press had an effect takes it back after a while: hence at once. */
  show(lights: Set<number>): void {
    if (same(lights, this.lights) || (this.dark && !lights.size)) return;
    [this.lights, this.dark] = [lights, false];
    for (const { id, bytes, places } of this.lamps) {
      const data = new Uint8Array(bytes);
      for (const { usage, bit } of places) if (lights.has(usage)) data[bit >> 3]! |= 1 << (bit & 7);
      this.sends = this.sends.then(() => this.device.sendReport(id, data)).catch(() => {}); // unplugged
    }
  }

  /** What changed since it spoke last was pressed. When nothing did, it had followed a light without a word, and is out
   *  of step with that light now. A hook that is said to be down beside another key's press was never up. */
  private hear(keys: Key[]): void {
    const follows = (key: Key): boolean => this.lights.has(key.usage === HOOK ? OFF_HOOK : MUTED);
    let found = keys.filter((key) => key.on !== (this.said.get(key.usage) ?? (key.stays && follows(key))));
    if (!found.length) found = keys.filter((key) => (key.stays ? key.on !== follows(key) : key.on));
    for (const key of keys) this.said.set(key.usage, key.on);
    const another = found.some((key) => key.on && key.usage !== HOOK);
    for (const key of found) if (key.on || (key.stays && !(key.usage === HOOK && another))) this.press(key);
  }

  private press({ usage, stays, on }: Key): void {
    if (stays) return this.pressed(usage, on);
    if (performance.now() - (this.told.get(usage) ?? -TWICE) < TWICE) return;
    this.told.set(usage, performance.now());
    this.pressed(usage, null);
  }
}

/** on: how it stands now; null: it was pressed, whatever that means now. */
function pressed(phone: DeskPhone, usage: number, on: boolean | null): void {
  const [rings, leg] = [phone.ringing[0], phone.current];
  if (usage === HOOK && rings && !leg && on !== false) void phone.answer(rings);
  else if (usage === HOOK && leg && on !== true) void phone.end(leg);
  else if (usage === REJECT && rings) void phone.end(rings);
  else if (usage === FLASH) void hold(phone);
  else if (usage === MUTE && on !== leg?.muted) void mute(phone);
}

/** Held or muted, they are in the call: a headset that is told otherwise hangs up by itself. */
function lit(phone: DeskPhone): Set<number> {
  const leg = phone.current;
  const here = leg && sounds(leg) && (leg.state !== "offered" || leg.answered || phone.here(leg)) ? leg : undefined;
  const lights: [number, unknown][] = [[OFF_HOOK, here], [MUTED, here?.muted], [HELD, here?.state === "held"], [RING, !leg && phone.ringing.length]];
  return new Set(lights.filter(([, on]) => on).map(([usage]) => usage));
}

const same = (one: Set<number>, other: Set<number>): boolean => one.size === other.size && [...one].every((each) => other.has(each));

let first = false;

/** Every window of theirs hears the key; it is pressed once, in one that is looked at if there is any. */
function alone(does: () => void): void {
  if (first || !navigator.locks) return does();
  const ask = (): unknown => navigator.locks.request("phone-headset", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    first = true;
    does();
    await new Promise((done) => setTimeout(done, ALONE));
    first = false;
  });
  if (document.hidden) setTimeout(ask, ALONE / 5);
  else ask();
}
