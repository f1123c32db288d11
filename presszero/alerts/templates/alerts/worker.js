// Shows alerts, opens what they are about, and has one page for when there is no network. It keeps that page and what
// dresses it, and nothing else: no page of anybody's ever stands in its store.
const KEPT = {{ kept|safe }};
const STORE = "press-zero-offline";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    for (const old of await store.keys()) await store.delete(old);
    await store.addAll(["/offline", ...KEPT]);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
});

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });
const path = (client) => new URL(client.url).pathname;

self.addEventListener("push", (event) => {
  event.waitUntil((async () => {
    const told = event.data?.json() ?? {};
    // In front of them already: the page itself shows it.
    const seen = (await windows()).some((client) => client.focused && path(client) === told.url);
    if (seen && told.tag !== "trial") return;
    await self.registration.showNotification(told.title, {
      body: told.body, tag: told.tag, icon: KEPT[1], data: { url: told.url }, renotify: true, actions: told.actions ?? [],
    });
  })());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const plain = event.notification.data?.url ?? "/";
    // A button opens the page of the alert, leaning one way; what it does is done there, by whoever is signed in.
    const url = event.action ? `${plain}?answer=${encodeURIComponent(event.action)}` : plain;
    const open = await windows();
    const there = open.find((client) => path(client) === url) ?? open.find((client) => client.visibilityState === "visible") ?? open[0];
    if (!there) return self.clients.openWindow(url);
    await there.focus();
    if (path(there) !== url) there.postMessage({ go: url });
  })());
});
