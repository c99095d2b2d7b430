"""How much of each line of an invoice can still be given up or credited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from kinbook.invoices.models import CreditNoteLine, InvoiceLine, WriteOff
from kinbook.ledger.balances import due_on_invoices

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.invoices.models import Invoice


def open_lines(invoice: Invoice, charge_id: UUID | None, due: dict[UUID, int]) -> list[tuple[str, int]]:
    """Return what is open of each line, the last first: what was not lowered before, within what its client owes.

    `due` is what each client owes on the invoice, in cents; `charge_id` names one charge, None means all.
    """
    lowered = lowered_by_charge(invoice)
    left = dict(due)
    found = []
    for line in InvoiceLine.objects.filter(invoice=invoice).order_by("-position"):
        before = min(line.cents, lowered.get(line.charge_id, 0))
        lowered[line.charge_id] = lowered.get(line.charge_id, 0) - before
        cents = min(line.cents - before, left.get(line.client_id, 0))
        if charge_id in {None, line.charge_id} and cents > 0:
            left[line.client_id] -= cents
            found.append((str(line.pk), cents))
    return found


def open_cents(invoice: Invoice, charge_id: UUID | None) -> int:
    """Return what is open of an invoice, or of one charge on it, in cents."""
    due = due_on_invoices([invoice.pk]).get(invoice.pk, {})
    return sum(cents for _, cents in open_lines(invoice, charge_id, due))


def lowered_by_charge(invoice: Invoice) -> dict[UUID, int]:
    """Return what was written off and credited of each charge on an invoice, in cents."""
    written = WriteOff.objects.filter(invoice=invoice).values_list("charge_id").annotate(cents=Sum("cents"))
    standing = CreditNoteLine.objects.filter(note__invoice=invoice, note__voids=None)
    lowered: dict[UUID, int] = dict(written)
    for charge_id, cents in standing.values_list("charge_id").annotate(cents=Sum("cents")):
        lowered[charge_id] = lowered.get(charge_id, 0) + cents
    return lowered
