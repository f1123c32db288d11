// What a shop tells the chat: what is in the cart, who is signed in, and that they left. Works before the chat is there.

const { items, total, signedIn, left } = document.querySelector("script[data-items]").dataset;
window.PressZero ??= function (...call) {
  (window.PressZero.q ??= []).push(call);
};
window.PressZero("page", { cart: { items: Number(items), total, currency: "GBP" } });
if (signedIn !== undefined) window.PressZero("identify", async () => (await fetch("/demo/shop/identity")).text());
if (left !== undefined) window.PressZero("signOut");
