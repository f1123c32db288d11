// A soft two-note ping for new words, off until somebody turns it on.

import { keep, kept } from "./kept";

export const sounds = (): boolean => kept("sound") === "1";

export function setSound(on: boolean): void {
  keep("sound", on ? "1" : null);
  if (on) ping();
}

let context: AudioContext | undefined;

export function ping(): void {
  if (!sounds()) return;
  context ??= new AudioContext();
  const at = context.currentTime;
  [660, 880].forEach((pitch, n) => {
    const tone = context!.createOscillator();
    const loud = context!.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0, at + n * 0.12);
    loud.gain.linearRampToValueAtTime(0.08, at + n * 0.12 + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, at + n * 0.12 + 0.3);
    tone.connect(loud).connect(context!.destination);
    tone.start(at + n * 0.12);
    tone.stop(at + n * 0.12 + 0.32);
  });
}
