"""Disputes: a payer's bank wants a charge back. Lost, it leaves the payment, and what it settled is due again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.models import CardCharge, Dispute, DisputeState
from kinbook.ledger.post import Posting, post
from kinbook.payments.commands.refund import give_back
from kinbook.payments.models import RefundKind
from kinbook.payments.queries.payment import left_of
from kinbook.rules.posting import processing_fee

if TYPE_CHECKING:
    from datetime import date

    from kinbook.cards.models import Told
    from kinbook.tenancy.viewer import Viewer

ENDS = {"won": DisputeState.WON, "lost": DisputeState.LOST, "warning_closed": DisputeState.WON}


@transaction.atomic
def note_dispute(viewer: Viewer, *, told: Told) -> Dispute | None:
    """Note how a dispute stands; one that has ended stays so, in whatever order it is told. Lost, it is booked once."""
    require(viewer, Action.PAYMENT_ADD)
    charge = CardCharge.objects.select_for_update().filter(intent_id=told.details.get("payment_intent") or "-").first()
    if charge is None or charge.payment_id is None:
        return None
    values = {
        "charge": charge,
        "cents": int(told.details.get("amount") or charge.cents),
        "reason": str(told.details.get("reason") or ""),
        "answer_by": _day(told.details.get("due_by"), viewer),
        "opened_at": viewer.now,
    }
    row, is_new = Dispute.objects.get_or_create(
        practice_id=viewer.practice_id, processor_id=told.object_id, defaults=values
    )
    end = ENDS.get(str(told.details.get("status")))
    if row.state == DisputeState.OPEN and end is not None:
        Dispute.objects.filter(pk=row.pk).update(state=end, closed_at=viewer.now)
        if end == DisputeState.LOST:
            _book(viewer, charge, row, int(told.details.get("fee") or 0))
    if is_new or end is not None:
        record(viewer, "card.dispute_noted", row, state=end or row.state, cents=row.cents)
    return row


def _book(viewer: Viewer, charge: CardCharge, row: Dispute, fee: int) -> None:
    """Take the money out of the payment, and what the processor asks for it. Part of a command."""
    payment = charge.payment
    if payment is None:
        return
    cents = min(row.cents, left_of(payment).refundable_cents)
    if cents > 0:
        give_back(
            viewer,
            payment=payment,
            cents=cents,
            reason="The payer's bank took it back",
            reference=row.processor_id,
            kind=RefundKind.DISPUTE,
        )
    if fee > 0:
        entry = processing_fee(str(payment.payer_id), fee)
        post(viewer, [Posting(entry, viewer.today, payment_id=payment.pk)])


def _day(seconds: object, viewer: Viewer) -> date | None:
    if not isinstance(seconds, (int, float)):
        return None
    return datetime.fromtimestamp(int(seconds), UTC).astimezone(viewer.zone).date()


@transaction.atomic
def answer_dispute(viewer: Viewer, *, row: Dispute) -> None:
    """Put a dispute aside: it is answered at the processor, or has ended."""
    require(viewer, Action.PAYMENT_REFUND)
    Dispute.objects.filter(pk=row.pk, answered_at=None).update(answered_at=viewer.now, answered_by=viewer.name)
    record(viewer, "card.dispute_answered", row)
