// Offers to keep this parcel's page on this device, so that it opens without a connection. Nothing is kept before somebody
// presses the button; pressed again, it is gone. Without script, or where the browser cannot, the offer is not shown.
(() => {
  const box = document.getElementById("keep");
  if (!box || !("serviceWorker" in navigator) || !("caches" in window)) return;
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  const scope = "/t/";
  const kept = "kept-pages";
  const loose = { ignoreSearch: true, ignoreVary: true };
  let on = false;

  const show = (now) => {
    on = now;
    button.textContent = on ? box.dataset.off : box.dataset.on;
  };
  const look = async () => (await caches.has(kept)) && Boolean(await (await caches.open(kept)).match(location.href, loose));
  const begin = async () => {
    await navigator.serviceWorker.register("/worker.js", { scope });
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=manifest], link[rel=apple-touch-icon], script[src]")];
    await (await caches.open(kept)).addAll([location.href.split("#")[0], ...parts.map((part) => part.href || part.src)]);
    show(true);
    said.textContent = box.dataset.done;
  };
  // The last page takes its parts along, and the worker unless it still has news to show.
  const end = async () => {
    const cache = await caches.open(kept);
    for (const { url } of await cache.keys()) {
      if (new URL(url).pathname.startsWith(location.pathname)) await cache.delete(url, loose);
    }
    if (!(await cache.keys()).some(({ url }) => new URL(url).pathname.startsWith("/t/"))) {
      await caches.delete(kept);
      const worker = await navigator.serviceWorker.getRegistration(scope);
      if (worker && !(await worker.pushManager?.getSubscription())) await worker.unregister();
    }
    show(false);
    said.textContent = box.dataset.ended;
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    try {
      await (on ? end() : begin());
    } catch {
      said.textContent = box.dataset.failed;
    }
    button.disabled = false;
  });

  const offline = document.getElementById("offline");
  const tell = () => { offline.hidden = navigator.onLine; };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
  look().then((now) => {
    show(now);
    box.hidden = false;
  }).catch(() => {});
})();
