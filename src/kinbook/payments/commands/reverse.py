"""Taking back a payment that was entered wrongly: an entry of its own, and what it settled is due again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import clients_of, lock_invoices, standing_allocations, undo_allocations
from kinbook.ledger.post import Posting, post
from kinbook.payments.models import BY_PROCESSOR, Refund, Reversal
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, same_person
from kinbook.rules.posting import reversed_payment
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from kinbook.payments.models import Payment
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def reverse_payment(viewer: Viewer, *, payment: Payment, reason: str) -> Payment:
    """Take back a payment entered wrongly: what it settled is due again, by entries of their own."""
    require(viewer, Action.PAYMENT_REVERSE, payment.client_id)
    text = read_why(reason)
    settled = [each.invoice_id for each in standing_allocations(payment=payment)]
    lock_clients(clients_of(settled))
    lock_in_order(same_person(payment.payer_id))
    lock_invoices(settled)
    if payment.method in BY_PROCESSOR:
        raise Conflict("This payment was charged to a card: refund it to that card. Nothing was changed.")
    if Reversal.objects.filter(payment=payment).exists():
        raise Conflict("This payment is reversed already. Nothing was changed.")
    if Refund.objects.filter(payment=payment).exists():
        raise Conflict("Some of this payment was refunded already. Nothing was changed: refund the rest instead.")
    undo_allocations(viewer, standing_allocations(payment=payment))
    Reversal.objects.create(
        practice_id=viewer.practice_id,
        payment=payment,
        reason=text,
        reversed_at=viewer.now,
        reversed_by=viewer.name,
    )
    entry = reversed_payment(str(payment.payer_id), payment.cents, payment.method)
    post(viewer, [Posting(entry, viewer.today, payment_id=payment.pk, note=text)])
    record(viewer, "payment.reversed", payment, client_id=payment.client_id, cents=payment.cents, reason=text)
    return payment
