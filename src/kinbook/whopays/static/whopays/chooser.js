// The custody strip: 28 days that are painted with the pointer or the keyboard, by cycle or by date.
(() => {
  const DAY = 86400000;
  const read = (text) => Date.UTC(...text.split("-").map((part, at) => Number(part) - (at === 1 ? 1 : 0)));
  const write = (time) => new Date(time).toISOString().slice(0, 10);
  const words = (time, more) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", ...more }).format(time);

  const start = (root) => {
    if (root.dataset.started) return;
    root.dataset.started = "yes";
    const data = JSON.parse(root.dataset.chooser);
    const payers = new Map(data.payers.map((payer) => [payer.id, payer]));
    const state = { cycle: data.cycle, dates: data.dates, brush: (data.payers[1] || data.payers[0])?.id, undo: [] };
    const field = (name) => root.querySelector(`[name="${name}"]`);
    const anchor = field("anchor");
    const today = data.today ? read(data.today) : Date.now();
    let shown = monday(today);
    const appointments = new Set(data.appointments);

    function monday(time) { return time - ((new Date(time).getUTCDay() + 6) % 7) * DAY; }
    const usual = (time) => {
      const length = state.cycle.length || 1;
      const past = Math.round((time - read(anchor.value || write(today))) / DAY) % length;
      return state.cycle[(past + length) % length];
    };
    const pays = (time) => state.dates[write(time)] || usual(time);
    const letters = () => {
      const first = state.cycle[0];
      return state.cycle.map((payer) => (payer === first ? "A" : "B")).join("");
    };

    const tell = () => {
      field("cycle").value = JSON.stringify(state.cycle);
      field("dates").value = JSON.stringify(state.dates);
      field("cycle").dispatchEvent(new Event("change", { bubbles: true }));
    };
    const remember = () => state.undo.push(JSON.stringify([state.cycle, state.dates]));
    const twoHomes = () => [state.cycle[0] || data.payers[0]?.id, state.cycle.find((payer) => payer !== state.cycle[0]) || data.payers[1]?.id || data.payers[0]?.id];

    const draw = () => {
      const patterns = root.querySelector(".patterns");
      const current = Object.entries(data.presets).find(([, letter]) => letter === letters())?.[0] || "Custom";
      patterns.replaceChildren(...[...Object.keys(data.presets), "Custom"].map((name) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = name;
        button.setAttribute("aria-pressed", String(name === current));
        button.addEventListener("click", () => {
          if (!data.presets[name]) return;
          const [one, other] = twoHomes();
          remember();
          state.cycle = [...data.presets[name]].map((letter) => (letter === "A" ? one : other));
          draw(); tell();
        });
        return button;
      }));
      root.querySelector(".brushes").replaceChildren(...data.payers.map((payer) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = `brush p${payer.slot}`;
        button.setAttribute("aria-pressed", String(payer.id === state.brush));
        const mark = document.createElement("span");
        mark.className = `pm s p${payer.slot}`;
        mark.setAttribute("aria-hidden", "true");
        mark.textContent = payer.letter;
        button.append(mark, payer.name);
        button.addEventListener("click", () => { state.brush = payer.id; draw(); });
        return button;
      }));
      root.querySelector(".span").textContent = `${words(shown)} – ${words(shown + 27 * DAY, { year: "numeric" })}`;
      root.querySelector(".wk").replaceChildren(...[..."MTWTFSSMTWTFSS"].slice(0, matchMedia("(max-width: 760px)").matches ? 7 : 14).map((letter) => {
        const name = document.createElement("span");
        name.textContent = letter;
        return name;
      }));
      drawDays();
    };

    const drawDays = () => {
      const days = root.querySelector(".days");
      const focused = document.activeElement?.dataset?.day;
      days.replaceChildren(...Array.from({ length: 28 }, (_, at) => dayOf(shown + at * DAY)));
      if (focused) days.querySelector(`[data-day="${focused}"]`)?.focus();
    };
    const dayOf = (time) => {
      const payer = payers.get(pays(time)) || { name: "nobody", letter: "?", slot: 0 };
      const exception = write(time) in state.dates;
      const day = document.createElement("button");
      day.type = "button";
      day.dataset.day = write(time);
      day.className = `day tint p${payer.slot}${exception ? " ex" : ""}${time < today ? " past" : ""}${write(time) === write(today) ? " today" : ""}`;
      day.setAttribute("aria-label", `${words(time, { weekday: "short" })}: ${payer.name}${exception ? ", exception" : ""}${appointments.has(write(time)) ? ", appointment" : ""}`);
      const number = document.createElement("span");
      number.className = "dn";
      const date = new Date(time).getUTCDate();
      number.textContent = date === 1 ? words(time) : date;
      const letter = document.createElement("span");
      letter.className = "di";
      letter.textContent = payer.letter;
      day.append(number, letter);
      if (appointments.has(write(time))) {
        const dot = document.createElement("span");
        dot.className = "ap";
        day.append(dot);
      }
      return day;
    };

    const paint = (name) => {
      const time = read(name);
      const onlyThese = root.querySelector('[name="painting"]:checked').value === "dates";
      if (onlyThese) {
        if (usual(time) === state.brush) delete state.dates[name];
        else state.dates[name] = state.brush;
      } else {
        const length = state.cycle.length;
        const past = Math.round((time - read(anchor.value)) / DAY) % length;
        state.cycle[(past + length) % length] = state.brush;
        delete state.dates[name];
      }
    };

    let painting = null;
    const days = root.querySelector(".days");
    const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest?.("[data-day]");
    days.addEventListener("pointerdown", (event) => {
      const day = under(event);
      if (!day) return;
      event.preventDefault();
      day.focus();
      remember();
      painting = new Set([day.dataset.day]);
      paint(day.dataset.day);
      drawDays();
    });
    addEventListener("pointermove", (event) => {
      const day = painting && under(event);
      if (!day || painting.has(day.dataset.day) || !root.contains(day)) return;
      painting.add(day.dataset.day);
      paint(day.dataset.day);
      drawDays();
    });
    addEventListener("pointerup", () => {
      if (!painting) return;
      painting = null;
      draw(); tell();
    });
    days.addEventListener("keydown", (event) => {
      const day = event.target.closest("[data-day]");
      if (!day) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        remember(); paint(day.dataset.day); draw(); tell();
        return;
      }
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 14, ArrowUp: -14 }[event.key];
      if (!step) return;
      event.preventDefault();
      days.querySelector(`[data-day="${write(read(day.dataset.day) + step * DAY)}"]`)?.focus();
    });
    for (const mover of root.querySelectorAll("[data-strip]")) {
      mover.addEventListener("click", () => { shown += Number(mover.dataset.strip) * DAY; draw(); });
    }
    root.querySelector("[data-undo-paint]").addEventListener("click", () => {
      const before = state.undo.pop();
      if (before) [state.cycle, state.dates] = JSON.parse(before);
      draw(); tell();
    });
    anchor.addEventListener("change", draw);
    field("cycle").value = JSON.stringify(state.cycle);
    field("dates").value = JSON.stringify(state.dates);
    draw();
  };

  // In a new client's form the chooser stands as soon as two are responsible, under the names typed so far.
  document.addEventListener("change", (event) => {
    const place = document.getElementById("new-who-pays");
    if (!place || place.contains(event.target)) return;
    const name = event.target.name || "";
    const asks = event.target.matches("[data-rows]") || name === "type" || name.endsWith("responsible_for_billing");
    const renames = /-(first|last|organization)_name$/.test(name) && place.querySelector("[data-chooser]");
    if (asks || renames) htmx.trigger(place, "rows");
  });

  const startAll = (root) => root.querySelectorAll("[data-chooser]").forEach(start);
  document.addEventListener("htmx:afterSettle", (event) => startAll(event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => startAll(document));
  else startAll(document);
})();
