// How a call sounds, from what the browser counts; said in a word, and kept with the call at its end.

export interface Heard { jitter: number; lost: number; rtt: number; mos: number; word: "good" | "fair" | "poor" }

interface Counts { received: number; lost: number }

/** Of the seconds since it was taken last. */
export class Measure {
  private before: Counts = { received: 0, lost: 0 };

  constructor(private readonly pc: RTCPeerConnection) {}

  async take(): Promise<Heard | null> {
    let now: Counts | null = null;
    let jitter = 0;
    let rtt = 0;
    for (const one of (await this.pc.getStats()).values()) {
      if (one.type === "inbound-rtp" && one.kind === "audio") {
        now = { received: one.packetsReceived ?? 0, lost: Math.max(0, one.packetsLost ?? 0) };
        jitter = (one.jitter ?? 0) * 1000;
      }
      if (one.type === "candidate-pair" && one.nominated && one.currentRoundTripTime) rtt = one.currentRoundTripTime * 1000;
      if (one.type === "remote-inbound-rtp" && one.roundTripTime) rtt = one.roundTripTime * 1000;
    }
    if (!now) return null;
    const received = now.received - this.before.received;
    const gone = Math.max(0, now.lost - this.before.lost);
    this.before = now;
    const lost = received + gone ? gone / (received + gone) : 0;
    const mos = received + gone ? score(jitter, lost, rtt) : 1;
    return { jitter, lost, rtt, mos, word: mos >= 3.8 ? "good" : mos >= 3.1 ? "fair" : "poor" };
  }
}

/** A mean opinion score after the E-model (ITU-T G.107): 4.4 is as good as a telephone gets, below 3 people complain. */
export function score(jitter: number, lost: number, rtt: number): number {
  const delay = rtt / 2 + jitter * 2 + 10;
  const slow = delay < 160 ? delay / 40 : (delay - 120) / 10;
  const r = Math.max(0, Math.min(100, 93.2 - slow - lost * 250));
  return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
}

/** The mean of a whole call, for the record. */
export class Whole {
  private readonly taken: Heard[] = [];
  add(one: Heard): void { this.taken.push(one); }
  mean(): Record<"jitter" | "lost" | "rtt" | "mos", number> | null {
    const n = this.taken.length;
    if (!n) return null;
    const of = (name: "jitter" | "lost" | "rtt" | "mos"): number => this.taken.reduce((sum, one) => sum + one[name], 0) / n;
    return { jitter: of("jitter"), lost: of("lost"), rtt: of("rtt"), mos: of("mos") };
  }
}
