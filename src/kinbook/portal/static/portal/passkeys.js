// A passkey: the server asks, the browser makes or shows one, and the form carries the answer.
{
  const fromText = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  const question = async (form) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(form.dataset.passkeyAsk, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error("not asked");
    const { publicKey } = await answer.json();
    publicKey.challenge = fromText(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = fromText(publicKey.user.id);
    for (const each of [...(publicKey.allowCredentials || []), ...(publicKey.excludeCredentials || [])]) {
      each.id = fromText(each.id);
    }
    return { publicKey };
  };

  const written = ({ id, rawId, type, response }) => {
    const parts = response.attestationObject
      ? { attestationObject: toText(response.attestationObject) }
      : {
        authenticatorData: toText(response.authenticatorData),
        signature: toText(response.signature),
        userHandle: response.userHandle ? toText(response.userHandle) : null,
      };
    return JSON.stringify({
      id,
      rawId: toText(rawId),
      type,
      clientExtensionResults: {},
      response: { clientDataJSON: toText(response.clientDataJSON), ...parts },
    });
  };

  for (const form of document.querySelectorAll("form[data-passkey-ask]")) {
    if (window.PublicKeyCredential) form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const how = form.dataset.passkeyNew === undefined ? "get" : "create";
      try {
        form.querySelector("[name=answer]").value = written(await navigator.credentials[how](await question(form)));
        form.submit();
      } catch {
        form.querySelector("[data-passkey-problem]").hidden = false;
      }
    });
  }
}
