"""Refunds to a card: written down first, given back by the processor once, and only then booked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.commands.charge import SAFETY_NET
from kinbook.cards.models import CardCharge, CardRefund, RefundState
from kinbook.cards.processor import Account, GivenBack, NoAnswer, Turned, refund
from kinbook.cards.queries.keys import account
from kinbook.jobs.app import enqueue
from kinbook.payments.commands import refund_payment
from kinbook.payments.queries.payment import left_of
from kinbook.team.queries import acting_for
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Conflict, Invalid, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

    Clock = Callable[[], datetime]


@transaction.atomic
def ask_card_refund(viewer: Viewer, *, charge: CardCharge, cents: int, reason: str) -> CardRefund:
    """Write down that cents of a charge go back to its card; at most what did not go back yet and is not on its way."""
    payment = charge.payment
    require(viewer, Action.PAYMENT_REFUND, payment.client_id if payment else None)
    if payment is None:
        raise Conflict("Nothing was charged: there is nothing to give back.")
    text = read_why(reason)
    account()
    CardCharge.objects.select_for_update().get(pk=charge.pk)
    if not 0 < cents <= refundable_cents(charge):
        raise Invalid(amount="A refund is more than nothing and at most what did not go back yet.")
    made = CardRefund.objects.create(
        practice_id=viewer.practice_id,
        charge=charge,
        cents=cents,
        reason=text,
        asked_at=viewer.now,
        asked_by=viewer.name,
    )
    enqueue("cards.refund", SAFETY_NET, practice_id=str(viewer.practice_id), refund_id=str(made.pk))
    record(viewer, "card.refund_asked", made, client_id=payment.client_id, cents=cents, reason=text)
    return made


def refundable_cents(charge: CardCharge) -> int:
    """Return what can still go back of a charge, in cents: what is on its way back counts as gone."""
    if charge.payment is None:
        return 0
    waiting = CardRefund.objects.filter(charge=charge, state=RefundState.PENDING).aggregate(sum=Sum("cents"))["sum"]
    return left_of(charge.payment).refundable_cents - (waiting or 0)


@dataclass(frozen=True, slots=True)
class _Order:
    account: Account
    intent_id: str
    cents: int


def carry_on_refund(practice_id: UUID, refund_id: UUID, clock: Clock) -> str:
    """Carry a refund to its end from wherever it stands; returns its state. Safe to run as often as one likes."""
    order = _order(practice_id, refund_id, clock())
    if order is None:
        return RefundState.DONE
    try:
        back = refund(order.account, intent_id=order.intent_id, cents=order.cents, refund_id=str(refund_id))
    except NoAnswer:
        return RefundState.PENDING
    except Turned:
        back = GivenBack("", "failed")
    return _apply(practice_id, refund_id, back, clock())


def _order(practice_id: UUID, refund_id: UUID, now: datetime) -> _Order | None:
    with acting_for(practice_id, None, now=now):
        row = CardRefund.objects.select_related("charge").filter(pk=refund_id, state=RefundState.PENDING).first()
        if row is None:
            return None
        try:
            return _Order(account(), row.charge.intent_id, row.cents)
        except Conflict:
            return None


def _apply(practice_id: UUID, refund_id: UUID, back: GivenBack, now: datetime) -> str:
    """Book what became of it, once."""
    with acting_for(practice_id, None, now=now) as rule:
        row = CardRefund.objects.select_for_update(of=("self",)).select_related("charge__payment").get(pk=refund_id)
        if row.state != RefundState.PENDING:
            return row.state
        if back.status == "pending":
            CardRefund.objects.filter(pk=row.pk).update(processor_id=back.id)
            return RefundState.PENDING
        state = RefundState.DONE if back.status == "succeeded" and _book(rule, row, back) else RefundState.FAILED
        answered = rule.now if state == RefundState.DONE else None
        CardRefund.objects.filter(pk=row.pk).update(
            state=state, processor_id=back.id, ended_at=rule.now, answered_at=answered
        )
        return state


def _book(rule: Viewer, row: CardRefund, back: GivenBack) -> bool:
    payment = row.charge.payment
    if payment is None:
        return False
    viewer = replace(rule, name=row.asked_by or rule.name)
    try:
        refund_payment(viewer, payment=payment, cents=row.cents, reason=row.reason, reference=back.id)
    except Refused:  # it went back, and the books have no room for it: somebody has to look
        return False
    return True


@transaction.atomic
def answer_refund(viewer: Viewer, *, row: CardRefund) -> None:
    """Put a failed refund aside."""
    require(viewer, Action.PAYMENT_REFUND)
    CardRefund.objects.filter(pk=row.pk, state=RefundState.FAILED, answered_at=None).update(
        answered_at=viewer.now, answered_by=viewer.name
    )
    record(viewer, "card.refund_answered", row)
