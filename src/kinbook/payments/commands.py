"""Receiving money: it belongs to who paid, settles that payer's invoices, and a mistake is answered, not erased."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import (
    Settles,
    allocate,
    clients_of,
    lock_invoices,
    standing_allocations,
    undo_allocations,
)
from kinbook.invoices.models import Invoice, Standing
from kinbook.ledger.post import Posting, post
from kinbook.payments.models import BY_HAND, Payment, Reversal
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, party_for, same_person
from kinbook.rules.allocate import Open, oldest_first
from kinbook.rules.money import LARGEST
from kinbook.rules.posting import paid, reversed_payment
from kinbook.tenancy.refused import Conflict, Invalid

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
    """
    require(viewer, Action.PAYMENT_ADD, client_id)
    party = party_for(viewer, payer_id)
    _check(viewer, cents, method, received_on)
    mine = same_person((party.merged_into or party).pk)
    named = [part.invoice_id for part in parts or ()]
    lock_clients(clients_of([*_open(mine), *named]))
    lock_in_order(mine)
    lock_invoices(_open(mine))
    _refuse_others(parts, _open(mine))
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


def _open(payers: Sequence[UUID]) -> list[UUID]:
    return list(Standing.objects.filter(payer_id__in=payers, due_cents__gt=0).values_list("invoice_id", flat=True))


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
    if invoice_id not in _open(mine):
        raise Invalid(invoice_id="Choose an open invoice of this payer.")
    if cents <= 0 or cents > unallocated_cents(payment):
        raise Invalid(cents="At most what is left of the payment.")
    allocate(viewer, payment_id=payment.pk, payer_id=payment.payer_id, parts=[Settles(invoice_id, cents)])
    record(viewer, "payment.allocated", payment, client_id=min(clients), invoice=str(invoice_id), cents=cents)


def unallocated_cents(payment: Payment) -> int:
    """Return what is left of a payment, in cents; nothing of one that was reversed."""
    if Reversal.objects.filter(payment=payment).exists():
        return 0
    settled = sum(payment.allocations.values_list("cents", flat=True))
    return payment.cents - settled


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
    for payment in Payment.objects.filter(payer_id__in=mine).order_by("received_on", "pk"):
        cents = min(due - applied, unallocated_cents(payment))
        if cents > 0:
            part = Settles(invoice_id, cents)
            allocate(viewer, payment_id=payment.pk, payer_id=payment.payer_id, parts=[part])
            applied += cents
    if not applied:
        raise Conflict("There is no credit to apply, or nothing is due.")
    record(viewer, "credit.applied", None, client_id=min(clients), invoice=str(invoice_id), cents=applied)
    return applied


@transaction.atomic
def reverse_payment(viewer: Viewer, *, payment: Payment, reason: str) -> Payment:
    """Take back a payment entered wrongly: what it settled is due again, by entries of their own."""
    require(viewer, Action.PAYMENT_REVERSE, payment.client_id)
    text = reason.replace("\x00", "").strip()[:500]
    if not text:
        raise Invalid(reason="Say why.")
    settled = [each.invoice_id for each in standing_allocations(payment=payment)]
    lock_clients(clients_of(settled))
    lock_in_order(same_person(payment.payer_id))
    lock_invoices(settled)
    if Reversal.objects.filter(payment=payment).exists():
        raise Conflict("This payment is reversed already. Nothing was changed.")
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
