// What is new, as it happens. One tab of a browser holds the connection and tells the others, so that many open tabs
// do not use up the connections a browser allows; where streams are cut on the way, it asks every few seconds.
(() => {
  const { live: door, livePerson: person } = document.body.dataset;
  if (!door) return;
  const ASK_EVERY = 15000, SILENT_FOR = 45000;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`kinbook-live-${person}`) : null;
  let since = "";

  function tell(news) {
    since = news.moment || since;
    for (const badge of document.querySelectorAll("[data-unread]")) {
      badge.textContent = news.unread > 99 ? "99+" : news.unread;
      badge.hidden = !news.unread;
    }
    document.dispatchEvent(new CustomEvent("kinbook:news", { detail: news }));
  }

  function share(news) {
    tell(news);
    if (tabs) tabs.postMessage(news);
  }

  function listen() {
    const stream = new EventSource(since ? `${door}?since=${encodeURIComponent(since)}` : door);
    let heard = Date.now();
    const watch = setInterval(() => { if (Date.now() - heard > SILENT_FOR && stream.readyState !== 1) leave(); }, 5000);
    const leave = () => { clearInterval(watch); stream.close(); ask(); };
    stream.addEventListener("open", () => { heard = Date.now(); });
    stream.addEventListener("news", (event) => {
      heard = Date.now();
      share({ ...JSON.parse(event.data), moment: event.lastEventId });
    });
    stream.addEventListener("end", () => { clearInterval(watch); stream.close(); });
    stream.addEventListener("error", () => { if (stream.readyState === 2) leave(); });
  }

  async function ask() {
    try {
      const answer = await fetch(`${door}?since=${encodeURIComponent(since)}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return; // signed out: the next click leads to the door
      if (answer.ok) share(await answer.json());
    } catch { /* no network: ask again */ }
    setTimeout(ask, ASK_EVERY);
  }

  // What is shown and grows (data-fresh) is fetched again when something is new, by a page that somebody looks at: what
  // was fetched counts as read. New children are added, changed ones replaced; the rest, and what is typed, stays.
  let owed = true; // between the page and the first event something may have come
  async function freshen() {
    const places = [...document.querySelectorAll("[data-fresh][id]")];
    if (!owed || !places.length || document.hidden) return;
    owed = false;
    const answer = await fetch(location.href, { headers: { "X-Kinbook-Background": "1" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of places) {
      const fresh = page.getElementById(place.id);
      if (!fresh) continue;
      const box = place.dataset.fresh === "page" ? document.scrollingElement : place;
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 120;
      if (place.dataset.fresh === "list") place.replaceChildren(...fresh.childNodes);
      else for (const child of [...fresh.children]) {
        const known = child.id && document.getElementById(child.id);
        if (!known && child.id) place.append(child);
        else if (known && known.outerHTML !== child.outerHTML) known.replaceWith(child);
      }
      if (window.htmx) window.htmx.process(place);
      if (atEnd && place.dataset.fresh !== "list") box.scrollTop = box.scrollHeight;
    }
  }
  document.addEventListener("kinbook:news", (event) => { owed ||= event.detail.messages.length > 0; freshen(); });
  document.addEventListener("visibilitychange", freshen);

  if (tabs) tabs.addEventListener("message", (event) => tell(event.data));
  if (navigator.locks && tabs) navigator.locks.request(`kinbook-live-${person}`, () => new Promise(listen));
  else listen();
})();
