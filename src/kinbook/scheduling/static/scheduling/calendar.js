// The calendar: appointments on the practice's clock, whatever the browser's zone. Times are local text
// ("2026-11-20T16:00"), never instants; the server alone knows zones.
(() => {
  const host = document.getElementById("calendar");
  if (!host || !window.EventCalendar) return;
  const set = host.dataset;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const people = read("calendar-people");
  const statuses = read("calendar-statuses");
  const title = document.getElementById("calendar-title");
  const who = document.getElementById("clinician");
  const colours = document.getElementById("colour-by");
  const VIEWS = { day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth", agenda: "listWeek" };
  const NAMES = Object.fromEntries(Object.entries(VIEWS).map(([name, view]) => [view, name]));
  const NARROW = matchMedia("(max-width: 760px)");
  let shown = read("calendar-first");
  let selected = "";
  let anchor = null;
  let ec = null;

  // Dates as text and back, by arithmetic in UTC, so that no clock change of the browser's zone gets in the way.
  const DAY = 86400000;
  const millis = (text) => Date.parse(`${text.length > 10 ? text : `${text}T00:00`}Z`);
  const local = (value) => new Date(value).toISOString().slice(0, 16);
  const fields = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes());
  const ahead = Number(`${set.offset[0]}1`) * (Number(set.offset.slice(1, 3)) * 60 + Number(set.offset.slice(4, 6)));
  const today = () => local(Date.now() + ahead * 60000).slice(0, 10);
  const clock = (text) => `${Number(text.slice(11, 13))}:${text.slice(14, 16)}`;
  const formats = new Map();
  const words = (text, options) => {
    const key = JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }));
    return formats.get(key).format(millis(text.slice(0, 10)));
  };
  const spokenDay = (text) => words(text, { weekday: "long", day: "numeric", month: "long" });

  const make = (tag, className, ...children) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...children.filter(Boolean));
    return node;
  };
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "i sm");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${set.icons}#i-${name}`);
    svg.append(use);
    return svg;
  };
  const hidden = (node) => { node.setAttribute("aria-hidden", "true"); return node; };

  // What an appointment looks like: the body says its status, the edge says who pays.
  const STATUS_CLASS = { show: "show", no_show: "ns", late_cancelled: "ns cx", cancelled: "cx", clinician_cancelled: "cx" };
  const STATUS_ICON = { show: "check", no_show: "alert", late_cancelled: "alert", cancelled: "x", clinician_cancelled: "x" };
  const payerOf = (id) => shown.payers[id] || { name: "", initials: "", slot: 0 };
  const edge = (it) => {
    const rail = make("span", "rl");
    if (it.needs) rail.append(make("i", "none"));
    for (const [id, percent] of it.parts || []) rail.append(make("i", `fill p${payerOf(id).slot} f${Math.min(percent, 100)}`));
    return hidden(rail);
  };
  const marks = (it) => {
    const box = make("span", "mk");
    if (it.needs) box.append(make("span", "nobody", "?"));
    for (const [id] of (it.parts || []).slice(0, 3)) {
      const payer = payerOf(id);
      box.append(make("span", `pm s p${payer.slot}${payer.org ? " org" : ""}`, payer.initials));
    }
    return hidden(box);
  };
  const spoken = (it) => {
    const said = [`${spokenDay(it.start)}, until ${clock(it.end)}`];
    if (it.status) said.push(statuses[it.status]);
    if (people[it.clinician]) said.push(people[it.clinician].name);
    if (it.needs) said.push("needs a payer");
    if (it.parts?.length) said.push(`paid by ${it.parts.map(([id]) => payerOf(id).name).join(" and ")}`);
    return make("span", "vh", `, ${said.join(", ")}`);
  };
  const statusWord = (it) => (!it.status || it.status === "scheduled" || it.status === "show" ? "" : ` ${statuses[it.status]}`);
  const withWhom = (it) => (set.clinician === "" && people[it.clinician] ? ` · ${people[it.clinician].initials}` : "");
  const appointment = (it) => {
    const time = make("span", "ti");
    if (STATUS_ICON[it.status]) time.append(icon(STATUS_ICON[it.status]));
    if (it.confidential) time.append(icon("lock"));
    if (it.video) time.append(icon("video"));
    time.append(make("span", "", `${clock(it.start)}${statusWord(it)}${withWhom(it)}`));
    const box = make("span", "bx", make("b", "", it.title), time, make("span", "de", it.detail || ""), spoken(it));
    return [edge(it), box, marks(it)];
  };
  const line = (it) => [
    make("span", "when", `${clock(it.start)} – ${clock(it.end)}`),
    edge(it),
    make("span", "bx", make("b", "", it.title), make("span", "de", [it.detail, set.clinician === "" && people[it.clinician]?.name].filter(Boolean).join(" · "))),
    make("span", "ti", ...[STATUS_ICON[it.status] && icon(STATUS_ICON[it.status]), it.status ? statuses[it.status] : ""]),
    marks(it),
    spoken(it),
  ];
  const compact = (it) => [edge(it), make("span", "bx", make("span", "at", `${clock(it.start)} `), make("b", "", it.title), spoken(it)), marks(it)];
  // Who is away from the same moment on shares one label, a button each.
  const absence = (it) => {
    const buttons = (it.labels || []).map((each, at) => {
      const initials = set.clinician === "" && people[each.clinician]?.initials;
      const title = at && it.labels[at - 1].title === each.title ? [initials] : [each.title, initials];
      const button = make("button", "", title.filter(Boolean).join(" · "), make("span", "vh", ` of ${people[each.clinician]?.name || "a colleague"}, ${spokenDay(each.start)}`));
      button.type = "button";
      button.dataset.off = each.id;
      return button;
    });
    return [make("span", "offs", ...buttons)];
  };
  const content = ({ event, view }) => {
    const it = event.extendedProps;
    if (event.display === "pointer") return undefined;
    if (!it.title) return { domNodes: [] };
    if (it.more) {
      const button = make("button", "", NARROW.matches ? `+${it.more}` : `${it.more} more`, make("span", "vh", ` on ${spokenDay(it.day)}`));
      button.type = "button";
      button.dataset.day = it.day;
      return { domNodes: [button] };
    }
    if (it.off && event.display === "background") return { domNodes: absence(it) };
    const draw = { listWeek: line, dayGridMonth: compact }[view.type] || appointment;
    const inside = it.off ? [make("span", "bx", [it.title, set.clinician === "" && people[it.clinician]?.initials].filter(Boolean).join(" · "), make("span", "vh", `, ${spokenDay(it.start)}`))] : draw(currently(event));
    const where = it.off ? `time-off/${it.id}` : it.id;
    const hit = make(where ? "a" : "span", "hit", ...inside);
    if (where) Object.assign(hit, { href: `${set.root}${where}/`, draggable: false });
    if (it.id) hit.dataset.id = it.id;
    return { domNodes: [hit] };
  };
  // While it is dragged, the card tells the time under the pointer.
  const currently = (event) => {
    const it = event.extendedProps;
    if (event.display !== "preview") return it;
    return { ...it, start: local(fields(event.start)), end: local(fields(event.end)) };
  };
  const classes = (it) => {
    if (it.off) return ["blk"];
    const found = ["ap", STATUS_CLASS[it.status] || "", `c${people[it.clinician]?.colour || 1}`];
    if (!it.id) found.push("busy");
    if (it.id && it.id === selected) found.push("sel");
    return found.join(" ").split(" ").filter(Boolean);
  };
  const events = () => {
    const view = ec ? ec.getView().type : VIEWS[set.view];
    const grid = ["timeGridDay", "timeGridWeek"].includes(view);
    const away = Map.groupBy(shown.off, (each) => each.start);
    const off = shown.off.map((each) => ({ ...each, off: true, labels: grid && away.get(each.start)[0] === each ? away.get(each.start) : [] }));
    const [held, more] = view === "dayGridMonth" ? fitting(off) : [shown.events, []];
    return [
      ...off.map((it) => ({ id: `off-${it.id}`, start: it.start, end: it.end, display: grid ? "background" : "auto", editable: false, classNames: classes(it), extendedProps: it })),
      ...held.map((it, at) => ({
        id: it.id || `busy-${at}`, start: it.start, end: it.end, title: it.title, editable: Boolean(it.edit), classNames: classes(it), extendedProps: it,
      })),
      ...more,
    ];
  };
  // A day of the month shows what fits, and how many more there are. The library could find that out by measuring
  // every appointment, which takes seconds for a team's month.
  const LINE = 24.2;
  const fitting = (off) => {
    const lines = Math.max(2, Math.floor(((host.clientHeight - 37) / 6 - 26) / LINE));
    const days = Map.groupBy(shown.events, (it) => it.start.slice(0, 10));
    const held = [], more = [];
    for (const [day, found] of days) {
      const room = lines - off.filter((it) => it.start.slice(0, 10) <= day && it.end > day).length;
      const kept = found.length <= room ? found.length : Math.max(0, room - 1);
      held.push(...found.slice(0, kept));
      if (kept < found.length) {
        const told = { day, more: found.length - kept, title: "more" };
        more.push({ id: `more-${day}`, start: `${day}T23:58`, end: `${day}T23:59`, editable: false, classNames: ["more"], extendedProps: told });
      }
    }
    return [held, more];
  };

  // Weekends without anything are narrow.
  const slim = () => {
    const [first, last] = [set.from, set.until];
    const weekend = [...shown.events, ...shown.off].some((it) => it.start < last && it.end > first && [0, 6].includes(new Date(millis(it.start.slice(0, 10))).getUTCDay()));
    host.classList.toggle("slim", !weekend && ["0", "1"].includes(set.weekday));
    host.classList.toggle("sunday", set.weekday === "0");
  };
  // A day is as wide as a finger needs for what overlaps on it; what does not fit is reached sideways.
  const FINGER = 27;
  const lanes = () => {
    const edges = shown.events.flatMap((it) => [[it.start, 1], [it.end, -1]]).sort(([a, up], [b, down]) => (a < b ? -1 : a > b ? 1 : up - down));
    let now = 0;
    return edges.reduce((most, [, step]) => { now += step; return Math.max(most, now); }, 1);
  };
  const draw = () => {
    slim();
    ec.setOption("columnWidth", `minmax(${lanes() * FINGER}px, 1fr)`);
    ec.setOption("events", events());
    document.getElementById("calendar-cut").hidden = !shown.cut;
  };

  // Other dates are fetched by whole weeks, one request at a time.
  let asking = null;
  const load = async (start, until) => {
    asking?.abort();
    const asked = new AbortController();
    asking = asked;
    host.setAttribute("aria-busy", "true");
    const query = new URLSearchParams({ start, end: until, clinician: who.value });
    try {
      const answer = await fetch(`${set.events}?${query}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) throw new Error("refused");
      shown = await answer.json();
      draw();
    } catch (problem) {
      if (problem.name !== "AbortError") toast("The calendar could not be read. Try again.", true);
    } finally {
      if (asking === asked) host.removeAttribute("aria-busy");
    }
  };
  const reload = () => load(shown.start, shown.until);
  const wholeWeeks = (from, until) => {
    const start = millis(from) - ((new Date(millis(from)).getUTCDay() - Number(set.weekday) + 7) % 7) * DAY;
    const days = Math.ceil((millis(until) - start) / DAY / 7) * 7;
    return [local(start).slice(0, 10), local(start + days * DAY).slice(0, 10)];
  };
  const named = (view, from, until) => {
    const short = NARROW.matches || (view !== "day" && from.slice(0, 7) !== local(millis(until) - DAY).slice(0, 7));
    const long = short ? "short" : "long";
    const last = local(millis(until) - DAY);
    if (view === "month") return words(from, { month: "long", year: "numeric" });
    if (view === "day") return `${words(from, { weekday: "short" })} ${words(from, { day: "numeric", month: long, year: "numeric" })}`;
    const year = from.slice(0, 4) === last.slice(0, 4) ? {} : { year: "numeric" };
    const month = from.slice(0, 7) === last.slice(0, 7) ? {} : { month: long };
    return `${words(from, { day: "numeric", ...month, ...year })} – ${words(last, { day: "numeric", month: long, year: "numeric" })}`;
  };
  const STEPS = { day: "day", week: "week", month: "month", agenda: "week" };
  const dates = (info) => {
    const view = NAMES[info.view.type];
    const [from, until] = [info.startStr.slice(0, 10), info.endStr.slice(0, 10)];
    const day = view === "month" ? local(fields(info.view.currentStart)).slice(0, 10) : from;
    Object.assign(set, { view, from, until });
    title.textContent = named(view, view === "month" ? day : from, until);
    for (const link of document.querySelectorAll("[data-view]")) {
      if (link === host) continue;
      link.toggleAttribute("aria-current", false);
      if (link.dataset.view === view) link.setAttribute("aria-current", "true");
      link.href = `?${new URLSearchParams({ view: link.dataset.view, date: day, clinician: who.value })}`;
    }
    document.querySelector('[data-step="prev"]').setAttribute("aria-label", `Previous ${STEPS[view]}`);
    document.querySelector('[data-step="next"]').setAttribute("aria-label", `Next ${STEPS[view]}`);
    history.replaceState(null, "", `?${new URLSearchParams({ view, date: day, clinician: who.value })}`);
    if (!ec) return;
    const [start, end] = wholeWeeks(from, until);
    if (start < shown.start || end > shown.until || shown.clinician !== (who.value === "all" ? "" : who.value)) load(start, end);
    else draw();
  };

  // Dialogs come from the server; the card stands beside its appointment.
  const open = (url) => htmx.ajax("GET", url, { target: "#dialog", swap: "innerHTML" });
  const create = (start, end) => {
    if (!("create" in set)) return;
    const query = new URLSearchParams({ start });
    if (end) query.set("end", end);
    if (who.value !== "all") query.set("clinician", who.value);
    open(`${set.root}new/?${query}`);
  };
  const openCard = (id, element) => {
    selected = id;
    anchor = element;
    draw();
    open(`${set.root}${id}/`);
  };
  const elementOf = (id) => host.querySelector(`a.hit[data-id="${CSS.escape(id)}"]`);
  const place = (dialog) => {
    const near = elementOf(selected) || anchor;
    if (NARROW.matches || !near?.isConnected) return;
    const box = near.closest("article").getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = dialog;
    const room = box.left - host.getBoundingClientRect().left;
    const left = room > width + 12 ? box.left - width - 10 : Math.min(box.right + 10, innerWidth - width - 12);
    const top = Math.max(12, Math.min(box.top - height / 2, innerHeight - height - 12));
    dialog.style.left = `${Math.max(12, left)}px`;
    dialog.style.top = `${top}px`;
    dialog.dataset.side = left < box.left ? "left" : "right";
    dialog.style.setProperty("--arrow", `${Math.max(18, Math.min(box.top + Math.min(box.height, 60) / 2 - top, height - 18))}px`);
  };
  const grown = new ResizeObserver(([entry]) => { if (entry.target.isConnected) place(entry.target.closest("dialog")); });
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.target.closest("dialog.at-event") || event.target.querySelector?.("dialog.at-event");
    if (dialog) {
      place(dialog);
      grown.disconnect();
      grown.observe(dialog.firstElementChild);
    }
    const any = event.target.id === "dialog" ? event.target.querySelector("dialog") : null;
    any?.addEventListener("close", () => {
      ec.unselect();
      if (!any.matches(".at-event")) return;
      const back = selected;
      selected = "";
      draw();
      requestAnimationFrame(() => elementOf(back)?.focus());
    });
  });
  // A click beside the card closes it, as it covers nothing.
  document.addEventListener("click", (event) => {
    if (event.target.matches?.("dialog.at-event[open]")) event.target.close();
  });
  document.body.addEventListener("kinbook:calendar", (event) => {
    const { say } = event.detail;
    if (say) {
      document.querySelector("#dialog dialog")?.close();
      toast(say);
    }
    reload();
  });

  // Moving and resizing: asked of the server at once, taken back with the reason where it is refused.
  const askScope = () => new Promise((resolve) => {
    const holder = document.getElementById("dialog");
    holder.replaceChildren(document.getElementById("calendar-scope").content.cloneNode(true));
    const dialog = holder.querySelector("dialog");
    dialog.addEventListener("close", () => { holder.replaceChildren(); resolve(dialog.returnValue); });
    dialog.showModal();
  });
  const post = async (id, values) => {
    const headers = { Accept: "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) };
    const answer = await fetch(`${set.root}${id}/move/`, { method: "POST", headers, body: new URLSearchParams(values) });
    const told = await answer.json().catch(() => ({ sentence: "Nothing was saved: try again." }));
    return { ok: answer.ok && !answer.redirected, ...told };
  };
  const minutes = (it) => (millis(it.end) - millis(it.start)) / 60000;
  const moved = async (info) => {
    const before = info.oldEvent.extendedProps;
    const start = local(fields(info.event.start));
    const length = (fields(info.event.end) - fields(info.event.start)) / 60000;
    const scope = before.series ? await askScope() : "one";
    if (!scope) { info.revert(); return; }
    try {
      const told = await post(before.id, { start, minutes: length, scope, version: before.version });
      if (!told.ok) { info.revert(); toast(told.sentence, true); reload(); return; }
      const now = `${words(start, { weekday: "short", day: "numeric", month: "short" })}, ${clock(start)}`;
      const sentences = [`${before.title}: ${now} – ${clock(local(fields(info.event.end)))}.`, ...told.conflicts];
      undoable(sentences.join(" "), async () => {
        const back = await post(before.id, { start: before.start, minutes: minutes(before), scope, version: told.version });
        toast(back.ok ? "Moved back." : back.sentence, !back.ok);
        reload();
      });
    } catch {
      info.revert();
      toast("No connection. Nothing was saved: try again.", true);
    }
    reload();
  };
  const undoable = (sentence, undo) => {
    toast(sentence);
    const box = document.getElementById("toasts").lastElementChild;
    const button = make("button", "btn s", "Undo");
    button.type = "button";
    button.addEventListener("click", () => { box.remove(); undo(); });
    box.querySelector("[data-close]").before(button);
  };

  // The library's own roles make a table that is none; a labelled group of days and buttons is what it is.
  const settleRoles = () => {
    const root = host.firstElementChild;
    if (root && root.getAttribute("role") !== "group") {
      root.setAttribute("role", "group");
      root.setAttribute("aria-label", "Calendar");
    }
    for (const part of host.querySelectorAll('[role="row"], [role="rowgroup"], [role="cell"], [role="columnheader"], [role="listitem"]')) {
      for (const name of ["role", "aria-colindex", "aria-colspan"]) part.removeAttribute(name);
    }
    for (const part of host.querySelectorAll("h4:not([aria-level])")) part.setAttribute("aria-level", "2");
    for (const part of host.querySelectorAll("time[aria-label], .ec-col-head span[aria-label]")) part.removeAttribute("aria-label");
    const main = host.querySelector(".ec-main");
    if (main && !main.hasAttribute("tabindex")) main.tabIndex = 0;
  };

  const dayHead = (date) => {
    const day = local(fields(date)).slice(0, 10);
    return { domNodes: [make("span", "dn", words(day, { weekday: "short" })), make("b", "", String(Number(day.slice(8)))), make("span", "vh", words(day, { month: "long" }))] };
  };
  colours.value = localStorage.getItem("calendar-colours") || "status";
  host.dataset.colours = colours.value;
  set.clinician = who.value === "all" ? "" : who.value;
  if (!("asked" in set) && NARROW.matches) set.view = "day";
  ec = EventCalendar.create(host, {
    view: VIEWS[set.view],
    date: set.date,
    timeZone: set.offset,
    firstDay: Number(set.weekday),
    events: events(),
    headerToolbar: { start: "", center: "", end: "" },
    height: "100%",
    allDaySlot: false,
    nowIndicator: true,
    slotDuration: "00:30",
    slotHeight: 33,
    snapDuration: "00:15",
    slotMinTime: "07:00",
    slotMaxTime: "21:00",
    scrollTime: "08:30",
    flexibleSlotTimeLimits: true,
    slotEventOverlap: false,
    slotLabelFormat: (time) => clock(local(fields(time))),
    dayHeaderFormat: dayHead,
    dayMaxEvents: false,
    eventContent: content,
    editable: "create" in set,
    selectable: "create" in set,
    longPressDelay: 400,
    eventDrop: moved,
    eventResize: moved,
    select: ({ startStr, endStr, view }) => (view.type === "dayGridMonth" ? create(`${startStr.slice(0, 10)}T09:00`) : create(startStr.slice(0, 16), endStr.slice(0, 16))),
    dateClick: ({ dateStr, view }) => {
      if (view.type === "listWeek") return;
      create(view.type === "dayGridMonth" ? `${dateStr.slice(0, 10)}T09:00` : dateStr.slice(0, 16));
    },
    datesSet: dates,
    noEventsContent: () => "Nothing is booked this week.",
    listDayFormat: (date) => spokenDay(local(fields(date))),
    listDaySideFormat: () => "",
    dayCellFormat: (date) => String(date.getDate()),
    views: { dayGridMonth: { dayHeaderFormat: (date) => words(local(fields(date)), { weekday: "short" }) } },
  });
  draw();
  new MutationObserver(settleRoles).observe(host, { childList: true, subtree: true });
  settleRoles();

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (step === "today") ec.gotoDate(today());
    if (step === "prev") ec.prev();
    if (step === "next") ec.next();
    const view = event.target.closest("a[data-view]");
    if (view && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      ec.setOption("view", VIEWS[view.dataset.view]);
    }
    if (event.target.closest("[data-new]")) {
      create(set.from <= today() && today() < set.until ? today() : set.from);
    }
    const day = event.target.closest("button[data-day]");
    if (day) ec.setOption("date", day.dataset.day).setOption("view", VIEWS.day);
    const off = event.target.closest("[data-off]");
    if (off) open(`${set.root}time-off/${off.dataset.off}/`);
    const hit = event.target.closest("a.hit");
    if (hit && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (hit.dataset.id) openCard(hit.dataset.id, hit);
      else open(hit.href);
    }
  });
  who.addEventListener("change", () => {
    set.clinician = who.value === "all" ? "" : who.value;
    dates({ view: ec.getView(), startStr: set.from, endStr: set.until });
  });
  colours.addEventListener("change", () => {
    localStorage.setItem("calendar-colours", colours.value);
    host.dataset.colours = colours.value;
  });
  // What colleagues did meanwhile is there when one comes back to the page; a month shows as much as fits.
  let since = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - since < 60000 || document.querySelector("dialog[open]")) return;
    since = Date.now();
    reload();
  });
  let resized = 0;
  addEventListener("resize", () => {
    clearTimeout(resized);
    if (set.view === "month") resized = setTimeout(draw, 200);
  });
  if (set.opened) openCard(set.opened, null);
})();
