"""Charging a card for an invoice; trying again what failed; AutoPay tonight."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require, require_practice
from kinbook.audit.record import record
from kinbook.cards.commands.carry_on import carry_on
from kinbook.cards.commands.charge import answer_failure, ask_charge
from kinbook.cards.commands.night import pay_by_itself
from kinbook.cards.forms import ChargeForm
from kinbook.cards.models import Card, CardCharge, State
from kinbook.cards.queries.cards import card_for, charge_for, chargeable
from kinbook.cards.queries.keys import keys
from kinbook.cards.queries.night import autopay_on, next_night
from kinbook.cards.views.keys import clock
from kinbook.invoices.commands.settle import Settles
from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.invoice import clients_of_invoice
from kinbook.people.queries import roots
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import Afterwards, beside_fields, came_from, go, page, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def charge(request: Request, invoice_id: UUID) -> HttpResponse:
    """Charge card: which of the payer's, and how much of what is due."""
    viewer = request.viewer
    invoice = Invoice.objects.visible_to(viewer).with_state().filter(pk=invoice_id).first()
    if invoice is None:
        raise Unknown
    clients = [each.pk for each in clients_of_invoice(invoice.pk)]
    for client_id in clients:
        require(viewer, Action.PAYMENT_ADD, client_id)
    payer = roots([invoice.payer_id])[invoice.payer_id]
    cards = chargeable(viewer, payer.pk, clients)
    form = ChargeForm(
        request.POST or None,
        initial={"amount": invoice.standing.due_cents, "token": secrets.token_urlsafe(16)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, invoice, form)
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(
        request,
        "cards/charge.html",
        form=form,
        invoice=invoice,
        payer=payer,
        cards=cards,
        has_keys=keys() is not None,
        status=422 if form.errors else 200,
    )


def _ask(request: Request, invoice: Invoice, form: ChargeForm) -> HttpResponse:
    values = form.cleaned_data
    card = card_for(request.viewer, values["card"])
    parts = [Settles(invoice.pk, values["amount"])]
    asked = ask_charge(request.viewer, card=card, parts=parts, token=values["token"])
    return carried(request, asked, reverse("invoices:invoice", args=[invoice.pk]))


def carried(request: Request, asked: CardCharge, back: str) -> HttpResponse:
    """Carry a charge on once it is committed, tell what became of it, and lead back."""
    practice_id, pk, card = asked.practice_id, asked.pk, asked.card

    def finish() -> HttpResponse:
        say(request, carry_on(practice_id, pk, clock), card)
        return go(request, back)

    return Afterwards(finish)


def say(request: Request, state: str, card: Card) -> None:
    """Tell what became of a charge, in a toast."""
    if state == State.SUCCEEDED:
        messages.success(request, f"{card.name} was charged.")
    elif state == State.FAILED:
        messages.error(request, f"{card.name} was not charged. The page says why; nothing was booked.")
    else:
        messages.success(request, "The charge is on its way: it stands here as soon as the bank answers.")


def of_invoice(request: Request, invoice_id: UUID) -> HttpResponse:
    """The charges of an invoice, as a piece of its page."""
    invoice = Invoice.objects.visible_to(request.viewer).with_state().filter(pk=invoice_id).first()
    if invoice is None:
        raise Unknown
    may_charge = invoice.standing.due_cents > 0 and may(request.viewer, Action.PAYMENT_ADD)
    rows = CardCharge.objects.visible_to(request.viewer).filter(parts__invoice_id=invoice.pk).select_related("card")
    return part(
        request,
        "cards/_of_invoice.html",
        charges=list(rows.order_by("-asked_at")[:10]),
        invoice=invoice,
        may_charge=may_charge,
    )


@require_POST
def again(request: Request, card_charge_id: UUID) -> HttpResponse:
    """Try a failed charge again now."""
    failed = charge_for(request.viewer, card_charge_id)
    if failed.state != State.FAILED:
        raise Conflict("This charge did not fail: there is nothing to try again.")
    parts = [Settles(invoice_id, cents) for invoice_id, cents in failed.parts.values_list("invoice_id", "cents")]
    card = card_for(request.viewer, failed.card_id)
    asked = ask_charge(request.viewer, card=card, parts=parts, token=f"again-{failed.pk}")
    return carried(request, asked, _back(request, failed))


def _back(request: Request, found: CardCharge) -> str:
    return came_from(request, reverse("payments:payer", args=[found.payer_id]))


@require_POST
def answer(request: Request, card_charge_id: UUID) -> HttpResponse:
    """Put a failed charge aside."""
    failed = charge_for(request.viewer, card_charge_id)
    answer_failure(request.viewer, charge=failed)
    messages.success(request, "Put aside: it is not tried again by itself.")
    return go(request, _back(request, failed))


def tonight(request: Request) -> HttpResponse:
    """AutoPay tonight: who is charged, for what, how much, and what is held and why; or all of it now."""
    viewer = request.viewer
    require_practice(viewer, Action.PAYMENT_ADD)
    require(viewer, Action.AMOUNTS_SEE)
    if request.method == "POST":
        record(viewer, "autopay.started")
        practice_id = viewer.practice_id
        return Afterwards(lambda: _all_now(request, practice_id))
    day = next_night(viewer.today)
    plans = autopay_on(day)
    record(viewer, "autopay.viewed", count=len(plans))
    return page(
        request,
        "cards/tonight.html",
        has_keys=keys() is not None,
        day=day,
        plans=[each for each in plans if not each.held],
        held=[each for each in plans if each.held],
        cents=sum(each.cents for each in plans if not each.held),
    )


def _all_now(request: Request, practice_id: UUID) -> HttpResponse:
    states = [carry_on(practice_id, charge_id, clock) for charge_id in pay_by_itself(practice_id, clock())]
    paid, failed = states.count(State.SUCCEEDED), states.count(State.FAILED)
    waiting = len(states) - paid - failed
    told = f"{paid} charged, {failed} failed" + (f", {waiting} on their way" if waiting else "")
    messages.success(request, f"{told}.")
    return go(request, reverse("cards:tonight"))
