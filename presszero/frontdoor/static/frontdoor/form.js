// What the web form can do more of with scripts: fields of a topic at once, files with their progress, sending without
// leaving the page, and a bit of work that tells a browser from a program. Without any of it the form works too.

const parent_ = parentOrigin();
let kept = []; // the files, over a page that is drawn again

class ContactForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.files = this.form.elements.files;
    this.classList.add("lively");
    this.typed = new Map();
    this.form.addEventListener("change", (event) => {
      if (event.target.name === "topic") this.ask(event.target.value);
    });
    this.form.addEventListener("submit", (event) => {
      if (event.submitter?.value !== "next") this.send(event);
    });
    this.takeFiles();
    this.querySelector("[data-again]")?.remove();
    this.work();
    const wrong = this.querySelector("[data-first]") ?? this.querySelector("#told");
    if (document.body.dataset.drawn) (wrong ?? document.querySelector("#main")).focus();
    document.body.dataset.drawn = "1";
  }

  ask(topic) {
    const place = this.querySelector("#asked");
    for (const each of place.querySelectorAll("[name]")) {
      if (each.type !== "radio" || each.checked) this.typed.set(each.name, each.value);
    }
    const template = [...this.querySelectorAll("template")].find((each) => each.dataset.topic === topic);
    place.replaceChildren(template ? template.content.cloneNode(true) : "");
    for (const each of place.querySelectorAll("[name]:not([type=hidden])")) {
      const before = this.typed.get(each.name);
      if (before === undefined) continue;
      if (each.type === "radio") each.checked = each.value === before;
      else each.value = before;
    }
  }

  takeFiles() {
    const drop = this.querySelector(".drop");
    if (kept.length) this.show();
    this.files.addEventListener("change", () => this.add(this.files.files));
    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, () => drop.classList.add("over"));
    }
    for (const kind of ["dragleave", "drop", "dragend"]) {
      drop.addEventListener(kind, () => drop.classList.remove("over"));
    }
    this.form.addEventListener("paste", (event) => {
      const pictures = [...(event.clipboardData?.files ?? [])];
      if (pictures.length) this.add(pictures);
    });
  }

  add(files) {
    const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
    kept = [...kept, ...[...files].filter((file) => !kept.some((each) => same(each, file)))];
    this.show();
  }

  show() {
    const carrier = new DataTransfer();
    for (const file of kept) carrier.items.add(file);
    this.files.files = carrier.files;
    const list = this.querySelector("[data-chosen]");
    list.replaceChildren(...kept.map((file) => this.row(file)));
    list.hidden = !kept.length;
    this.complain(this.wrongWithFiles());
  }

  row(file) {
    const row = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: file.name || this.dataset.sayPaste });
    const size = Object.assign(document.createElement("small"), { textContent: sizeOf(file.size) });
    const away = Object.assign(document.createElement("button"), { type: "button", className: "btn only" });
    away.setAttribute("aria-label", `${this.dataset.sayRemove}: ${file.name}`);
    away.append(Object.assign(document.createElement("i"), { className: "icon i-close", ariaHidden: "true" }));
    away.addEventListener("click", () => {
      kept = kept.filter((each) => each !== file);
      this.show();
      this.files.focus();
    });
    row.append(name, size, away);
    return row;
  }

  wrongWithFiles() {
    const bytes = kept.reduce((sum, file) => sum + file.size, 0);
    if (bytes > Number(this.dataset.max)) return this.dataset.sayLarge;
    return kept.length > Number(this.dataset.files) ? this.dataset.sayMany : "";
  }

  complain(words) {
    const place = this.querySelector("[data-lost]");
    place.textContent = words;
    place.hidden = !words;
  }

  async send(event) {
    event.preventDefault();
    if (this.sending || this.wrongWithFiles()) return this.complain(this.wrongWithFiles());
    this.sending = true;
    this.complain("");
    const button = this.form.querySelector("button.go");
    const words = button.querySelector("span");
    const before = words.textContent;
    button.setAttribute("aria-disabled", "true");
    words.textContent = this.dataset.saySending;
    await Promise.race([this.worked, pause(2500)]);
    const data = new FormData(this.form);
    data.set("do", "send");
    try {
      await this.draw(await post(this.form.action, data, (share) => this.progress(share)));
    } catch {
      this.complain(this.dataset.sayLost);
    }
    this.sending = false;
    this.progress(1);
    button.removeAttribute("aria-disabled");
    words.textContent = before;
  }

  draw(answer) {
    if (answer.ok && new URL(answer.url).pathname.endsWith("/thanks")) {
      kept = [];
      location.assign(answer.url);
      return pause(30_000);
    }
    const main = new DOMParser().parseFromString(answer.text, "text/html").querySelector("main");
    if (!main) throw new Error("no page came back");
    document.querySelector("#main").replaceChildren(...main.childNodes);
    tell({ top: true });
  }

  progress(share) {
    const bar = this.querySelector("progress");
    bar.hidden = !kept.length || share >= 1;
    bar.value = Math.round(share * 100);
  }

  // Finds a number whose hash with the slip begins with zeros: a blink for one form, a cost for thousands.
  work() {
    const slip = this.form.elements.ticket.value;
    this.worked = found(slip, Number(this.dataset.bits)).then((number) => {
      this.form.elements.worked.value = number;
    });
  }
}

async function found(slip, bits) {
  if (!globalThis.crypto?.subtle) return "";
  const encoder = new TextEncoder();
  for (let number = 0; ; number += 64) {
    const tried = Array.from({ length: 64 }, (_, more) => number + more);
    const hashes = await Promise.all(
      tried.map((each) => crypto.subtle.digest("SHA-256", encoder.encode(`${slip}:${each}`))),
    );
    const right = hashes.findIndex((hash) => new DataView(hash).getUint32(0) >>> (32 - bits) === 0);
    if (right >= 0) return String(tried[right]);
  }
}

function post(address, data, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("load", () =>
      done({ ok: request.status < 300, url: request.responseURL, text: request.responseText }),
    );
    for (const kind of ["error", "abort", "timeout"]) request.addEventListener(kind, failed);
    request.open("POST", address);
    request.send(data);
  });
}

// The page that frames us, if it is one of the line's sites: nothing is told to anybody else.
function parentOrigin() {
  if (window.parent === window) return "";
  const sites = (document.body.dataset.sites ?? "").split(" ").filter(Boolean);
  const seen = [document.body.dataset.parent, location.ancestorOrigins?.[0], originOf(document.referrer)];
  return seen.find((each) => each && (sites.includes(each) || each === location.origin)) ?? "";
}

function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return "";
  }
}

function tell(words) {
  if (parent_) window.parent.postMessage({ pressZeroForm: words }, parent_);
}

function sizeOf(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

customElements.define("contact-form", ContactForm);
if (parent_) {
  const sheet = document.querySelector(".visit-sheet");
  new ResizeObserver(() => tell({ height: Math.ceil(sheet.getBoundingClientRect().height) })).observe(sheet);
  if (document.querySelector("[data-arrived]")) tell({ top: true });
}
