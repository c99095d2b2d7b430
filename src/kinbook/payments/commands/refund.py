"""Giving money back to where it came from: what is not applied first, then what it settled, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import (
    clients_of,
    lock_invoices,
    standing_allocations,
    undo_allocations,
    undo_part,
)
from kinbook.ledger.post import Posting, post
from kinbook.payments.models import BY_PROCESSOR, Refund, RefundKind, Reversal
from kinbook.payments.queries.payment import due_again, left_of
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, same_person
from kinbook.rules.posting import dispute_lost, refunded
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from kinbook.payments.models import Payment
    from kinbook.tenancy.viewer import Viewer

ENTRIES = {RefundKind.REFUND: refunded, RefundKind.DISPUTE: dispute_lost}


@transaction.atomic
def refund_payment(viewer: Viewer, *, payment: Payment, cents: int, reason: str, reference: str = "") -> Refund:
    """Give back cents of a payment, at most what is left of it; invoices it no longer covers are due again.

    What a processor charged is given back by the processor: `reference` is its word for that refund, and without one
    such a payment is refused. Raises Conflict where it was reversed, Invalid for too much or without a reason.
    """
    require(viewer, Action.PAYMENT_REFUND, payment.client_id)
    if payment.method in BY_PROCESSOR and not reference:
        raise Conflict("This payment was charged to a card: it is refunded to that card. Nothing was changed.")
    made = give_back(viewer, payment=payment, cents=cents, reason=reason, reference=reference)
    record(viewer, "payment.refunded", payment, client_id=payment.client_id, cents=cents, reason=made.reason)
    return made


def give_back(
    viewer: Viewer,
    *,
    payment: Payment,
    cents: int,
    reason: str,
    reference: str = "",
    kind: RefundKind = RefundKind.REFUND,
) -> Refund:
    """Take cents out of a payment, refunded or lost to a dispute. Part of a command."""
    text = read_why(reason)
    lock_clients(clients_of(each.invoice_id for each in standing_allocations(payment=payment)))
    lock_in_order(same_person(payment.payer_id))
    lock_invoices(each.invoice_id for each in standing_allocations(payment=payment))
    if Reversal.objects.filter(payment=payment).exists():
        raise Conflict("This payment is reversed: nothing of it is left. Nothing was changed.")
    row = left_of(payment)
    if not 0 < cents <= row.refundable_cents:
        raise Invalid(amount_cents="A refund is more than nothing and at most what was not refunded yet.")
    _undo(viewer, payment, cents - row.left_cents)
    made = Refund.objects.create(
        practice_id=viewer.practice_id,
        payment=payment,
        kind=kind,
        cents=cents,
        reason=text,
        reference=reference,
        refunded_on=viewer.today,
        refunded_at=viewer.now,
        refunded_by=viewer.name,
    )
    entry = ENTRIES[kind](str(payment.payer_id), cents, payment.method)
    post(viewer, [Posting(entry, viewer.today, payment_id=payment.pk, note=text)])
    return made


def _undo(viewer: Viewer, payment: Payment, cents: int) -> None:
    """Undo as much of what the payment settled as is not covered by what was not applied."""
    again = due_again(standing_allocations(payment=payment), cents)
    undo_allocations(viewer, [each for each, part in again if part == each.cents])
    for each, part in again:
        if part < each.cents:
            undo_part(viewer, each, part)
