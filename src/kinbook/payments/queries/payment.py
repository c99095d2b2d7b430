"""One payment: what it settled, what is left of it, and what a refund would make due again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models import Allocation, Invoice, Standing
from kinbook.payments.models import Payment, Refund, Reversal
from kinbook.payments.queries.listing import payments_visible_to, rows_of
from kinbook.people.queries import same_person
from kinbook.rules.allocate import in_order
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.payments.queries.listing import PaymentRow
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SettledInvoice:
    """What of a payment settled an invoice, in cents."""

    invoice: Invoice
    cents: int


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would do: so much comes out of credit, these invoices are due again; in cents."""

    cents: int
    credit_cents: int
    again: list[SettledInvoice]
    other_cents: int


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment with what it settled, what went back of it, and the end of it where it was reversed."""

    row: PaymentRow
    settled: list[SettledInvoice]
    refunds: list[Refund]
    reversal: Reversal | None
    open_invoices: list[Invoice]


def payment_page(viewer: Viewer, payment_id: UUID) -> PaymentPage:
    """Return a payment the viewer may see; unknown and forbidden look alike."""
    found = rows_of(payments_visible_to(viewer).filter(pk=payment_id))
    if not found:
        raise Unknown
    payment = found[0].payment
    seen = Allocation.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), payment=payment)
    sums = dict(seen.values_list("invoice_id").annotate(cents=Sum("cents")))
    invoices = Invoice.objects.with_state().in_bulk([key for key, cents in sums.items() if cents])
    return PaymentPage(
        row=found[0],
        settled=[SettledInvoice(invoices[key], cents) for key, cents in sums.items() if cents],
        refunds=list(Refund.objects.filter(payment=payment).order_by("refunded_at", "pk")),
        reversal=Reversal.objects.filter(payment=payment).first(),
        open_invoices=open_invoices(viewer, same_person(payment.payer_id)),
    )


def open_invoices(viewer: Viewer, payers: Sequence[UUID]) -> list[Invoice]:
    """Return the invoices of a payer (all ids of one person) with something due, oldest first, where visible."""
    rows = Invoice.objects.visible_to(viewer).with_state().filter(payer_id__in=payers)
    return list(rows.filter(standing__due_cents__gt=0).order_by("due_on", "number"))


def open_invoice_ids(payers: Sequence[UUID]) -> list[UUID]:
    """Return every invoice of a payer (all ids of one person) with something due, seen or not."""
    return list(Standing.objects.filter(payer_id__in=payers, due_cents__gt=0).values_list("invoice_id", flat=True))


def left_of(payment: Payment) -> PaymentRow:
    """Return a payment with what is left of it and what went back, as they are now."""
    return rows_of(Payment.objects.filter(pk=payment.pk))[0]


def unallocated_cents(payment: Payment) -> int:
    """Return what of a payment settles nothing and was not given back, in cents; nothing of one that was reversed."""
    return left_of(payment).left_cents


def due_again(allocations: Sequence[Allocation], cents: int) -> list[tuple[Allocation, int]]:
    """Return which allocations, given newest first, are undone for `cents` more than is left, and how much of each."""
    rows = {str(each.pk): each for each in allocations}
    return [(rows[key], part) for key, part in in_order(cents, ((key, each.cents) for key, each in rows.items()))]


def refund_preview(viewer: Viewer, row: PaymentRow, allocations: Sequence[Allocation], cents: int) -> RefundPreview:
    """Return what giving back `cents` would do; invoices of clients the viewer may not see are told as a sum."""
    again: dict[Invoice, int] = {}
    for each, part in due_again(allocations, cents - row.left_cents):
        again[each.invoice] = again.get(each.invoice, 0) + part
    seen = set(
        Invoice.objects.visible_to(viewer).filter(pk__in=[each.pk for each in again]).values_list("pk", flat=True)
    )
    return RefundPreview(
        cents=cents,
        credit_cents=min(cents, row.left_cents),
        again=[SettledInvoice(invoice, part) for invoice, part in again.items() if invoice.pk in seen],
        other_cents=sum(part for invoice, part in again.items() if invoice.pk not in seen),
    )
