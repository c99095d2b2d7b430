// Signed out after a while without use: asked before, and what was typed waits, sealed, for the same person.
// The server says how long is left, so that several tabs of one browser agree; a page that asks by itself is no use.
{
  const body = document.body;
  const ASK_BEFORE = 120;
  const USED_EVERY = 60_000;
  const KEPT = "kinbook-unsaved";
  const { idle, unsavedKey, stayUrl, signInUrl } = body.dataset;
  let deadline = Date.now() + Number(idle || 0) * 1000;
  let lastTold = Date.now();
  let timer = null;
  let asking = null;

  // Requests that no hand has caused say so.
  document.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (!cause || ["load", "revealed", "intersect"].includes(cause.type)) event.detail.headers["X-Kinbook-Background"] = "1";
  });

  const ask = async (method) => {
    const headers = method === "POST" ? { "X-CSRFToken": JSON.parse(body.getAttribute("hx-headers"))["X-CSRFToken"] } : {};
    const answer = await fetch(stayUrl, { method, headers, cache: "no-store" });
    const { left } = await answer.json();
    deadline = Date.now() + left * 1000;
    return left;
  };

  // What was typed and not saved: form by form, only what differs from how the page came.
  const changed = (field) => {
    if (field.type === "password" || field.type === "file" || field.type === "hidden" || !field.name) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected);
    return field.value !== field.defaultValue;
  };
  const nth = (form, field) => [...form.elements].filter((each) => each.name === field.name && each.type === field.type).indexOf(field);
  const typed = () => [...document.forms].map((form, place) => ({
    place,
    inDialog: Boolean(form.closest("#dialog")),
    fields: [...form.elements].filter(changed).map((field) => ({
      name: field.name, type: field.type, nth: nth(form, field), value: field.value, checked: field.checked,
    })),
  })).filter((form) => form.fields.length);

  const sealKey = () => crypto.subtle.importKey("raw", Uint8Array.from(atob(unsavedKey), (each) => each.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);
  const keep = async () => {
    const forms = typed();
    if (!forms.length || !window.crypto?.subtle) return;
    const words = JSON.stringify({ address: location.pathname + location.search, dialog: dialogAddress, forms });
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealKey(), new TextEncoder().encode(words)));
    let text = "";
    for (const each of [...iv, ...sealed]) text += String.fromCharCode(each);
    sessionStorage.setItem(KEPT, btoa(text));
  };
  const unsealed = async () => {
    const text = sessionStorage.getItem(KEPT);
    if (!text || !window.crypto?.subtle) return null;
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    try {
      const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, await sealKey(), bytes.slice(12));
      return JSON.parse(new TextDecoder().decode(words));
    } catch { // somebody else's: nobody here can read it, so nobody needs it
      sessionStorage.removeItem(KEPT);
      return null;
    }
  };

  let dialogAddress = "";
  document.addEventListener("htmx:afterSwap", (event) => {
    const { requestConfig } = event.detail;
    if (event.target.id === "dialog" && requestConfig?.verb === "get") dialogAddress = requestConfig.path;
  });

  const found = (form, kept) => [...form.elements].filter((each) => each.name === kept.name && each.type === kept.type)[kept.nth];
  const fill = (form, kept) => {
    for (const each of kept.fields) {
      let field = found(form, each);
      for (const adder of field ? [] : form.querySelectorAll("[data-add-row]")) {
        for (let tries = 0; tries < 20 && !field; tries += 1) { adder.click(); field = found(form, each); }
      }
      if (!field) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = each.checked;
      else field.value = each.value;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  };
  const fillAll = (forms, inDialog) => {
    for (const kept of forms.filter((each) => each.inDialog === inDialog)) {
      const places = [...document.forms];
      const form = inDialog ? places.find((each) => each.closest("#dialog")) : places[kept.place];
      if (form) fill(form, kept);
    }
  };
  const restore = async () => {
    const kept = await unsealed();
    if (!kept || kept.address !== location.pathname + location.search) return;
    sessionStorage.removeItem(KEPT);
    fillAll(kept.forms, false);
    if (kept.forms.some((each) => each.inDialog) && kept.dialog) {
      await htmx.ajax("GET", kept.dialog, "#dialog");
      fillAll(kept.forms, true);
    }
    toast("What you had typed is here again. It is not saved yet.");
  };

  const leave = async () => {
    await keep();
    dirty = false;
    document.querySelector(".app")?.remove();
    location.replace(`${signInUrl}?next=${encodeURIComponent(location.pathname + location.search)}`);
  };

  const words = (left) => (left > 90 ? "2 minutes" : left > 45 ? "1 minute" : `${left} seconds`);
  const question = () => {
    asking = document.createElement("dialog");
    asking.setAttribute("aria-labelledby", "idle-title");
    asking.setAttribute("role", "alertdialog");
    asking.innerHTML = `<div class="dlg"><header><h2 class="lg" id="idle-title">Are you still there?</h2></header>
      <div class="in-dlg"><p>You are signed out in <b data-left></b>. What you have typed is kept.</p></div>
      <footer><button type="button" class="btn" data-leave>Sign out now</button><button type="button" class="btn pri" data-stay>Stay signed in</button></footer></div>`;
    asking.addEventListener("cancel", (event) => event.preventDefault());
    asking.querySelector("[data-stay]").addEventListener("click", async () => { await ask("POST"); answered(); });
    asking.querySelector("[data-leave]").addEventListener("click", async () => { await keep(); await signOut(); });
    document.body.append(asking);
    asking.showModal();
  };
  const signOut = async () => {
    const headers = { "X-CSRFToken": JSON.parse(body.getAttribute("hx-headers"))["X-CSRFToken"] };
    await fetch(body.dataset.signOutUrl, { method: "POST", headers });
    await leave();
  };
  const answered = () => {
    asking?.remove();
    asking = null;
    watch();
  };

  const look = async () => {
    let left;
    try { left = await ask("GET"); } catch { left = Math.round((deadline - Date.now()) / 1000); }
    if (left <= 0) { await leave(); return; }
    if (left > ASK_BEFORE) { answered(); return; }
    if (!asking) question();
    asking.querySelector("[data-left]").textContent = words(left);
    timer = setTimeout(look, Math.min(left * 1000, left > 60 ? 5000 : 1000));
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(0, deadline - Date.now() - ASK_BEFORE * 1000) + 500);
  };

  if (idle) {
    for (const kind of ["keydown", "pointerdown", "input"]) {
      document.addEventListener(kind, () => {
        if (asking || Date.now() - lastTold < USED_EVERY) return;
        lastTold = Date.now();
        ask("POST").then((left) => (left > 0 ? watch() : leave())).catch(() => {});
      }, { capture: true, passive: true });
    }
    // A computer that slept has let the time pass.
    const back = () => { if (Date.now() > deadline - ASK_BEFORE * 1000) look(); };
    addEventListener("pageshow", (event) => { if (event.persisted) look(); });
    addEventListener("focus", back);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) back(); });
    document.addEventListener("submit", (event) => {
      if (Date.now() > deadline) { event.preventDefault(); event.stopImmediatePropagation(); look(); }
    }, { capture: true });
    document.addEventListener("htmx:beforeOnLoad", (event) => {
      if (event.detail.xhr.getResponseHeader("HX-Redirect")?.startsWith(signInUrl)) { event.preventDefault(); leave(); }
    });
    watch();
    restore();
  }
}
