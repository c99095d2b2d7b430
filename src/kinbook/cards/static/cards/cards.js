/* A card is typed in at the processor: its number goes from this browser straight there, never through Kinbook. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-card]");
  if (!form) return;
  const problem = form.querySelector("[data-card-problem]");
  const place = form.querySelector("[data-card-place]");
  const tell = (sentence) => {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  };
  if (!window.Stripe) {
    tell(form.dataset.away);
    return;
  }
  const stripe = window.Stripe(form.dataset.card);
  const card = stripe.elements().create("card", { style: { base: { fontSize: "16px" } } });
  card.mount(place);
  const submits = form.querySelectorAll("[type=submit]");
  const wait = (waiting) => submits.forEach((each) => { each.disabled = waiting; });
  const wantsNew = () => {
    const choice = form.querySelector("[name=card]:checked");
    return !choice || choice.value === "new";
  };

  async function takeIn() {
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    const answer = await fetch(form.dataset.setUp, {
      method: "POST",
      headers: token ? { "X-CSRFToken": token.value } : {},
    });
    const begun = await answer.json().catch(() => ({}));
    if (!answer.ok || !begun.secret) throw new Error(begun.problem || form.dataset.away);
    const name = form.dataset.holder;
    const done = await stripe.confirmCardSetup(begun.secret, {
      payment_method: { card, billing_details: name ? { name } : {} },
    });
    if (done.error) throw new Error(done.error.message || form.dataset.away);
    form.querySelector("[name=set_up]").value = begun.id;
  }

  form.addEventListener("submit", async (event) => {
    if (!wantsNew() || form.querySelector("[name=set_up]").value) return;
    event.preventDefault();
    tell("");
    wait(true);
    try {
      await takeIn();
      form.submit();
    } catch (error) {
      tell(error.message);
      wait(false);
    }
  });
})();
