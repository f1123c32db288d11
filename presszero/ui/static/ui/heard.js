// What an answer says besides its words (HX-Trigger) is heard through whatever asked. A live page may have drawn that anew
// meanwhile, and then nobody would hear it: the page itself says it.
const heard = new WeakSet();

function said(header) {
  if (!header.startsWith("{")) return header.split(",").map((name) => [name.trim(), {}]);
  return Object.entries(JSON.parse(header)).map(([name, detail]) => [name, detail instanceof Object ? detail : { value: detail }]);
}

document.addEventListener("htmx:beforeOnLoad", ({ detail }) => heard.add(detail.xhr));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const header = heard.has(detail.xhr) ? null : detail.xhr.getResponseHeader("HX-Trigger");
  heard.add(detail.xhr);
  for (const [name, more] of header ? said(header) : []) htmx.trigger(document.body, name, more);
});
