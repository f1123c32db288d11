// A telephone in the page: offers what the browser can, waits for the gateway's answer, and sends keys as a telephone does.

const WAIT = 250; // ms between two looks
const PATIENCE = 12_000; // ms until nobody answered at all

class Telephone {
  constructor(box) {
    this.box = box;
    this.joined = "connected"; // what it says once there is sound
    box.telephone = this;
    this.where = box.dataset.talk;
    this.csrf = box.querySelector("input[name=csrfmiddlewaretoken]").value;
    this.begin = box.querySelector("[data-begin]");
    this.finish = box.querySelector("[data-finish]");
    this.mute = box.querySelector("[data-mute]");
    this.says = box.querySelector("[data-says]");
    this.voice = box.querySelector("audio");
    this.words = Object.fromEntries([...box.querySelectorAll("template[data-word]")].map((w) => [w.dataset.word, w.innerHTML]));
    this.begin.addEventListener("click", () => this.call());
    this.finish.addEventListener("click", () => this.over("ended"));
    this.mute.addEventListener("click", () => this.hush());
    for (const key of box.querySelectorAll("[data-key]")) key.addEventListener("click", () => this.press(key.dataset.key));
    document.addEventListener("keydown", (event) => {
      if (this.peer && /^[0-9*#]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) this.press(event.key);
    });
    window.addEventListener("pagehide", () => this.leave());
  }

  async call() {
    const peer = await this.open(() => this.ways());
    if (!peer) return;
    peer.addTrack(this.sound.getAudioTracks()[0], this.sound);
    telephony(peer.getTransceivers()[0]);
    const sdp = await described(peer, await peer.createOffer());
    const asked = await this.tell("/calls", JSON.stringify({ sdp }));
    if (!asked?.ok) {
      this.over("refused", (await asked?.json().catch(() => null))?.says);
      return;
    }
    this.number = (await asked.json()).call;
    await this.answered(peer);
    this.watch();
  }

  /** A call the other way round: the answer to an offer, null without a microphone. */
  async take(offer) {
    const peer = await this.open(async () => []);
    if (!peer) return null;
    await peer.setRemoteDescription({ type: "offer", sdp: offer });
    peer.addTrack(this.sound.getAudioTracks()[0], this.sound);
    return described(peer, await peer.createAnswer());
  }

  /** The microphone, and a connection that is heard and said; null where nobody may listen. */
  async open(ways) {
    this.state("calling");
    try {
      this.sound = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    } catch {
      this.state("microphone");
      return null;
    }
    const peer = (this.peer = new RTCPeerConnection({ iceServers: await ways() }));
    peer.addEventListener("track", (event) => {
      this.voice.srcObject = event.streams[0] ?? new MediaStream([event.track]);
    });
    peer.addEventListener("connectionstatechange", () => {
      if (peer.connectionState === "connected") this.state(this.joined);
      if (peer.connectionState === "failed") this.over("lost");
    });
    return peer;
  }

  async answered(peer) {
    const until = performance.now() + PATIENCE;
    while (peer === this.peer && performance.now() < until) {
      const found = await this.look();
      if (found?.stage === "ended") break;
      if (found?.answer) {
        await peer.setRemoteDescription({ type: "answer", sdp: found.answer });
        return;
      }
      await new Promise((done) => setTimeout(done, WAIT));
    }
    if (peer === this.peer) this.over("nobody");
  }

  async watch() {
    while (this.peer) {
      await new Promise((done) => setTimeout(done, 8 * WAIT));
      const found = this.peer && (await this.look());
      if (found?.stage === "ended") this.over("ended");
      else if (found?.stage && this.peer?.connectionState === "connected") this.state(this.words[found.stage] ? found.stage : "connected");
    }
  }

  press(key) {
    const sender = this.peer?.getSenders()[0];
    if (!sender?.dtmf?.canInsertDTMF) return;
    sender.dtmf.insertDTMF(key, 160, 70);
    const button = this.box.querySelector(`[data-key="${CSS.escape(key)}"]`);
    button?.classList.add("pressed");
    setTimeout(() => button?.classList.remove("pressed"), 180);
  }

  hush() {
    const track = this.sound?.getAudioTracks()[0];
    if (!track) return;
    track.enabled = !track.enabled;
    this.mute.setAttribute("aria-pressed", String(!track.enabled));
  }

  over(why, says = "") {
    this.leave();
    this.state(why, says);
  }

  leave() {
    if (this.number) {
      const form = new FormData();
      form.set("csrfmiddlewaretoken", this.csrf);
      navigator.sendBeacon(`${this.where}/calls/${this.number}/end`, form);
    }
    for (const track of this.sound?.getTracks() ?? []) track.stop();
    this.peer?.close();
    this.peer = this.sound = this.number = null;
  }

  state(name, says = "") {
    const live = ["calling", "connected", "menu", "waiting", "talking", "recording"].includes(name);
    this.box.dataset.state = name;
    this.says.textContent = says || this.words[name] || "";
    this.begin.hidden = live;
    this.finish.hidden = this.mute.hidden = !live;
    for (const key of this.box.querySelectorAll("[data-key]")) key.disabled = !live;
  }

  async look() {
    const found = await fetch(`${this.where}/calls/${this.number}`).catch(() => null);
    return found?.ok ? found.json() : null;
  }

  /** Relays between two networks, for whoever sits behind a strict firewall. */
  async ways() {
    const found = await fetch(`${this.where}/ways`).catch(() => null);
    return (found?.ok && (await found.json()).ice) || [];
  }

  tell(what, body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf };
    if (this.box.dataset.pretend) headers["X-Pretend"] = this.box.dataset.pretend;
    return fetch(this.where + what, { method: "POST", headers, body }).catch(() => null);
  }
}

/** What every telephone speaks too, so that nothing has to be converted for whoever answers. */
function telephony(transceiver) {
  const known = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
  const wanted = known.filter((codec) => /\/(PCMA|PCMU|telephone-event)$/i.test(codec.mimeType));
  if (wanted.length) transceiver.setCodecPreferences?.(wanted);
}

/** What this end says of itself, with the addresses it can be reached at. */
async function described(peer, description) {
  await peer.setLocalDescription(description);
  await gathered(peer);
  return peer.localDescription.sdp;
}

/** The addresses of this machine are known at once; nobody waits for the last of them. */
function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    setTimeout(done, 600);
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done());
  });
}

for (const box of document.querySelectorAll("[data-talk]")) new Telephone(box);
