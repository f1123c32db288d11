// The phone of this window: what the server says of it, which calls sound here, and what is done with them.

import { toast } from "../ui/toasts.js";
import { NoMicrophone, type AgentPhone } from "./agent_phone";
import { HostedPhone } from "./hosted_phone";
import { kept } from "./kept";
import { Live, free } from "./live";
import { notify } from "./notices";
import { ring } from "./ring";
import type { First, Leg, Said } from "./said";
import * as server from "./server";
import { WebRtc } from "./webrtc";
import { say } from "./words";

declare const htmx: { ajax(verb: string, url: string, how: Record<string, unknown>): Promise<void> };

const SOON = 150; // milliseconds between two looks while something is on its way
const PATIENCE = 6000; // for an offer, or for the sound
const HEEDED = 1500; // from asking for something to its being so, nearly always
const ENDS = 15_000; // between the end of one's own end and that of the call
const OVERTAKEN = 5000; // more is another server's clock
const ALONE = 4000; // between two looks where no news come by themselves

/** Whether its sound comes into a browser, and not to a telephone of theirs. */
export const sounds = (leg: Leg): boolean => leg.via === "browser" || leg.via === "client";

/** Whether a provider's own program carries it: that finds its way back by itself, or is rung anew. */
const hosted = (leg: Leg): boolean => leg.via === "client";

/** A call that this member began: its end is taken by the window that asked for it, and rings in no other. */
const own = (leg: Leg): boolean => !leg.inbound && leg.kind === "call" && leg.role === "agent";
const DIALLED = "phone-dialled"; // the last call begun in this window, for when it is loaded anew

export class DeskPhone {
  said: Said;
  readonly ahead: number; // how far the server's clock is before ours
  readonly lives = new Map<number, Live>();
  private readonly waits = new Map<number, AbortController>(); // for a call that another window has
  private readonly dialled = new Set<number>(); // calls asked for here: their own end is taken by itself
  private readonly mutes = new Map<number, { on: boolean; at: number }>(); // leg → what they want, till it is so
  private told = 0;
  private ends = 0; // till when a call that their end of is over may be over itself, and be written up
  private looking: Promise<void> | null = null;
  private once = false;

  constructor(readonly given: First, private readonly drawn: () => void, private readonly announce: (words: string) => void) {
    this.said = given;
    this.dialled.add(Number(sessionStorage.getItem(DIALLED) ?? 0));
    this.ahead = given.now - Date.now();
    document.addEventListener("phone", (event) => { if (!(event as CustomEvent<{ all: boolean }>).detail.all || this.said.legs.length || Date.now() < this.ends) void this.look(); });
    document.addEventListener("phone-kept", () => { for (const live of this.lives.values()) { live.phone.speaker(kept().speaker); void live.phone.microphone(kept().microphone).catch(() => {}); } });
    addEventListener("pagehide", () => { for (const live of this.lives.values()) this.keep(live); });
    addEventListener("online", () => { for (const live of this.lives.values()) if (live.taken && !live.finds) void this.again(live); });
    setInterval(() => void this.measure(), 2000);
    setInterval(() => { if (this.said.legs.length || !document.getElementById("desk")?.dataset["connected"]) void this.look(); }, ALONE);
    this.apply(given);
  }

  /** The call in hand: the one they talk in, else none. */
  get current(): Leg | undefined { return this.said.legs.find((leg) => !sounds(leg) || leg.state !== "offered" || leg.answered || this.here(leg) || this.dialled.has(leg.call)); }
  get ringing(): Leg[] { return this.said.legs.filter((leg) => leg !== this.current && leg.state === "offered" && leg.role !== "listens" && sounds(leg) && !own(leg)); }
  here(leg: Leg): Live | undefined { const live = this.lives.get(leg.id); return live && (live.taken || live.taking) ? live : undefined; }

  /** Looks at the server; two at once are one, and one more after it. */
  look(): Promise<void> {
    if (this.looking) { this.once = true; return this.looking; }
    this.looking = server.look().then((said) => this.apply(said), () => {}).finally(() => {
      this.looking = null;
      if (this.once) { this.once = false; void this.look(); }
    });
    return this.looking;
  }

  async answer(leg: Leg): Promise<void> {
    const live = this.lives.get(leg.id) ?? this.open(leg);
    if (live.taking || live.taken) return;
    live.taking = true;
    live.trouble = "";
    this.changed();
    try {
      await live.hold(true, () => this.elsewhere(live));
      const sdp = await live.phone.answer();
      live.tag = sdp ? leg.tag : "";
      if (hosted(leg)) await this.look(); // the provider tells the server
      else this.apply(await server.verb(leg.id, "answer", { sdp }));
      live.taken = true;
      if (leg.inbound && leg.role !== "listens") this.pop(leg);
      await this.until(() => (this.find(leg.id)?.talked ?? 1) > 0);
    } catch (why) {
      this.failed(live, why);
    } finally {
      live.taking = false;
      this.changed();
    }
  }

  /** Asks something of a call. False when it was refused, which was told. */
  async ask(leg: Leg, what: string, given: Record<string, string | number> = {}): Promise<boolean> {
    try {
      this.apply(await server.verb(leg.id, what, given));
      return true;
    } catch (why) {
      this.tell(why);
      return false;
    }
  }

  /** The red key: hangs up; what rings, here or at their own telephone, goes to the next one. */
  end(leg: Leg): Promise<boolean> {
    const rings = leg.state === "offered" && !leg.answered && leg.role !== "listens" && !own(leg) && !this.here(leg);
    return this.ask(leg, rings ? "decline" : "hangup");
  }

  /** Calls come to them again. */
  async ready(): Promise<void> {
    await htmx.ajax("PUT", "/me/presence", { source: "#phone", target: "#rail", swap: "morph:outerHTML" });
    await this.look();
  }

  async mute(leg: Leg, on: boolean): Promise<boolean> {
    this.mutes.set(leg.id, { on, at: Date.now() });
    leg.muted = on;
    this.lives.get(leg.id)?.phone.mute(on); // at once, whatever the server thinks
    this.changed();
    const done = await this.ask(leg, "mute", { on: on ? 1 : 0 });
    if (!done) this.mutes.delete(leg.id);
    return done;
  }

  async dial(given: Record<string, string | number>): Promise<boolean> {
    try {
      const said = await server.dial(given);
      this.dialled.add(said.dialled);
      sessionStorage.setItem(DIALLED, String(said.dialled));
      this.apply(said);
      return true;
    } catch (why) {
      this.tell(why);
      return false;
    }
  }

  async listen(call: number): Promise<void> {
    try { this.apply(await server.listen(call)); } catch (why) { this.tell(why); }
  }

  /** The sound comes to this window, from whichever has it. */
  async takeHere(leg: Leg): Promise<void> {
    this.waits.get(leg.id)?.abort();
    await this.attach(leg, true);
  }

  pop(leg: Leg): void {
    if (!leg.conversation || !kept().pops) return;
    if (document.getElementById("work")) document.dispatchEvent(new CustomEvent("go", { detail: { conversation: leg.conversation } }));
    else document.dispatchEvent(new CustomEvent("walk", { detail: { url: `/conversations/${leg.conversation}` } }));
  }

  tell(why: unknown): void {
    if (why instanceof server.No && why.sentence) toast([why.sentence, why.next].filter(Boolean).join(" "), { bad: true });
    else if (!(why instanceof server.No)) toast(say("no_server"), { bad: true });
    void this.look();
  }

  private apply(said: Said): void {
    const before = this.said;
    const behind = before.now - said.now; // answers overtake one another; what is over must not come back
    if (behind > 0 && behind < OVERTAKEN) return;
    this.said = said;
    for (const leg of said.legs) this.keepMuted(leg);
    for (const leg of before.legs) if (!this.find(leg.id)) this.gone(leg);
    for (const leg of said.legs) this.heed(leg);
    const taken = said.legs.find((leg) => !sounds(leg) && leg.inbound && leg.answered && before.legs.some((one) => one.id === leg.id && !one.answered));
    if (taken && !document.hidden) this.pop(taken); // at their own telephone, while they look at the desk
    const rings = this.ringing;
    ring(rings.length > 0 && !this.current);
    const fresh = rings.find((leg) => !before.legs.some((one) => one.id === leg.id));
    if (fresh) { this.announce(`${say(fresh.passed ? "passes" : "calls", { who: fresh.who })}. ${fresh.why}`); notify(fresh); }
    if (said.failed && said.failed.id > this.told) { if (this.told) toast(said.failed.says, { bad: true }); this.told = said.failed.id; }
    this.told ||= 1;
    this.changed();
  }

  /** The server learns later than they pressed: nobody is heard again meanwhile. */
  private keepMuted(leg: Leg): void {
    const wish = this.mutes.get(leg.id);
    if (!wish) return;
    const age = Date.now() - wish.at;
    if (age > PATIENCE || (age > HEEDED && leg.muted === wish.on)) this.mutes.delete(leg.id);
    else leg.muted = wish.on;
  }

  private heed(leg: Leg): void {
    if (!sounds(leg)) return;
    const live = this.lives.get(leg.id);
    // Taken before there was an offer: this is the offer.
    if (live?.taken && leg.sdp && leg.tag && leg.tag !== live.tag) void this.renew(live, leg);
    if (leg.state === "offered" && !leg.answered) {
      if (!live) void this.open(leg).phone.ring(leg);
      else if (!live.taking && !live.taken) void live.phone.ring(leg);
      if ((leg.role === "listens" || this.dialled.has(leg.call)) && !live?.taking && !live?.taken) void this.answer(leg);
      return;
    }
    if (!live?.taken && !live?.taking) { this.wait(leg); return; }
    live.sync(leg);
  }

  /** Another window has the sound, or this one had it before it was loaded anew. */
  private wait(leg: Leg): void {
    if (this.waits.has(leg.id)) return;
    this.drop(leg.id);
    const gone = new AbortController();
    this.waits.set(leg.id, gone);
    // Free because the call is over, most of the time: what the window that had it knows, this one may not know yet.
    void free(leg.id, gone.signal).then(() => this.look()).then(() => this.attach(leg, false)).catch(() => {}).finally(() => { if (this.waits.get(leg.id) === gone) this.waits.delete(leg.id); });
  }

  private async attach(leg: Leg, steal: boolean): Promise<void> {
    const now = this.find(leg.id);
    if (!now || this.lives.get(leg.id)?.taken) return;
    const live = this.open(now);
    if (!(await live.hold(steal, () => this.elsewhere(live)))) { this.drop(leg.id); this.waits.delete(leg.id); setTimeout(() => void this.look(), 300); return; }
    live.taken = true;
    live.tag = now.tag;
    await this.again(live);
  }

  private async again(live: Live): Promise<void> {
    live.sound = "lost";
    this.changed();
    try {
      const leg = this.find(live.leg);
      if (leg && hosted(leg)) { await live.phone.renew(leg); live.sync(leg); return; }
      this.apply(await server.verb(live.leg, "again"));
      const before = live.tag;
      await this.until(() => live.tag !== before || !this.find(live.leg));
    } catch (why) {
      this.failed(live, why);
    }
  }

  private async renew(live: Live, leg: Leg): Promise<void> {
    live.tag = leg.tag;
    try {
      const sdp = await live.phone.renew(leg);
      live.sync(leg);
      if (sdp) this.apply(await server.verb(leg.id, "resdp", { sdp }));
    } catch (why) {
      this.failed(live, why);
    }
  }

  /** Looks again and again for what is on its way, whether or not news come by themselves. */
  private async until(there: () => boolean): Promise<void> {
    for (const began = Date.now(); !there() && Date.now() - began < PATIENCE;) {
      await new Promise((done) => setTimeout(done, SOON));
      await this.look();
    }
  }

  private open(leg: Leg): Live {
    const there = this.lives.get(leg.id);
    if (there) return there;
    const { microphone, speaker } = kept();
    const listens = leg.role === "listens";
    const asks = { there: (takes: boolean) => server.verb(leg.id, "again", { takes: takes ? 1 : 0 }), fresh: async () => { await this.look(); return this.find(leg.id)?.token ?? ""; } };
    const phone: AgentPhone = hosted(leg) ? new HostedPhone(asks, microphone, speaker) : new WebRtc(() => this.said.ice, microphone, speaker, listens);
    const live = new Live(leg.id, phone, hosted(leg));
    let lost = 0;
    phone.onsound = (how) => {
      live.sound = how === "over" ? "lost" : how;
      if (how === "there") lost = 0;
      // A moment to come back by itself; then the relay is asked for a new way.
      if (how === (live.finds ? "over" : "lost") && live.taken && lost++ < 5) setTimeout(() => { if (live.sound === "lost" && this.lives.get(leg.id) === live) void this.again(live); }, 1500 * lost);
      this.changed();
    };
    this.lives.set(leg.id, live);
    return live;
  }

  private gone(leg: Leg): void {
    this.waits.get(leg.id)?.abort();
    this.waits.delete(leg.id);
    const live = this.lives.get(leg.id);
    if (live) this.keep(live);
    this.drop(leg.id);
    if (leg.state === "offered" && !leg.answered && !live?.taken && leg.inbound) this.left(leg);
    else this.announce(say("ended", { who: leg.who }));
    this.dialled.delete(leg.call);
    this.ends = Date.now() + ENDS;
  }

  /** It rang, and does no longer. Who did not hear it is told on the screen; what became of the others is heard. */
  private left(leg: Leg): void {
    const why = this.said.left.find((one) => one.id === leg.id)?.why ?? "gone";
    if (why === "missed") toast(say("was_missed", { who: leg.who }));
    else if (why !== "declined") this.announce(say(why));
  }

  private drop(leg: number): void {
    this.lives.get(leg)?.end();
    this.lives.delete(leg);
  }

  private elsewhere(live: Live): void {
    live.taken = live.taking = false;
    if (this.lives.get(live.leg) === live) this.drop(live.leg);
    void this.look();
  }

  private failed(live: Live, why: unknown): void {
    if (why instanceof NoMicrophone) {
      live.trouble = say(why.denied ? "no_mic" : "no_mic_there");
      this.announce(live.trouble);
      this.changed();
      return;
    }
    this.tell(why);
  }

  private async measure(): Promise<void> {
    for (const live of this.lives.values()) {
      if (!live.taken || live.sound !== "there") continue;
      const heard = await live.phone.quality();
      if (!heard) continue;
      live.whole.add(heard);
      const before = live.heard?.word;
      live.heard = heard;
      if (before !== heard.word) this.changed();
    }
  }

  private keep(live: Live): void {
    const mean = live.whole.mean();
    if (mean) void server.measured(live.leg, mean).catch(() => {});
  }

  private find(id: number): Leg | undefined { return this.said.legs.find((leg) => leg.id === id); }
  private changed(): void { this.drawn(); }
}
