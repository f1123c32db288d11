// Our own gateway: its relay offers, the browser answers. No SIP here, and nothing to register.

import { openMicrophone, type AgentPhone, type Sound } from "./agent_phone";
import { Measure, type Heard } from "./quality";
import type { Leg } from "./said";

const PRESS = 160; // milliseconds of a key, and between two
const PAUSE = 80;
const GATHER = 200; // milliseconds: the addresses that count are known at once; who waits for all of them answers late

export class WebRtc implements AgentPhone {
  onsound: (how: Sound) => void = () => {};
  private pc: RTCPeerConnection | null = null;
  private mic: MediaStream | null = null;
  private measure: Measure | null = null;
  private offer = "";
  private muted = false;
  private held = false;
  private readonly audio: HTMLAudioElement;

  /** `ice`: asked for anew with every connection, since passwords of relays do not hold for long. */
  constructor(private readonly ice: () => RTCIceServer[], private device: string, speaker: string, private listens = false) {
    this.audio = new Audio();
    this.audio.autoplay = true;
    this.audio.hidden = true;
    this.audio.dataset["call"] = "1";
    document.body.append(this.audio);
    this.speaker(speaker);
  }

  /** Only kept: a browser that began to knock before the relay knows its fingerprint would be turned away for good. */
  async ring(leg: Leg): Promise<void> {
    this.offer = leg.sdp;
  }

  async answer(): Promise<string> {
    if (!this.offer) {
      await this.open();
      return "";
    }
    return this.take();
  }

  renew(leg: Leg): Promise<string> {
    this.offer = leg.sdp;
    return this.take();
  }

  mute(on: boolean): void {
    this.muted = on;
    this.heed();
  }

  hold(on: boolean): void {
    this.held = on;
    this.heed();
  }

  async whisper(on: boolean): Promise<void> {
    if (!on || !this.listens) return;
    this.listens = false;
    await this.open();
    await this.speak();
  }

  /** As events beside the sound (RFC 4733), which go through the relay as they are, where the other side takes them. */
  keys(digits: string): boolean {
    const sender = this.pc?.getTransceivers()[0]?.sender.dtmf;
    if (!sender?.canInsertDTMF) return false;
    sender.insertDTMF(sender.toneBuffer + digits, PRESS, PAUSE);
    return true;
  }

  speaker(device: string): void {
    if ("setSinkId" in this.audio) void (this.audio as HTMLAudioElement & { setSinkId(id: string): Promise<void> }).setSinkId(device).catch(() => {});
  }

  async microphone(device: string): Promise<void> {
    this.device = device;
    if (!this.mic) return;
    const before = this.mic;
    this.mic = await openMicrophone(device);
    this.heed();
    await this.speak();
    for (const track of before.getTracks()) track.stop();
  }

  async quality(): Promise<Heard | null> { return this.measure ? this.measure.take() : null; }

  hangup(): void {
    this.onsound = () => {};
    this.leave();
    for (const track of this.mic?.getTracks() ?? []) track.stop();
    this.mic = null;
    this.audio.srcObject = null;
    this.audio.remove();
  }

  /** The microphone and the way to the relay at once; nothing is answered without a microphone. */
  private async take(): Promise<string> {
    const [sdp] = await Promise.all([this.meet(this.offer), this.open()]);
    await this.speak();
    return sdp;
  }

  private async open(): Promise<void> {
    if (this.listens || this.mic) return;
    this.mic = await openMicrophone(this.device);
    this.heed();
  }

  private heed(): void {
    for (const track of this.mic?.getAudioTracks() ?? []) track.enabled = !this.muted && !this.held;
    this.audio.muted = this.held;
  }

  private async speak(): Promise<void> {
    const track = this.mic?.getAudioTracks()[0];
    const sender = this.pc?.getTransceivers()[0]?.sender;
    if (track && sender) await sender.replaceTrack(track);
  }

  /** A new connection for every offer: a second handshake on an old one is refused by the relay. */
  private async meet(offer: string): Promise<string> {
    this.leave();
    const pc = new RTCPeerConnection({ iceServers: this.ice() });
    this.pc = pc;
    this.measure = new Measure(pc);
    this.onsound("connecting");
    pc.addEventListener("track", (event) => { this.audio.srcObject = event.streams[0] ?? new MediaStream([event.track]); void this.audio.play().catch(() => {}); });
    pc.addEventListener("connectionstatechange", () => { if (this.pc === pc) this.changed(pc.connectionState); });
    await pc.setRemoteDescription({ type: "offer", sdp: offer });
    for (const one of pc.getTransceivers()) one.direction = "sendrecv";
    await pc.setLocalDescription(await pc.createAnswer());
    await gathered(pc);
    return pc.localDescription?.sdp ?? "";
  }

  private changed(state: RTCPeerConnectionState): void {
    if (state === "connected") this.onsound("there");
    if (state === "disconnected" || state === "failed") this.onsound("lost");
  }

  private leave(): void {
    this.pc?.close();
    this.pc = null;
  }
}

function gathered(pc: RTCPeerConnection): Promise<void> {
  if (pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    setTimeout(done, GATHER);
    pc.addEventListener("icegatheringstatechange", () => { if (pc.iceGatheringState === "complete") done(); });
  });
}
