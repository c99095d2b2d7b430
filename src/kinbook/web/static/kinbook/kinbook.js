// What pages need beyond HTML: dialogs, menus, toasts, search, and a way out that loses nothing.

const dialogHost = () => document.getElementById("dialog");

// Typing begins in the first field, not on the way out; and what was typed while the search was on its way is in it.
let typedAhead = null;
const beginTyping = (dialog) => {
  const fields = dialog.querySelectorAll(".in-dlg :is(input, select, textarea):not([type=hidden], :disabled)");
  const answered = [...fields].filter((field) => field.type === "radio" && field.checked).map((field) => field.name);
  const first = dialog.querySelector("[aria-invalid=true]") || dialog.querySelector("[autofocus]") || [...fields].find((field) => !answered.includes(field.name));
  first?.focus();
};
// Only what has settled answers to what is entered in it.
document.addEventListener("htmx:afterSettle", () => {
  const first = document.querySelector("#dialog dialog[open] input:focus");
  if (typedAhead && first) {
    first.value = typedAhead + first.value;
    first.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (document.querySelector("#dialog dialog[open]")) typedAhead = null;
});

// A dialog arrives as a part of a page; it is shown alone, and gone when closed.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "dialog") return;
  const dialog = event.target.querySelector("dialog");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  beginTyping(dialog);
  // the event comes late: by then another dialog may stand in its place
  dialog.addEventListener("close", () => { if (dialogHost().contains(dialog)) dialogHost().replaceChildren(); });
});

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog, .toast")?.tagName === "DIALOG" ? closer.closest("dialog").close() : closer.closest(".toast").remove();
  }
});

// A menu's items exist only while it is open.
let openMenu = null;
const closeMenu = () => {
  if (!openMenu) return;
  openMenu.menu.remove();
  openMenu.button.setAttribute("aria-expanded", "false");
  openMenu = null;
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  const wasOpen = openMenu && openMenu.button === button;
  if (openMenu && !openMenu.menu.contains(event.target)) closeMenu();
  if (!button || wasOpen) return;
  const menu = document.createElement("div");
  menu.className = "menu";
  menu.setAttribute("role", "menu");
  menu.append(document.getElementById(button.dataset.menu).content.cloneNode(true));
  for (const item of menu.children) item.setAttribute("role", "menuitem");
  document.body.append(menu);
  const box = button.getBoundingClientRect();
  menu.style.top = `${box.bottom + window.scrollY + 4}px`;
  menu.style.left = `${Math.max(8, Math.min(box.right - menu.offsetWidth, window.innerWidth - menu.offsetWidth - 8)) + window.scrollX}px`;
  button.setAttribute("aria-expanded", "true");
  openMenu = { menu, button };
  htmx.process(menu);
  menu.firstElementChild?.focus();
});
document.addEventListener("keydown", (event) => {
  if (openMenu) {
    const items = [...openMenu.menu.children];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") { const { button } = openMenu; closeMenu(); button.focus(); }
    if (event.key === "ArrowDown") { event.preventDefault(); items[(at + 1) % items.length].focus(); }
    if (event.key === "ArrowUp") { event.preventDefault(); items[(at - 1 + items.length) % items.length].focus(); }
    return;
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    const search = document.querySelector("[data-search]");
    if (search) typedAhead = "";
    search?.click();
  } else if (typedAhead !== null && event.key.length === 1 && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    typedAhead += event.key;
  }
});

// In the search, arrows walk through what was found, and Enter opens the first, once it answers to what was typed.
document.addEventListener("keydown", (event) => {
  const search = event.target.closest?.("dialog.search");
  const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
  if (!search || !step || (event.key === "Enter" && event.target.tagName !== "INPUT")) return;
  const hits = [...search.querySelectorAll("#hits a")];
  if (!hits.length) return;
  event.preventDefault();
  const at = hits.indexOf(event.target) + step;
  if (event.key === "Enter" && hits[0].closest("ul").dataset.text !== event.target.value.trim()) return;
  if (event.key === "Enter") hits[0].click();
  else (at < 0 ? search.querySelector("input") : hits[Math.min(at, hits.length - 1)]).focus();
});

document.addEventListener("htmx:beforeRequest", (event) => { if (openMenu?.menu.contains(event.target)) setTimeout(closeMenu); });

// Refusals come back as parts of pages with their own status; show them.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; return; }
  if (xhr.status >= 400) {
    typedAhead = null;
    event.detail.shouldSwap = false;
    toast(new DOMParser().parseFromString(xhr.responseText, "text/html").body.textContent.trim() || "Something went wrong. Nothing was saved.", true);
  }
});
document.addEventListener("htmx:sendError", () => { typedAhead = null; toast("No connection. Nothing was saved: try again.", true); });

const toast = (words, isError) => {
  const box = document.createElement("div");
  box.className = isError ? "toast error" : "toast";
  box.setAttribute("role", isError ? "alert" : "status");
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.close = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  box.append(text, close);
  document.getElementById("toasts").append(box);
  if (!isError) setTimeout(() => box.remove(), 6000);
};
for (const shown of document.querySelectorAll(".toast:not(.error)")) setTimeout(() => shown.remove(), 6000);

// A page that came back with errors begins at the first of them.
document.querySelector("main [aria-invalid=true]")?.focus();

// Where sections do not fit, the one that is open is in sight.
document.querySelector('.sections [aria-current], .tabs [aria-current]')?.scrollIntoView({ block: "nearest", inline: "center" });

// Light, dark, or as the system says.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const now = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("theme", next);
});

// Rows of a form that may be added: the template holds one with __n__ for its place.
document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add-row]");
  if (adder) {
    const list = document.getElementById(adder.dataset.addRow);
    const source = document.getElementById(adder.dataset.rowTemplate || `${adder.dataset.addRow}-row`);
    const place = Number(list.dataset.next || list.children.length);
    list.dataset.next = place + 1;
    const holder = document.createElement("template");
    holder.innerHTML = source.innerHTML.replaceAll("__n__", place);
    list.append(holder.content);
    const added = list.lastElementChild;
    htmx.process(added);
    added.querySelector("input, select")?.focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const remover = event.target.closest("[data-remove-row]");
  if (remover) {
    const list = remover.closest("[data-rows]");
    remover.closest("[data-row]").remove();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// What depends on a choice is shown with it: data-when="name=value|other". What is hidden is not sent.
// Several choices are parted by commas, one is enough; of a name with a star any field counts: "exception-*=value".
const isChosen = (scope, name, wanted) => {
  const [begins, any] = name.split("*");
  const fields = [...scope.querySelectorAll(any === undefined ? `[name="${name}"]` : `[name^="${begins}"]`)];
  const chosen = fields.filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked);
  const values = any === undefined ? [chosen[0]?.value ?? ""] : chosen.map((field) => field.value);
  return values.some((value) => wanted.split("|").includes(value));
};
const showDependents = (root) => {
  const parts = [...root.querySelectorAll("[data-when]")];
  for (const part of parts) {
    const scope = part.closest("form") || document;
    part.hidden = !part.dataset.when.split(",").some((one) => isChosen(scope, ...one.split("=")));
  }
  for (const part of parts) {
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = field.closest("[hidden]") !== null;
  }
};
document.addEventListener("change", (event) => showDependents(event.target.closest("form") || document));
document.addEventListener("htmx:afterSettle", (event) => showDependents(event.target));
showDependents(document);

// A time zone that nobody chose yet is the browser's own, where the list has it.
for (const select of document.querySelectorAll("select[data-own-zone]")) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!select.value && [...select.options].some((option) => option.value === own)) select.value = own;
}

// A form that was changed asks before the page is left.
let dirty = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-keep]")) dirty = true; });
document.addEventListener("submit", () => { dirty = false; });
document.addEventListener("htmx:configRequest", (event) => { if (event.detail.verb !== "get") dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
