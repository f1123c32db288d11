// The order page: says that somebody looks at it, and goes on by itself once the payment is known. Works without, too.
const EVERY = 3000; // milliseconds
const FOR = 100; // looks: five minutes, then the button to look again is the browser's own

class PayPage extends HTMLElement {
  connectedCallback() {
    this.seen();
    if ("waits" in this.dataset) this.wait(FOR);
  }

  // Only what stands before somebody's eyes was opened; a program that fetches links runs nothing of this.
  seen() {
    if (document.hidden) { document.addEventListener("visibilitychange", () => this.seen(), { once: true }); return; }
    fetch(`/pay/${this.dataset.token}/opening`, { method: "POST", headers: { "X-CSRFToken": this.dataset.csrf } }).catch(() => {});
  }

  async wait(left) {
    await new Promise((done) => setTimeout(done, EVERY));
    const state = await this.state();
    if (state && state !== this.dataset.state) location.replace(`/pay/${this.dataset.token}`);
    else if (left > 1) this.wait(left - 1);
  }

  async state() {
    try {
      const answer = await fetch(`/pay/${this.dataset.token}/state`);
      return answer.ok ? (await answer.json()).state : "";
    } catch {
      return "";
    }
  }
}
customElements.define("pay-page", PayPage);
