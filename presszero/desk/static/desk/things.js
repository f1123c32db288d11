// <pz-things>: finds products as one types, and puts those one picks into the form, each with its pieces and price.
class Things extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("input", () => this.sum());
    this.sum();
  }

  clicked(event) {
    const thing = event.target.closest("[data-thing]");
    if (thing) this.pick(thing.dataset);
    if (event.target.closest("[data-own-line]")) this.pick({ thing: "", title: "", price: "" });
    const drop = event.target.closest("[data-drop]");
    if (drop) { drop.closest("li").remove(); this.changed(); }
  }

  pick({ thing, title, price }) {
    const known = thing && this.querySelector(`.picked input[name=variant][value="${thing}"]`);
    if (known) known.closest("li").querySelector("[name=quantity]").stepUp();
    else {
      const made = this.querySelector("template").content.firstElementChild.cloneNode(true);
      made.querySelector("[name=variant]").value = thing;
      const name = made.querySelector("[name=title]");
      if (name) name.value = title;
      else made.querySelector(".grow").textContent = title;
      const each = made.querySelector("[name=price]");
      if (each) each.value = price;
      this.querySelector(".picked").append(made);
      if (!thing) name?.focus();
    }
    this.querySelector(".things-found").replaceChildren();
    const box = this.querySelector("[type=search]");
    box.value = "";
    if (thing) box.focus();
    this.changed();
  }

  key(event) {
    const found = [...this.querySelectorAll("[data-thing]")];
    if (event.key === "Enter" && event.target.matches("[type=search]")) { event.preventDefault(); found[0]?.click(); }
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || !found.length) return;
    event.preventDefault();
    const at = found.indexOf(document.activeElement);
    found.at((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length).focus();
  }

  changed() {
    this.sum();
    this.closest("form")?.dispatchEvent(new CustomEvent("things", { bubbles: true }));
  }

  // What it comes to, where prices are typed; the server works it out once more.
  sum() {
    const place = this.closest("form")?.querySelector("[data-total]");
    if (!place) return;
    const number = (input) => Number(String(input?.value ?? "").trim().replace(",", ".")) || 0;
    let total = 0;
    for (const line of this.querySelectorAll(".picked li")) total += number(line.querySelector("[name=quantity]")) * number(line.querySelector("[name=price]"));
    const form = this.closest("form");
    total += number(form.elements.shipping) - number(form.elements.discount);
    place.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: form.elements.currency.value || place.dataset.total }).format(total);
  }
}
customElements.define("pz-things", Things);
