// Passkeys: the one thing on the account pages that needs script. Each form with data-passkey is shown when the browser
// can do it, and instead of being sent asks the authenticator and sends its answer.
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const opened = (options) => {
    const list = (all) => (all || []).map((one) => ({ ...one, id: bytes(one.id) }));
    const out = { ...options, challenge: bytes(options.challenge) };
    if (options.user) out.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) out.excludeCredentials = list(options.excludeCredentials);
    if (options.allowCredentials) out.allowCredentials = list(options.allowCredentials);
    return out;
  };
  const written = (credential) => {
    const response = {};
    for (const key of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[key]) response[key] = words(credential.response[key]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({ id: credential.id, rawId: words(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
  };
  const ask = async (path, fields) => {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), redirect: "error" });
    return answer.json();
  };
  const run = async (form) => {
    const fields = Object.fromEntries(new FormData(form));
    const stay = document.querySelector("input[name=stay]");
    if (stay?.checked) fields.stay = "1";
    const adds = form.dataset.passkey === "add";
    const begin = adds ? "/account/security/passkey/begin" : "/account/sign-in/passkey/begin";
    const options = opened(await ask(begin, { csrf: fields.csrf }));
    const credential = adds ? await navigator.credentials.create({ publicKey: options }) : await navigator.credentials.get({ publicKey: options });
    const told = await ask(form.getAttribute("action"), { ...fields, answer: written(credential) });
    if (!told.go) throw new Error(told.error);
    location.assign(told.go);
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form).catch((trouble) => {
        let note = form.querySelector(".wrong");
        if (!note) {
          note = document.createElement("p");
          note.className = "wrong";
          note.setAttribute("role", "alert");
          form.append(note);
        }
        note.textContent = trouble?.name === "Error" && trouble.message ? trouble.message : form.dataset.failed;
      });
    });
  }
})();
