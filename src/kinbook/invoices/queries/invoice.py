"""One invoice as its page and its paper show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models import (
    Allocation,
    CreditNote,
    Delivery,
    Invoice,
    InvoiceLine,
    Succession,
    Void,
    WriteOff,
)
from kinbook.people.models import Client, Party
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from kinbook.tenancy.models import Practice
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of an invoice; amounts in cents. `full_cents` is what its payer may read of the whole charge."""

    client_id: UUID
    client_name: str
    charge_id: UUID
    on_date: date
    description: str
    charge_cents: int
    cents: int
    reason: str
    payer_reason: str
    discount_cents: int = 0
    discounted_as: str = ""
    full_cents: int | None = None
    client_named: str = ""
    authorization: str = ""

    @property
    def printed_name(self) -> str:
        """The client as the payer wants them named."""
        return self.client_named or self.client_name

    @property
    def fee_cents(self) -> int:
        """The whole fee, before the discount; for staff."""
        return self.charge_cents + self.discount_cents


@dataclass(frozen=True, slots=True)
class Settled:
    """What a payment settled of an invoice, in cents."""

    payment_id: UUID
    received_on: date
    method: str
    reference: str
    cents: int


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of an invoice, or a reminder of it, and what became of it."""

    what: str
    at: datetime
    to: str
    state: str
    problem: str
    by: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """An invoice with everything around it; `other_cents` are lines of clients the viewer may not see."""

    invoice: Invoice
    practice: Practice
    payer: Party
    lines: list[LineShown]
    other_cents: int
    settled: list[Settled]
    written_off_cents: int
    credit_notes: list[CreditNote]
    void: Void | None
    succeeds: list[Invoice]
    succeeded_by: list[Invoice]
    deliveries: list[Sent]
    is_overdue: bool

    @property
    def due_cents(self) -> int:
        """What is due; nothing on a void invoice."""
        return self.invoice.standing.due_cents

    @property
    def paid_cents(self) -> int:
        """What was paid and not taken back."""
        return sum(part.cents for part in self.settled)

    @property
    def credited_cents(self) -> int:
        """What credit notes and discounts take off; nothing on a void invoice, which took them back."""
        return sum(note.total_cents for note in self.credit_notes if not note.is_void)

    @property
    def clients(self) -> dict[UUID, str]:
        """The clients on the lines the viewer may see, by id."""
        return {line.client_id: line.client_name for line in self.lines}


def invoice_page(viewer: Viewer, invoice_id: UUID) -> InvoicePage:
    """Return an invoice the viewer may see; unknown and forbidden look alike."""
    invoice = (
        Invoice.objects.visible_to(viewer)
        .with_state()
        .select_related("payer__merged_into", "practice")
        .filter(pk=invoice_id)
    )
    found = invoice.first()
    if found is None:
        raise Unknown
    lines, other = _lines(viewer, found)
    around = Succession.objects.filter(Q(issued=found) | Q(voided=found)).select_related("voided", "issued")
    return InvoicePage(
        invoice=found,
        practice=found.practice,
        payer=found.payer.merged_into or found.payer,
        lines=lines,
        other_cents=other,
        settled=_settled(found),
        written_off_cents=WriteOff.objects.filter(invoice=found).aggregate(sum=Sum("cents"))["sum"] or 0,
        credit_notes=credit_notes_of(found),
        void=Void.objects.filter(invoice=found).first(),
        succeeds=[each.voided for each in around if each.issued_id == found.pk],
        succeeded_by=[each.issued for each in around if each.voided_id == found.pk],
        deliveries=_deliveries(found),
        is_overdue=found.is_overdue(viewer.today),
    )


def _lines(viewer: Viewer, invoice: Invoice) -> tuple[list[LineShown], int]:
    rows = InvoiceLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), invoice=invoice)
    lines = [
        LineShown(
            line.client_id,
            line.client.name,
            line.charge_id,
            line.on_date,
            line.description,
            line.charge_cents,
            line.cents,
            line.reason,
            line.payer_reason,
            line.discount_cents,
            line.discounted_as,
            line.charge_cents if line.client.shows_full_fee and line.charge_cents != line.cents else None,
            line.client_named,
            line.authorization,
        )
        for line in rows.select_related("client__party").order_by("position")
    ]
    return lines, invoice.total_cents - sum(line.cents for line in lines)


def _settled(invoice: Invoice) -> list[Settled]:
    rows = (
        Allocation.objects.filter(invoice=invoice)
        .values_list("payment_id", "payment__received_on", "payment__method", "payment__reference")
        .annotate(sum=Sum("cents"))
        .order_by("payment__received_on", "payment_id")
    )
    return [Settled(*row) for row in rows if row[-1]]


def credit_notes_of(invoice: Invoice) -> list[CreditNote]:
    """Return what lowered an invoice, in order, taken back or not."""
    return list(CreditNote.objects.with_state().filter(invoice=invoice).order_by("number"))


def _deliveries(invoice: Invoice) -> list[Sent]:
    rows = Delivery.objects.filter(invoice=invoice).select_related("letter").order_by("-sent_at")
    return [
        Sent(
            row.get_kind_display(),
            row.sent_at,
            row.letter.to,
            row.letter.get_state_display(),
            row.letter.problem,
            row.sent_by,
        )
        for row in rows
    ]


def clients_of_invoice(invoice_id: UUID) -> list[Client]:
    """Return the clients on an invoice's lines, in the order of the lines."""
    ids = InvoiceLine.objects.filter(invoice_id=invoice_id).order_by("position").values_list("client_id", flat=True)
    found = Client.objects.select_related("party").in_bulk(list(ids))
    return [found[each] for each in dict.fromkeys(ids)]
