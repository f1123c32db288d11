// A small choice of emoji in five groups. Screen readers know their names already.

import { h } from "./dom";
import { t } from "./config";

const GROUPS: [icon: string, list: string][] = [
  ["😀", "😀 😃 😄 😁 😅 😂 🙂 😉 😊 😍 😘 😋 😎 🤔 😐 😕 🙁 😢 😭 😠 😮 😳 😴 🤒"],
  ["👍", "👍 👎 👌 🙏 👏 🙌 💪 🤝 👋 ✌️ 🤞 👇 👆 👉 👈 ✋ 🤷 🙋 🙇 🏃 🚶 🧗 💃 🕺"],
  ["❤️", "❤️ 🧡 💛 💚 💙 💜 🖤 💔 ⭐ ✨ 🔥 🎉 🎁 🎂 🌹 🌸 🌲 🌈 ☀️ 🌧️ ❄️ ⚡ 💧 🍀"],
  ["👟", "👟 🥾 👢 👠 🧦 👕 🧥 👖 👗 🧣 🧤 🧢 👜 🎒 👓 💍 ⌚ 📱 💻 📷 🛋️ 🧸 📚 🚲"],
  ["📦", "📦 🚚 ✈️ 🏠 🏪 🛒 💳 💶 🧾 📄 📷 📞 ✉️ 📅 ⏰ ⌛ ✅ ❌ ❓ ❗ ➡️ 🔁 🔍 ☕"],
];

export function emojiPicker(chosen: (emoji: string) => void, closed: () => void): HTMLElement {
  const grid = h("div", { class: "emoji-grid" });
  const tabs = h("div", { class: "emoji-tabs" });
  const made = h("div", { class: "emoji", role: "group", "aria-label": t("emoji"), keydown: (event) => move(event as KeyboardEvent, made, closed) }, tabs, grid);
  GROUPS.forEach(([icon, list], n) => tabs.append(h("button", { type: "button", "aria-pressed": n ? "false" : "true", click: (event) => show(event.currentTarget as Element, list) }, icon)));

  function show(tab: Element | null, list: string): void {
    for (const each of tabs.children) each.setAttribute("aria-pressed", String(each === tab));
    grid.replaceChildren(...list.split(" ").map((emoji, n) => h("button", { type: "button", tabindex: n ? "-1" : "0", click: () => chosen(emoji) }, emoji)));
  }

  show(tabs.firstElementChild, GROUPS[0]![1]);
  return made;
}

/** Arrow keys go from one to the next; Escape closes only this. */
function move(event: KeyboardEvent, box: HTMLElement, closed: () => void): void {
  if (event.key === "Escape") {
    event.stopPropagation();
    return closed();
  }
  const all = [...box.querySelectorAll<HTMLElement>(".emoji-grid button")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const way = document.dir === "rtl" ? -1 : 1;
  const step = { ArrowRight: way, ArrowLeft: -way, ArrowDown: 8, ArrowUp: -8 }[event.key];
  if (at < 0 || !step) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, at + step))]!.focus();
}
