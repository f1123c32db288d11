// One end of one call in this browser, whoever carries the sound.

import type { Leg } from "./said";
import type { Heard } from "./quality";

export type Sound = "connecting" | "there" | "lost" | "over";

export interface AgentPhone {
  /** Makes ready while it rings, without touching the microphone. */
  ring(leg: Leg): Promise<void>;
  /** Takes the call. What to post with it: an SDP, or "" where none is needed yet. Throws NoMicrophone. */
  answer(): Promise<string>;
  /** The other side offered anew: the answer to that. */
  renew(leg: Leg): Promise<string>;
  mute(on: boolean): void;
  /** Nothing of the caller is heard, nothing is said to them. */
  hold(on: boolean): void;
  /** A lead who only listened is heard from now on, by their colleague alone; or no longer. */
  whisper(on: boolean): Promise<void>;
  /** Only where the sound itself carries keys; elsewhere the gateway sends them. */
  keys(digits: string): boolean;
  speaker(device: string): void;
  microphone(device: string): Promise<void>;
  quality(): Promise<Heard | null>;
  hangup(): void;
  onsound: (how: Sound) => void;
}

export class NoMicrophone extends Error {
  constructor(readonly denied: boolean) { super("no microphone"); }
}

/** What a microphone for calls is asked for. */
export const wishes = (device: string): MediaTrackConstraints =>
  ({ echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1, ...(device && { deviceId: { ideal: device } }) });

export async function openMicrophone(device: string): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new NoMicrophone(true);
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: wishes(device) });
  } catch (why) {
    throw new NoMicrophone(!(why instanceof DOMException && why.name === "NotFoundError"));
  }
}
