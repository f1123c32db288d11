// Shows a web form in a shop's page: <script async src="https://…/form.js" data-form="…"></script>
// A classic script, so that it knows its own element; it adds a frame and nothing else, and sets no global.
(() => {
  const script = document.currentScript;
  const token = script?.dataset.form;
  if (!token) return;
  const home = new URL(script.src).origin;
  const asked = new URLSearchParams({ embed: "1", at: location.origin });
  if (script.dataset.lang) asked.set("lang", script.dataset.lang);
  if (script.dataset.topic) asked.set("topic", script.dataset.topic);
  const frame = document.createElement("iframe");
  frame.src = `${home}/form/${encodeURIComponent(token)}?${asked}`;
  frame.title = script.dataset.title || "Contact form";
  frame.loading = "lazy";
  // Through the object model, which a shop's strict style policy allows.
  Object.assign(frame.style, { display: "block", inlineSize: "100%", blockSize: "60rem", border: "0" });
  script.after(frame);
  addEventListener("message", (event) => {
    if (event.origin !== home || event.source !== frame.contentWindow) return;
    const { height, top } = event.data?.pressZeroForm ?? {};
    if (Number.isFinite(height)) frame.style.blockSize = `${Math.min(Math.max(height, 120), 8000)}px`;
    if (top === true && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
  });
})();
