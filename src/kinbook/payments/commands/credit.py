"""Credit: what is left of a payment settles an open invoice when somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import Settles, allocate, clients_of, lock_invoices
from kinbook.invoices.models import Standing
from kinbook.payments.models import Payment
from kinbook.payments.queries.listing import rows_of
from kinbook.payments.queries.payment import open_invoice_ids, unallocated_cents
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, same_person
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def allocate_payment(viewer: Viewer, *, payment: Payment, invoice_id: UUID, cents: int) -> None:
    """Apply what is left of a payment, the payer's credit, to one of the payer's open invoices."""
    clients = clients_of([invoice_id])
    for client_id in clients:
        require(viewer, Action.PAYMENT_ADD, client_id)
    lock_clients(clients)
    mine = same_person(payment.payer_id)
    lock_in_order(mine)
    lock_invoices([invoice_id])
    if invoice_id not in open_invoice_ids(mine):
        raise Invalid(invoice_id="Choose an open invoice of this payer.")
    if cents <= 0 or cents > unallocated_cents(payment):
        raise Invalid(cents="At most what is left of the payment.")
    allocate(viewer, payment_id=payment.pk, payer_id=payment.payer_id, parts=[Settles(invoice_id, cents)])
    record(viewer, "payment.allocated", payment, client_id=min(clients), invoice=str(invoice_id), cents=cents)


@transaction.atomic
def apply_credit(viewer: Viewer, *, payer_id: UUID, invoice_id: UUID) -> int:
    """Apply a payer's credit to one of their open invoices, oldest payment first; returns the cents applied."""
    clients = clients_of([invoice_id])
    for client_id in clients:
        require(viewer, Action.PAYMENT_ADD, client_id)
    lock_clients(clients)
    mine = same_person(payer_id)
    lock_in_order(mine)
    lock_invoices([invoice_id])
    due = sum(Standing.objects.filter(pk=invoice_id, payer_id__in=mine).values_list("due_cents", flat=True))
    applied = 0
    for row in rows_of(Payment.objects.filter(payer_id__in=mine).order_by("received_on", "pk")):
        cents = min(due - applied, row.left_cents)
        if cents > 0:
            part = Settles(invoice_id, cents)
            allocate(viewer, payment_id=row.payment.pk, payer_id=row.payment.payer_id, parts=[part])
            applied += cents
    if not applied:
        raise Conflict("There is no credit to apply, or nothing is due.")
    record(viewer, "credit.applied", None, client_id=min(clients), invoice=str(invoice_id), cents=applied)
    return applied
