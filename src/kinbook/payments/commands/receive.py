"""Receiving money: it belongs to who paid, and settles that payer's invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import Settles, allocate, clients_of, lock_invoices
from kinbook.invoices.models import Invoice
from kinbook.ledger.periods import refuse_closed
from kinbook.ledger.post import Posting, post
from kinbook.payments.models import BY_HAND, Payment
from kinbook.payments.queries.payment import open_invoice_ids
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, party_for, same_person
from kinbook.rules.allocate import Open, oldest_first
from kinbook.rules.money import LARGEST
from kinbook.rules.posting import paid
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def receive_payment(
    viewer: Viewer,
    *,
    payer_id: UUID,
    cents: int,
    method: str,
    received_on: date,
    reference: str = "",
    client_id: UUID | None = None,
    parts: Sequence[Settles] | None = None,
) -> Payment:
    """Enter money received from a payer, and settle the invoices named in `parts`.

    Without `parts` it goes to the payer's open invoices by itself, oldest due date first; what is over is credit.
    Raises ClosedMonth, proposing the first open day, for a date in a closed month.
    """
    require(viewer, Action.PAYMENT_ADD, client_id)
    party = party_for(viewer, payer_id)
    _check(viewer, cents, method, received_on)
    refuse_closed(received_on)
    mine = same_person((party.merged_into or party).pk)
    named = [part.invoice_id for part in parts or ()]
    lock_clients(clients_of([*open_invoice_ids(mine), *named]))
    lock_in_order(mine)
    lock_invoices(open_invoice_ids(mine))
    _refuse_others(parts, open_invoice_ids(mine))
    payment = Payment.objects.create(
        practice_id=viewer.practice_id,
        payer_id=(party.merged_into or party).pk,
        client_id=client_id,
        cents=cents,
        method=method,
        received_on=received_on,
        reference=reference.replace("\x00", "").strip()[:200],
        entered_at=viewer.now,
        entered_by=viewer.name,
        entered_by_id=viewer.id,
    )
    post(viewer, [Posting(paid(str(payment.payer_id), cents, method), received_on, payment_id=payment.pk)])
    chosen = _oldest(cents, mine) if parts is None else list(parts)
    if sum(part.cents for part in chosen) > cents:
        raise Invalid(allocations="The allocations are more than the payment.")
    allocate(viewer, payment_id=payment.pk, payer_id=payment.payer_id, parts=chosen)
    record(
        viewer,
        "payment.received",
        payment,
        client_id=client_id,
        cents=cents,
        method=method,
        settles=len(chosen),
    )
    return payment


def _check(viewer: Viewer, cents: int, method: str, received_on: date) -> None:
    if not 0 < cents <= LARGEST:
        raise Invalid(amount_cents="A payment is more than nothing.")
    if method not in BY_HAND:
        raise Invalid(method=f"The method is one of: {', '.join(BY_HAND)}.")
    if received_on > viewer.today:
        raise Invalid(received_on="A payment is received today or before.")


def _refuse_others(parts: Sequence[Settles] | None, open_invoices: Sequence[UUID]) -> None:
    for part in parts or ():
        if part.invoice_id not in open_invoices:
            raise Invalid(allocations="A payment settles open invoices of its own payer only.")
    if parts and len({part.invoice_id for part in parts}) != len(parts):
        raise Invalid(allocations="Name each invoice once.")


def _oldest(cents: int, payers: Sequence[UUID]) -> list[Settles]:
    rows = Invoice.objects.filter(payer_id__in=payers, standing__due_cents__gt=0).values_list(
        "pk", "due_on", "number", "standing__due_cents"
    )
    open_ones = [Open(str(pk), due_on, number, due) for pk, due_on, number, due in rows]
    return [Settles(UUID(invoice), part) for invoice, part in oldest_first(cents, open_ones)]
