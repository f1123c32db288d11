// Says when we are offline, and turns a failed request into a sentence instead of silence.
import { toast } from "./toasts.js";

const bar = document.getElementById("offline");
const show = () => { bar.hidden = navigator.onLine; };
addEventListener("online", show);
addEventListener("offline", show);
show();

const words = document.documentElement.dataset;
document.addEventListener("htmx:sendError", () => { show(); toast(words.sayUnreachable ?? "We cannot reach Press Zero. Nothing was lost; try again in a moment.", { bad: true }); });
document.addEventListener("htmx:timeout", () => toast(words.saySlow ?? "That took too long. Try again in a moment.", { bad: true }));

// An error page is not meant for the place a fragment goes to; the server says where it wants to be shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.status !== 422 && !xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = false;
    toast(words.sayBroken ?? "Something broke on our side. Nothing was lost; try again in a moment.", { bad: true });
  }
});
