// Keeps a page fresh while somebody looks at it; without it the page is whole, only still. Asks for the same address
// again, with its ETag, and replaces the live part when it has changed. Stops while the page is hidden.
(() => {
  const every = 1000 * Number(document.getElementById("live")?.dataset.live || 0);
  if (!every) return;
  let etag = null;
  let failures = 0;
  const refresh = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", redirect: "error" });
        if (answer.status === 200) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById("live");
          const old = document.getElementById("live");
          // Whoever is reading with the keyboard keeps their place: the focused link is found again by its address.
          const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
          if (fresh && fresh.innerHTML !== old.innerHTML) {
            const heading = old.querySelector("h1")?.textContent;
            old.replaceWith(fresh);
            document.title = page.title;
            if (focused) fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
            const said = fresh.querySelector("h1")?.textContent;
            if (said && said !== heading) announce(said);
          }
        }
        etag = answer.headers.get("ETag");
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    setTimeout(refresh, every * Math.min(2 ** failures, 20));
  };
  const voice = document.createElement("p");
  voice.className = "unseen";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  const announce = (text) => { voice.textContent = text; };
  setTimeout(refresh, every);
})();
