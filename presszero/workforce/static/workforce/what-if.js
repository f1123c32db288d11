// Shows the answer for the number of people that the slider is at, and lifts the roster in the pictures by as many.
class WhatIf extends HTMLElement {
  connectedCallback() {
    const slider = this.querySelector("input[type=range]");
    slider?.addEventListener("input", () => this.show(slider.value));
    if (slider && slider.value !== "0") this.show(slider.value); // a page that was left and came back to
  }

  show(more) {
    const page = this.closest(".staffing") ?? document;
    for (const each of page.querySelectorAll("[data-more]")) each.hidden = each.dataset.more !== more;
    for (const each of page.querySelectorAll(".roster[data-unit]")) each.setAttribute("transform", `translate(0 ${-more * each.dataset.unit})`);
  }
}
customElements.define("pz-what-if", WhatIf);
