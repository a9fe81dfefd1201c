// Offers to tell of this parcel in this browser. Before somebody presses the button nothing is asked, kept or sent; pressed
// again, all of it is taken back. Without script, or where the browser cannot, the offer is not shown.
(() => {
  const box = document.getElementById("push");
  if (!box || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  const scope = "/t/";
  let on = false;

  const key = () => Uint8Array.from(atob(box.dataset.key.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const tell = async (does, subscription) => {
    const here = new URL(location.pathname.replace(/\/$/, "") + "/push", location.origin);
    here.searchParams.set("do", does);
    here.searchParams.set("lang", document.documentElement.lang);
    const answer = await fetch(here, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription), redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).on;
  };
  const show = (now) => {
    on = now;
    button.textContent = on ? box.dataset.off : box.dataset.on;
  };
  const known = async () => (await navigator.serviceWorker.getRegistration(scope))?.pushManager.getSubscription();

  const begin = async () => {
    if ((await Notification.requestPermission()) !== "granted") {
      said.textContent = box.dataset.denied;
      return;
    }
    await navigator.serviceWorker.register("/worker.js", { scope });
    const worker = await navigator.serviceWorker.ready;
    const subscription = (await worker.pushManager.getSubscription()) ?? (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key() }));
    show(await tell("on", subscription));
    said.textContent = box.dataset.done;
  };
  const end = async () => {
    const subscription = await known();
    if (subscription) await tell("off", subscription);
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

  const look = async () => {
    const subscription = await known();
    show(subscription ? await tell("ask", subscription) : false);
    box.hidden = false;
  };
  look().catch(() => {});
})();
