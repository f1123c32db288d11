// The ring: two soft notes that come again, made here, so that there is no file to fetch. One window rings, not all.

import { kept } from "./kept";

type Loud = AudioContext & { setSinkId?(device: string): Promise<void> };

let context: Loud | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
let letGo: (() => void) | undefined;
let ringing = false;

export function ring(on: boolean): void {
  if (on === ringing) return;
  ringing = on;
  if (!on) return stop();
  void navigator.locks?.request("phone-ring", { ifAvailable: true }, (lock) => {
    if (!lock || !ringing) return;
    burst();
    timer = setInterval(burst, 3000);
    return new Promise<void>((done) => { letGo = done; });
  });
}

function stop(): void {
  clearInterval(timer);
  letGo?.();
  letGo = undefined;
}

/** Whether the browser lets us be heard before anybody clicked on the page. */
export const silent = (): boolean => context?.state === "suspended";

export function burst(): void {
  const { volume, ringer } = kept();
  context ??= new AudioContext();
  if (ringer && context.setSinkId) void context.setSinkId(ringer).catch(() => {});
  void context.resume();
  for (const [begins, pitch] of [[0, 587.33], [0.18, 739.99], [0.36, 880], [0.9, 587.33], [1.08, 739.99], [1.26, 880]] as const) note(context, begins, pitch, volume);
}

function note(on: AudioContext, begins: number, pitch: number, volume: number): void {
  const at = on.currentTime + begins;
  const voice = new OscillatorNode(on, { type: "triangle", frequency: pitch });
  const loud = new GainNode(on, { gain: 0 });
  loud.gain.setValueAtTime(0, at);
  loud.gain.linearRampToValueAtTime(0.18 * volume, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.42);
  voice.connect(loud).connect(on.destination);
  voice.start(at);
  voice.stop(at + 0.45);
}

/** A key's two tones, heard by whoever presses it. */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
export function tone(digit: string): void {
  const at = "123456789*0#".indexOf(digit);
  if (at < 0) return;
  context ??= new AudioContext();
  for (const pitch of [ROWS[Math.floor(at / 3)]!, COLUMNS[at % 3]!]) {
    const voice = new OscillatorNode(context, { frequency: pitch });
    const loud = new GainNode(context, { gain: 0.05 });
    voice.connect(loud).connect(context.destination);
    voice.start();
    voice.stop(context.currentTime + 0.14);
  }
}
