// <pz-rows>: a list in a form that grows by its template and shrinks by a button in each line.
customElements.define("pz-rows", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      event.target.closest("[data-drop]")?.closest("li").remove();
      if (!event.target.closest("[data-add]")) return;
      const made = this.querySelector("template").content.firstElementChild.cloneNode(true);
      this.querySelector("ul").append(made);
      made.querySelector("input:not([type=hidden])").focus();
    });
  }
});
