// Passkeys: the server asks, the browser shows or makes one, and the form carries the answer. And passwords, shown.
{
  const fromText = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  const question = async (form, url) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error("not asked");
    const { publicKey } = await answer.json();
    publicKey.challenge = fromText(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = fromText(publicKey.user.id);
    for (const list of [publicKey.allowCredentials, publicKey.excludeCredentials]) {
      for (const each of list || []) each.id = fromText(each.id);
    }
    return { publicKey };
  };

  const written = (made) => {
    const { response } = made;
    const parts = response.attestationObject
      ? { attestationObject: toText(response.attestationObject) }
      : {
        authenticatorData: toText(response.authenticatorData),
        signature: toText(response.signature),
        userHandle: response.userHandle ? toText(response.userHandle) : null,
      };
    return JSON.stringify({
      id: made.id,
      rawId: toText(made.rawId),
      type: made.type,
      clientExtensionResults: {},
      response: { clientDataJSON: toText(response.clientDataJSON), ...parts },
    });
  };

  const complain = (form, error) => {
    const box = form.querySelector("[data-passkey-problem]");
    if (!box) return;
    const known = error.name === "InvalidStateError";
    box.querySelector("span").textContent = !window.PublicKeyCredential
      ? "This browser has no passkeys here: they need a secure address (https)."
      : known ? "This passkey is registered already." : "The passkey was not read. Try again, or use another way.";
    box.hidden = false;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-passkey]");
    if (!button) return;
    const form = button.form || button.closest("form");
    try {
      const shown = await navigator.credentials.get(await question(form, button.dataset.passkey));
      form.querySelector("[name=proof_passkey]").value = written(shown);
      form.requestSubmit();
    } catch (error) { complain(form, error); }
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-new-passkey]");
    if (!form || form.querySelector("[name=passkey]").value) return;
    event.preventDefault();
    try {
      const made = await navigator.credentials.create(await question(form, form.dataset.newPasskey));
      form.querySelector("[name=passkey]").value = written(made);
      form.submit();
    } catch (error) { complain(form, error); }
  });

  // A password can be looked at while it is typed.
  const revealable = (root) => {
    for (const field of root.querySelectorAll("input[type=password]:not([data-revealable])")) {
      field.dataset.revealable = "";
      const row = document.createElement("div");
      row.className = "reveal";
      field.replaceWith(row);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn s ghost";
      button.textContent = "Show";
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const shown = field.type === "text";
        field.type = shown ? "password" : "text";
        button.textContent = shown ? "Show" : "Hide";
        button.setAttribute("aria-pressed", String(!shown));
      });
      row.append(field, button);
      field.form?.addEventListener("submit", () => { field.type = "password"; });
    }
  };
  document.addEventListener("htmx:afterSwap", (event) => revealable(event.target));
  revealable(document);
}
