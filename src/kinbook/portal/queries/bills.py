"""A person's own invoices and payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Subquery, Sum
from django.db.models.functions import Coalesce

from kinbook.portal.models import Bill, BillLine, Credit, Paid, Person, Settled
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

MOST = 100


@dataclass(frozen=True, slots=True)
class BillRow:
    """An invoice in the list."""

    bill: Bill
    is_overdue: bool

    @property
    def state(self) -> str:
        """How far it is: void, paid, due or overdue."""
        if self.bill.is_void:
            return "void"
        if self.bill.due_cents == 0:
            return "paid"
        return "overdue" if self.is_overdue else "due"


@dataclass(frozen=True, slots=True)
class BillPage:
    """One invoice with its lines, what settled it and what was taken off it, in cents."""

    row: BillRow
    person: Person
    lines: list[BillLine]
    settled: list[Settled]
    credited: list[Credit]

    @property
    def bill(self) -> Bill:
        """The invoice itself."""
        return self.row.bill

    @property
    def reduced_cents(self) -> int:
        """What is neither paid nor due any more."""
        if self.bill.is_void:
            return 0
        told = sum(part.cents for part in self.settled) + sum(note.cents for note in self.credited)
        return self.bill.total_cents - self.bill.due_cents - told


def bill_rows(viewer: Viewer, client_id: UUID | None = None) -> list[BillRow]:
    """Return the invoices, the newest first; those with a line of one client where named."""
    rows = Bill.objects.order_by("-number")
    if client_id:
        rows = rows.filter(pk__in=BillLine.objects.filter(client_id=client_id).values("invoice_id"))
    return [_row(viewer, each) for each in rows[:MOST]]


def _row(viewer: Viewer, bill: Bill) -> BillRow:
    return BillRow(bill, not bill.is_void and bill.due_cents > 0 and bill.due_on < viewer.today)


def bill_page(viewer: Viewer, person: Person, invoice_id: UUID) -> BillPage:
    """Return one invoice of the person's own."""
    found = Bill.objects.filter(pk=invoice_id).first()
    if found is None:
        raise Unknown
    return BillPage(
        row=_row(viewer, found),
        person=person,
        lines=list(BillLine.objects.filter(invoice_id=invoice_id).order_by("position")),
        settled=list(Settled.objects.filter(invoice_id=invoice_id).order_by("received_on", "payment_id")),
        credited=list(Credit.objects.filter(invoice_id=invoice_id).order_by("issued_on", "pk")),
    )


def payments() -> list[Paid]:
    """Return the person's own payments, the last first."""
    return list(Paid.objects.order_by("-received_on", "-pk")[:MOST])


def credit_cents() -> int:
    """Return what was paid and settles nothing yet, in cents."""
    used = Settled.objects.values("practice_id").annotate(sum=Sum("cents")).values("sum")
    kept = Sum(F("cents") - F("returned_cents"))
    left = Paid.objects.aggregate(left=kept - Coalesce(Subquery(used), 0))["left"]
    return max(0, left or 0)
