// Calling the draft from the editor: what the machine says is played in turn, keys interrupt it, silence tells it so.

const csrf = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

class Trial {
  constructor(box) {
    this.box = box;
    this.voice = box.querySelector("[data-voice]");
    this.heard = box.querySelector("[data-heard]");
    this.words = Object.fromEntries([...box.querySelectorAll("[data-word]")].map((w) => [w.dataset.word, w.innerHTML]));
    this.call = box.querySelector("[data-call]");
    this.end = box.querySelector("[data-end]");
    this.turn = 0; // of the queue of sounds: a new one silences the old
    this.call.addEventListener("click", () => this.begin());
    this.end.addEventListener("click", () => this.over());
    for (const key of box.querySelectorAll("[data-key]")) key.addEventListener("click", () => this.press(key.dataset.key));
    box.addEventListener("keydown", (event) => {
      if (this.live && /^[0-9*#]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault();
        this.press(event.key);
      }
    });
  }

  begin() {
    this.state = "";
    this.heard.replaceChildren();
    this.box.querySelector("[data-idle]").hidden = true;
    this.switched(true);
    return this.tell({ what: "started" });
  }

  press(key) {
    if (!this.live) return undefined;
    this.line(this.words.pressed.replace("{key}", key), "pressed");
    return this.tell({ what: "digit", key });
  }

  switched(on) {
    this.live = on;
    this.call.hidden = on;
    this.end.hidden = !on;
    for (const key of this.box.querySelectorAll("[data-key]")) key.disabled = !on;
    (on ? this.end : this.call).focus();
  }

  over() {
    this.hush();
    if (this.live) this.line(this.words.ended, "quiet");
    this.switched(false);
  }

  hush() {
    this.turn += 1;
    clearTimeout(this.waits);
    this.voice.pause();
  }

  async tell(event) {
    this.hush();
    const turn = this.turn;
    const answer = await fetch(this.box.dataset.trial, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify({ state: this.state, event }),
    }).catch(() => null);
    if (turn !== this.turn) return;
    if (!answer?.ok) {
      this.line(this.words.failed, "wrong-word");
      this.switched(false);
      return;
    }
    const said = await answer.json();
    if (turn !== this.turn) return;
    this.state = said.state;
    this.here(said.here.node);
    await this.carryOut(said.commands, turn);
  }

  async carryOut(commands, turn) {
    let listens = 0;
    let ends = false;
    let plays = false;
    for (const each of commands) {
      if (each.do === "park") this.line(this.words.person.replace("{why}", each.why), "rings");
      if (each.do === "text") this.line(each.says, "quiet");
      if (each.do === "listen") listens = each.seconds;
      if (each.do === "end") ends = true;
      if (each.do === "play") {
        for (const sound of each.sounds) {
          plays = true;
          this.line(sound.text || "♪", "", sound.lang);
          await this.play(sound.src);
          if (turn !== this.turn) return;
        }
      }
      if (each.do === "record") {
        this.line(this.words.records, "quiet");
        this.waits = setTimeout(() => this.tell({ what: "recorded" }), 4000);
        return;
      }
    }
    if (ends) this.over();
    else if (listens) this.waits = setTimeout(() => this.tell({ what: "silence" }), listens * 1000);
    else if (plays) await this.tell({ what: "played" });
  }

  play(src) {
    return new Promise((done) => {
      this.voice.onended = this.voice.onerror = this.voice.onpause = done;
      this.voice.src = src;
      this.voice.play().catch(done);
    });
  }

  line(text, look = "", lang = "") {
    const row = document.createElement("li");
    row.textContent = text;
    if (look) row.className = look;
    if (lang) row.lang = lang;
    this.heard.append(row);
    row.scrollIntoView({ block: "nearest" });
  }

  here(node) {
    for (const each of document.querySelectorAll(".step.here")) each.classList.remove("here");
    document.getElementById(`step-${node}`)?.classList.add("here");
  }
}

for (const box of document.querySelectorAll("[data-trial]")) new Trial(box);

const sound = new Audio();
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-listen]");
  if (!button) return;
  const again = !sound.paused && sound.dataset.of === button.dataset.listen;
  sound.pause();
  if (again) return;
  sound.dataset.of = sound.src = button.dataset.listen;
  sound.play().catch(() => {});
});
