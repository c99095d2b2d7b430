// Writing: every message has an id of the browser's making, so that a repeat is no second one; drafts keep themselves.

const newId = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
  (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

const prepare = () => {
  const said = document.getElementById("said");
  if (said) said.scrollTop = said.scrollHeight;
  const form = document.querySelector("[data-composer]");
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "yes";
  form.querySelector("[data-own-id]").value = newId();
};

// Drafts: of a message that is being written (data-composer), of a conversation that is to begin (data-new-draft).
const WRITING = "[data-composer], [data-new-draft]";
let timer = null;
const keepDraft = (form) => {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const kept = form.querySelector("[data-kept]");
  const all = new URLSearchParams(new FormData(form));
  return fetch(form.dataset.draft ?? form.dataset.newDraft, {
    method: "POST",
    headers: { "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded" },
    body: form.dataset.draft ? new URLSearchParams({ body: all.get("body") }) : all,
  })
    .then((answer) => { kept.textContent = answer.ok ? "Draft kept" : "The draft could not be kept"; })
    .catch(() => { kept.textContent = "No connection: your words stay on this page"; });
};

document.addEventListener("input", (event) => {
  const form = event.target.closest(WRITING);
  if (!form || (form.dataset.draft && event.target.name !== "body")) return;
  clearTimeout(timer);
  timer = setTimeout(() => keepDraft(form), 900);
});

document.addEventListener("click", (event) => {
  const template = event.target.closest("[data-words]");
  const words = document.querySelector("[data-composer] [name=body]");
  if (!template || !words) return;
  words.value = words.value ? `${words.value}\n\n${template.dataset.words}` : template.dataset.words;
  template.closest("dialog").close();
  words.dispatchEvent(new Event("input", { bubbles: true }));
  words.focus();
});

// Enter makes a line; with Ctrl or Command it sends.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".pri"));
  }
});

document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches?.(WRITING) || event.target.closest?.("[data-new-draft]")) clearTimeout(timer); });
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "thread") prepare(); });
prepare();
