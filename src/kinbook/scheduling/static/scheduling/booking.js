// The dialog of an appointment: the service brings its fee and minutes, the client their clinician; splits unfold.
(() => {
  const form = () => document.querySelector("form[data-booking]");
  document.addEventListener("change", (event) => {
    if (event.target.name !== "service_id" || !event.target.closest("form[data-booking]")) return;
    const { fee, minutes } = event.target.selectedOptions[0].dataset;
    const fields = form().elements;
    if (minutes) fields.minutes.value = minutes;
    if (fee && fields.fee_cents) fields.fee_cents.value = `${Math.floor(fee / 100)}.${String(fee % 100).padStart(2, "0")}`;
  }, true);

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "client-choice" || !form()) return;
    const chosen = event.target.querySelector(".chosen");
    if (!chosen) { event.target.querySelector("input")?.focus(); return; }
    if (chosen.dataset.clinician) form().elements.clinician_id.value = chosen.dataset.clinician;
    form().dispatchEvent(new Event("chosen"));
    form().elements.service_id.focus();
  });

  // Down from the search into what it found, and on.
  document.addEventListener("keydown", (event) => {
    const list = document.getElementById("client-found");
    if (!list || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (!links.length || (at < 0 && document.activeElement.id !== "client-search")) return;
    event.preventDefault();
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    (links[next] || (next < 0 ? document.getElementById("client-search") : links[0])).focus();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-split]");
    if (!button) return;
    const split = document.getElementById("split");
    split.hidden = !split.hidden;
    button.setAttribute("aria-expanded", String(!split.hidden));
    if (!split.hidden) split.querySelector("input[type=number]")?.select();
  });
})();
