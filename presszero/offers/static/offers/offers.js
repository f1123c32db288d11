// <pz-offer>: the slot below the last words. Filled once the page is live, looked at again when something happened there.
class Offer extends HTMLElement {
  connectedCallback() {
    this.again = () => this.soon(400);
    document.addEventListener("morphed", this.again);
    // The last words stay in sight: the stream is shorter by what appears here.
    this.addEventListener("htmx:beforeSwap", ({ detail }) => {
      if (detail.requestConfig.elt === this && this.held) detail.shouldSwap = false;
      const box = this.stream;
      this.foot = box && box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    });
    this.addEventListener("htmx:afterSwap", () => { const box = this.stream; if (this.foot && box) box.scrollTop = box.scrollHeight; });
    this.soon(document.getElementById("desk")?.dataset.connected ? 60 : 1200);
  }

  disconnectedCallback() {
    clearTimeout(this.waiting);
    document.removeEventListener("morphed", this.again);
  }

  get stream() { return document.querySelector(".stream"); }

  soon(delay) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), delay);
  }

  // What somebody has in hand, or has just used, is not taken away from under them.
  get held() { return this.contains(document.activeElement) || this.querySelector(".offer.done") !== null; }

  look() {
    if (!this.isConnected || this.held) return;
    htmx.ajax("GET", `/conversations/${this.dataset.conversation}/suggestion`, { source: this, target: this, swap: "innerHTML" }).catch(() => {}); // given up for a newer one
  }
}
customElements.define("pz-offer", Offer);

// Into the answer, behind what is typed already, and ready to be changed.
document.addEventListener("put-in", ({ detail }) => {
  const composer = document.querySelector("desk-composer");
  const box = composer?.form("reply")?.querySelector("textarea");
  if (!box) return;
  composer.show("reply");
  const before = box.value.trimEnd();
  box.value = before ? `${before}\n\n${detail.text}` : detail.text;
  box.setSelectionRange(box.value.length, box.value.length);
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
});

document.addEventListener("keydown", (event) => {
  const offer = event.key === "Escape" && event.target.closest?.("[data-offer]");
  if (!offer) return;
  event.preventDefault();
  event.stopPropagation();
  offer.querySelector("[data-leave]")?.click();
}, true);

// A picture that the shop no longer has leaves the first letter of its name.
document.addEventListener("error", (event) => { if (event.target.matches?.(".offer-picture img")) event.target.remove(); }, true);
