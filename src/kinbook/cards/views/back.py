"""Money that goes back: refunds to the card it came from, and disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.cards.commands.disputes import answer_dispute
from kinbook.cards.commands.refunds import answer_refund, ask_card_refund, carry_on_refund, refundable_cents
from kinbook.cards.forms import RefundForm
from kinbook.cards.models import CardCharge, CardRefund, Dispute, RefundState
from kinbook.cards.views.keys import clock
from kinbook.payments.queries.payment import payment_page
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import Afterwards, beside_fields, done, go, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def _charge_of(request: Request, payment_id: UUID) -> CardCharge | None:
    """Return the charge a payment came from; the payment must be one the viewer may see."""
    payment_page(request.viewer, payment_id)
    return CardCharge.objects.select_related("card", "payment").filter(payment_id=payment_id).first()


def of_payment(request: Request, payment_id: UUID) -> HttpResponse:
    """What a card's payment came from, as a piece of the payment's page."""
    charge = _charge_of(request, payment_id)
    viewer = request.viewer
    client_id = charge.payment.client_id if charge and charge.payment else None
    return part(
        request,
        "cards/_of_payment.html",
        charge=charge,
        refunds=list(charge.refunds.order_by("asked_at")) if charge else [],
        disputes=list(charge.disputes.order_by("opened_at")) if charge else [],
        left=refundable_cents(charge) if charge else 0,
        may_refund=may(viewer, Action.PAYMENT_REFUND, client_id),
    )


def refund(request: Request, card_payment_id: UUID) -> HttpResponse:
    """Give back all or part of a payment to the card it came from."""
    charge = _charge_of(request, card_payment_id)
    if charge is None or charge.payment is None:
        raise Unknown
    require(request.viewer, Action.PAYMENT_REFUND, charge.payment.client_id)
    left = refundable_cents(charge)
    form = RefundForm(request.POST or None, initial={"amount": left})
    if request.method == "POST" and form.is_valid():
        try:
            values = form.cleaned_data
            asked = ask_card_refund(request.viewer, charge=charge, cents=values["amount"], reason=values["reason"])
            return _carried(request, asked, reverse("payments:payment", args=[card_payment_id]))
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return part(request, "cards/refund.html", charge=charge, form=form, left=left, status=status)


def _carried(request: Request, asked: CardRefund, back: str) -> HttpResponse:
    practice_id, pk = asked.practice_id, asked.pk

    def finish() -> HttpResponse:
        state = carry_on_refund(practice_id, pk, clock)
        if state == RefundState.DONE:
            messages.success(request, "Refunded: it stands on the card in some days.")
        elif state == RefundState.FAILED:
            messages.error(request, "The card processor did not give it back. Nothing was booked.")
        else:
            messages.success(request, "The refund is on its way: it is booked as soon as the processor says so.")
        return go(request, back)

    return Afterwards(finish)


@require_POST
def refund_answered(request: Request, card_refund_id: UUID) -> HttpResponse:
    """Put a failed refund aside."""
    row = CardRefund.objects.select_related("charge").filter(pk=card_refund_id).first()
    if row is None or row.charge.payment_id is None:
        raise Unknown
    payment_page(request.viewer, row.charge.payment_id)
    answer_refund(request.viewer, row=row)
    return done(request, reverse("payments:payment", args=[row.charge.payment_id]), "Put aside.")


@require_POST
def dispute_answered(request: Request, dispute_id: UUID) -> HttpResponse:
    """Put a dispute aside."""
    row = Dispute.objects.select_related("charge").filter(pk=dispute_id).first()
    if row is None or row.charge.payment_id is None:
        raise Unknown
    payment_page(request.viewer, row.charge.payment_id)
    answer_dispute(request.viewer, row=row)
    return done(request, reverse("payments:payment", args=[row.charge.payment_id]), "Put aside.")
