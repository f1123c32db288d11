// A provider's calls by its own library: registers with the token that came with the leg, and takes what rings then.
// The library gets no sounds and sends no reports: nothing leaves the page but the call itself.

import { Call, Device } from "@twilio/voice-sdk";
import { wishes, type Sound } from "./agent_phone";
import type { Carrier, Taken } from "./hosted_phone";
import { score, type Heard } from "./quality";

const NETWORK = 15_000; // milliseconds that a connection may be away before the call is given up: then it is rung anew
const EARLY = 30_000; // before the end of a token that a new one is fetched

/** Rings and keys are heard from our own page. */
class Silence {
  play(): Promise<void> { return Promise.resolve(); }
  stop(): void {}
  setSinkIds(): void {}
}

const KEYS = [..."0123456789"].map((key) => `dtmf${key}`).concat("dtmfs", "dtmfh");
const OPTIONS = {
  closeProtection: false,
  codecPreferences: [Call.Codec.Opus, Call.Codec.PCMU],
  maxCallSignalingTimeoutMs: NETWORK,
  tokenRefreshMs: EARLY,
  logLevel: "silent" as const,
  publishEvents: false,
  Sound: Silence,
  sounds: Object.fromEntries(KEYS.map((key) => [key, key])),
};

export function carrier(leg: number): Carrier {
  let device: Device | null = null;
  let rings: Call | null = null; // the newest: it is rung anew when another window came
  let call: Call | null = null;
  let taken: Taken | null = null;
  let heard: Heard | null = null;
  const heads: HTMLAudioElement[] = [];

  const sample = ({ jitter, packetsLostFraction, rtt }: { jitter?: number; packetsLostFraction?: number; rtt?: number }): void => {
    const lost = (packetsLostFraction ?? 0) / 100;
    const mos = score(jitter ?? 0, lost, rtt ?? 0);
    heard = { jitter: jitter ?? 0, lost, rtt: rtt ?? 0, mos, word: mos >= 3.8 ? "good" : mos >= 3.1 ? "fair" : "poor" };
  };
  // What rings is left alone when the page goes: the library would decline it, and it is rung anew in the next.
  const leave = (): void => { if (rings && rings !== call) rings.ignore(); };
  const take = (): void => {
    if (!rings || !taken) return;
    call = rings;
    call.accept({ rtcConstraints: { audio: wishes(taken.microphone) } });
  };
  const came = (of: Call, sound: (how: Sound) => void): void => {
    if (of.customParameters.get("leg") !== String(leg)) { of.ignore(); return; } // another call's, for another phone of this page
    rings = of;
    of.on("accept", () => { sound("there"); taken?.done(); });
    of.on("reconnecting", () => sound("lost"));
    of.on("reconnected", () => sound("there"));
    of.on("disconnect", () => { if (rings === of) sound("over"); });
    of.on("cancel", () => { if (rings === of) rings = null; });
    of.on("error", (why: Error) => taken?.failed(why));
    of.on("audio", (audio: HTMLAudioElement) => { audio.dataset["call"] = "1"; audio.hidden = true; document.body.append(audio); heads.push(audio); });
    of.on("sample", sample);
    take();
  };

  return {
    async ring(token, fresh, sound) {
      addEventListener("pagehide", leave); // before the library's own
      device = new Device(token, OPTIONS);
      device.on("error", (why: Error) => taken?.failed(why)); // a registration that fails says so itself
      device.on("incoming", (of: Call) => came(of, sound));
      device.on("tokenWillExpire", () => void fresh().then((next) => device?.updateToken(next), () => {}));
      await device.register();
    },
    async answer(of) {
      if (of.speaker) await device?.audio?.speakerDevices.set(of.speaker).catch(() => {});
      taken = of;
      take();
    },
    mute(on) { call?.mute(on); },
    keys(digits) { call?.sendDigits(digits); },
    speaker(id) { if (id) void device?.audio?.speakerDevices.set(id).catch(() => {}); },
    async microphone(id) { if (id && call) await device?.audio?.setInputDevice(id); },
    quality: () => heard,
    hangup() {
      removeEventListener("pagehide", leave);
      leave();
      call?.disconnect();
      if (device?.state !== Device.State.Destroyed) device?.destroy();
      device = call = rings = taken = null;
      for (const audio of heads.splice(0)) audio.remove();
    },
  };
}
