// The shop calls: what rings at this customer's number is asked for while the page is open, and taken with the page's
// own telephone.

const OFTEN = 1000; // ms between two looks

class Rings {
  constructor(box) {
    this.box = box;
    this.phone = document.querySelector("[data-talk]").telephone;
    this.where = box.dataset.rings;
    this.ring = null; // the one that rings, or is talked in
    this.talks = false;
    box.querySelector("[data-take]").addEventListener("click", () => this.take());
    box.querySelector("[data-refuse]").addEventListener("click", () => this.say(""));
    const leave = this.phone.leave.bind(this.phone);
    this.phone.leave = () => {
      leave();
      if (this.talks) this.say("");
      this.talks = false;
      this.phone.joined = "connected";
    };
    this.watch();
  }

  async watch() {
    for (;;) {
      const answer = await fetch(`${this.where}?${this.box.dataset.query}`).catch(() => null);
      if (answer?.status === 200) this.show(await answer.json());
      else if (answer) this.show(null);
      await new Promise((done) => setTimeout(done, OFTEN));
    }
  }

  show(ring) {
    if (this.ring && this.talks && ring?.id !== this.ring.id) {
      this.talks = false;
      this.phone.over("ended");
    }
    this.ring = ring;
    this.box.hidden = ring?.state !== "rings" || this.talks || Boolean(this.phone.peer);
    this.box.querySelector("[data-caller]").textContent = ring?.caller ?? "";
  }

  async take() {
    this.box.hidden = true;
    this.phone.joined = "talking";
    this.talks = true;
    const sdp = await this.phone.take(this.ring.sdp);
    if (sdp) this.say(sdp);
    else this.talks = false; // no microphone: it rings on
  }

  say(sdp) {
    if (!this.ring) return;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.phone.csrf };
    void fetch(`${this.where}/${this.ring.id}`, { method: "POST", keepalive: true, headers, body: JSON.stringify({ sdp }) });
    if (!sdp) this.box.hidden = true;
  }
}

for (const box of document.querySelectorAll("[data-rings]")) new Rings(box);
