// Works for a parcel's page in browsers whose owner asked for it: shows what the page was asked to tell, and opens a page
// that was kept when there is no connection. There is none of it before somebody presses a button; see push.js, keep.js.
const kept = "kept-pages";
const longest = 30 * 24 * 60 * 60 * 1000;

self.addEventListener("push", (event) => {
  const notice = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(notice.title || "Milepost", { body: notice.body, tag: notice.tag || undefined, lang: notice.language, data: { link: notice.link } }),
  );
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = event.notification.data?.link;
  if (link && new URL(link, self.location.origin).origin === self.location.origin) event.waitUntil(self.clients.openWindow(link));
});

// Kept pages go thirty days after they were last seen.
const sweep = async (cache) => {
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (Date.now() - Date.parse(answer.headers.get("Date")) > longest) await cache.delete(request);
  }
};
// A page with what belongs to it alone; the last page takes all the rest along.
const forget = async (cache, path) => {
  for (const { url } of await cache.keys()) {
    if (new URL(url).pathname.startsWith(path)) await cache.delete(url, loose);
  }
  if (!(await cache.keys()).some(({ url }) => new URL(url).pathname.startsWith("/t/"))) await caches.delete(kept);
};
const loose = { ignoreSearch: true, ignoreVary: true };
const answer = async (request) => {
  if (!(await caches.has(kept))) return fetch(request);
  const cache = await caches.open(kept);
  const held = await cache.match(request, loose);
  if (!held) return fetch(request);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) {
      await cache.delete(request, loose);
      await cache.put(request, fresh.clone());
    } else if (fresh.status === 404 || fresh.status === 410) {
      await forget(cache, new URL(request.url).pathname);  // erased there, erased here
    }
    await sweep(cache);
    return fresh;
  } catch (error) {
    // What keeps a page fresh must hear that there is no connection.
    if (request.mode === "navigate" || request.destination) return held;
    throw error;
  }
};
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && new URL(event.request.url).origin === self.location.origin) event.respondWith(answer(event.request));
});
