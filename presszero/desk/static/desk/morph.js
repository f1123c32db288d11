// hx-swap="morph:…" and hx-swap-oob="morph": changes only what differs, and never the box somebody is typing in.
const typing = (node) => {
  const active = document.activeElement;
  return active && active !== document.body && node.contains?.(active) && active.matches("input:not([type=checkbox]), textarea, select");
};

const callbacks = {
  beforeNodeMorphed(now, next) {
    if (now.nodeType !== Node.ELEMENT_NODE) return true;
    if (now.matches("details[open], dialog[open]") && typing(now)) return false;
    // What was fetched into a part stays while the part itself is as it was.
    if (now.hasAttribute("data-filled") && next.nodeType === Node.ELEMENT_NODE && now.id === next.id) return false;
    return true;
  },
  beforeAttributeUpdated(name, node) {
    if (name === "open" && node.matches("details, dialog")) return false;
    // What this page itself sets, such as which messages are picked: news does not know it.
    return !node.dataset.own?.split(" ").includes(name);
  },
  beforeNodeRemoved(node) {
    return !(node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-mine"));
  },
};

export function morph(target, next, style = "outerHTML") {
  // A button that has the focus is no box: it may have to say something new.
  const ignoreActiveValue = Boolean(document.activeElement?.matches("input, textarea, select"));
  const result = Idiomorph.morph(target, next, { morphStyle: style, ignoreActiveValue, callbacks });
  document.dispatchEvent(new CustomEvent("morphed", { detail: target }));
  return result;
}

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style.startsWith("morph"),
  handleSwap(style, target, fragment) {
    if (!style.startsWith("morph")) return false;
    return morph(target, style === "morph:innerHTML" ? fragment.childNodes : fragment.children, style.split(":")[1] ?? "outerHTML");
  },
});
