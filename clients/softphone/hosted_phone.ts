// The provider's own way into the browser; its library is large, so it comes only when a call needs it.

import { openMicrophone, type AgentPhone, type Sound } from "./agent_phone";
import type { Heard } from "./quality";
import type { Leg } from "./said";

const PATIENCE = 12_000; // milliseconds from "answer" to the sound: it may have to be rung first

export interface Taken { microphone: string; speaker: string; done(): void; failed(why: Error): void }

export interface Carrier {
  /** Until it can be rung. `fresh`: a newer token. */
  ring(token: string, fresh: () => Promise<string>, sound: (how: Sound) => void): Promise<void>;
  answer(of: Taken): Promise<void>;
  mute(on: boolean): void;
  keys(digits: string): void;
  speaker(device: string): void;
  microphone(device: string): Promise<void>;
  quality(): Heard | null;
  hangup(): void;
}

/** What it asks of the server: `there` once it can be rung (or `takes` a talk), `fresh` for a token that lasts longer. */
export interface Server { there(takes: boolean): Promise<unknown>; fresh(): Promise<string> }

export class HostedPhone implements AgentPhone {
  onsound: (how: Sound) => void = () => {};
  private carrier: Carrier | null = null;
  private coming: Promise<void> | null = null;
  private over = false;
  private silent = { muted: false, held: false };

  constructor(private readonly server: Server, private device: string, private loud: string) {}

  /** Tried again with the next look where it failed. */
  ring(leg: Leg): Promise<void> {
    this.coming ??= this.load(leg, false);
    return this.coming.catch(() => { this.coming = null; });
  }

  async answer(): Promise<string> {
    const microphone = await openMicrophone(this.device); // asked for here, so that a "no" is told in our words
    try {
      await this.coming;
      await this.taken();
    } finally {
      for (const track of microphone.getTracks()) track.stop();
    }
    return "";
  }

  /** Rung anew: this window was loaded anew, or takes it over from another. */
  async renew(leg: Leg): Promise<string> {
    this.carrier?.hangup();
    this.coming = this.load(leg, true);
    return this.answer();
  }

  mute(on: boolean): void { this.quiet({ ...this.silent, muted: on }); }
  hold(on: boolean): void { this.quiet({ ...this.silent, held: on }); }
  whisper(): Promise<void> { return Promise.resolve(); }
  keys(digits: string): boolean { this.carrier?.keys(digits); return Boolean(this.carrier); }
  speaker(device: string): void { this.loud = device; this.carrier?.speaker(device); }
  async microphone(device: string): Promise<void> { this.device = device; await this.carrier?.microphone(device); }
  quality(): Promise<Heard | null> { return Promise.resolve(this.carrier?.quality() ?? null); }

  hangup(): void {
    this.over = true;
    this.onsound = () => {};
    this.carrier?.hangup();
    this.carrier = null;
  }

  private quiet(how: { muted: boolean; held: boolean }): void {
    this.silent = how;
    this.carrier?.mute(how.muted || how.held);
  }

  private taken(): Promise<void> {
    return new Promise((done, failed) => {
      if (!this.carrier) { failed(new Error("gone")); return; }
      setTimeout(() => failed(new Error("nothing rings")), PATIENCE);
      void this.carrier.answer({ microphone: this.device, speaker: this.loud, done: () => { this.quiet(this.silent); done(); }, failed });
    });
  }

  private async load(leg: Leg, takes: boolean): Promise<void> {
    const { carrier } = await import("./phone-hosted.js") as { carrier: (leg: number) => Carrier };
    if (this.over) return;
    const made = this.carrier = carrier(leg.id);
    await made.ring(leg.token ?? "", () => this.server.fresh(), (how) => { if (this.carrier === made) this.onsound(how); });
    if (this.carrier === made) await this.server.there(takes);
    else made.hangup();
  }
}
