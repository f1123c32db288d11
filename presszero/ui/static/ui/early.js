// A press that comes before the page's programs waits for them: on a slow line the page is seen before they are here.
let held = null;
const ASKS = "[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]";

function hold(event) {
  const pressed = event.target.closest("a, button, [role=switch]");
  const theirs = pressed?.matches(`${ASKS}, button[type=button]:not([popovertarget])`) || pressed?.form?.matches(ASKS);
  if (!theirs) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held = pressed;
}

addEventListener("click", hold, true);
addEventListener("DOMContentLoaded", () => {
  removeEventListener("click", hold, true);
  setTimeout(() => held?.isConnected && held.click()); // after the programs' own listeners
});
