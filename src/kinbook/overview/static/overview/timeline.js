// The timeline narrowed to one kind; months without anything left disappear with it.
document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-timeline]");
  if (!choice) return;
  const list = document.querySelector(".tlc ol");
  for (const each of list.querySelectorAll("[data-kind]")) each.hidden = choice.value !== "all" && each.dataset.kind !== choice.value;
  for (const month of list.querySelectorAll(".dayh")) {
    let next = month.nextElementSibling;
    let any = false;
    while (next && !next.classList.contains("dayh")) { any ||= !next.hidden; next = next.nextElementSibling; }
    month.hidden = !any;
  }
});
