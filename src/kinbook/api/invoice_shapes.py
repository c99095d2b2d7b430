"""Invoices as programs see them, any number in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, Sum
from pydantic import BaseModel, Field

from kinbook.invoices.models import Allocation, CreditNote, Invoice, InvoiceLine, Succession, Void, WriteOff
from kinbook.people.queries import roots
from kinbook.tenancy.viewer import Viewer

Status = Literal["issued", "partly_paid", "paid", "void"]


class LineShown(BaseModel):
    """One share of one charge; the payer's papers show `payer_reason` only."""

    client_id: UUID
    charge_id: UUID
    on: date = Field(serialization_alias="date")
    description: str
    cents: int
    reason: str
    payer_reason: str
    client_named: str | None = Field(None, description="The client as the payer wants them named; null: by name.")
    authorization: str | None = None


class InvoiceShown(BaseModel):
    """What one payer is asked to pay.

    Of an invoice of several clients, lines of those the member may not see are left out; they are `other_cents`.
    """

    id: UUID
    number: int = Field(description="One running number per practice, without gaps.")
    name: str = Field(description="The number as printed, with the practice's prefix.")
    payer_id: UUID
    payer_name: str = Field(description="As it stood when the invoice was issued.")
    reference: str | None = Field(description="What the payer files it under: its own customer or order number.")
    status: str = Field(description="issued, partly_paid, paid or void")
    overdue: bool
    issued_on: date
    issued_at: datetime
    due_on: date
    lines: list[LineShown]
    other_cents: int
    currency: str
    total_cents: int
    paid_cents: int
    written_off_cents: int
    credited_cents: int = Field(description="Credit notes and discounts that stand.")
    due_cents: int
    run_id: UUID | None
    voided_at: datetime | None
    void_reason: str | None
    in_place_of: list[UUID] = Field(description="Voided invoices that it stands in place of.")
    replaced_by: list[UUID]


@dataclass(frozen=True, slots=True)
class _Around:
    lines: dict[UUID, list[LineShown]]
    paid: dict[UUID, int]
    written_off: dict[UUID, int]
    credited: dict[UUID, int]
    voids: dict[UUID, Void]
    before: dict[UUID, list[UUID]]
    after: dict[UUID, list[UUID]]
    payers: dict[UUID, UUID]


def shown(viewer: Viewer, invoices: Sequence[Invoice]) -> list[InvoiceShown]:
    """Return invoices, loaded `with_state`, as the viewer may see them, in the order given."""
    around = _around(viewer, invoices)
    return [_invoice(viewer, each, around) for each in invoices]


def _around(viewer: Viewer, invoices: Sequence[Invoice]) -> _Around:
    ids = [each.pk for each in invoices]
    paid = Allocation.objects.filter(invoice_id__in=ids).values_list("invoice_id").annotate(cents=Sum("cents"))
    gone = WriteOff.objects.filter(invoice_id__in=ids).values_list("invoice_id").annotate(cents=Sum("cents"))
    lowered = CreditNote.objects.filter(invoice_id__in=ids, voids=None)
    before, after = _successions(ids)
    return _Around(
        lines=_lines(viewer, ids),
        paid=dict(paid),
        written_off=dict(gone),
        credited=dict(lowered.values_list("invoice_id").annotate(cents=Sum("total_cents"))),
        voids={each.invoice_id: each for each in Void.objects.filter(invoice_id__in=ids)},
        before=before,
        after=after,
        payers={key: party.pk for key, party in roots(each.payer_id for each in invoices).items()},
    )


def _lines(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[LineShown]]:
    rows = InvoiceLine.objects.visible_to(viewer).filter(invoice_id__in=ids).order_by("invoice_id", "position")
    found: dict[UUID, list[LineShown]] = defaultdict(list)
    for row in rows:
        found[row.invoice_id].append(
            LineShown(
                client_id=row.client_id,
                charge_id=row.charge_id,
                on=row.on_date,
                description=row.description,
                cents=row.cents,
                reason=row.reason,
                payer_reason=row.payer_reason,
                client_named=row.client_named or None,
                authorization=row.authorization or None,
            )
        )
    return found


def _successions(ids: Sequence[UUID]) -> tuple[dict[UUID, list[UUID]], dict[UUID, list[UUID]]]:
    before: dict[UUID, list[UUID]] = defaultdict(list)
    after: dict[UUID, list[UUID]] = defaultdict(list)
    asked = set(ids)
    rows = Succession.objects.filter(Q(issued_id__in=asked) | Q(voided_id__in=asked)).order_by("pk")
    for voided, issued in rows.values_list("voided_id", "issued_id"):
        if issued in asked:
            before[issued].append(voided)
        if voided in asked:
            after[voided].append(issued)
    return before, after


def _invoice(viewer: Viewer, each: Invoice, around: _Around) -> InvoiceShown:
    lines = around.lines.get(each.pk, [])
    void = around.voids.get(each.pk)
    return InvoiceShown(
        id=each.pk,
        number=each.number,
        name=each.name,
        payer_id=around.payers[each.payer_id],
        payer_name=each.payer_name,
        reference=each.reference or None,
        status=each.status,
        overdue=each.is_overdue(viewer.today),
        issued_on=each.issued_on,
        issued_at=each.issued_at,
        due_on=each.due_on,
        lines=lines,
        other_cents=each.total_cents - sum(line.cents for line in lines),
        currency=viewer.currency,
        total_cents=each.total_cents,
        paid_cents=around.paid.get(each.pk, 0),
        written_off_cents=around.written_off.get(each.pk, 0),
        credited_cents=around.credited.get(each.pk, 0),
        due_cents=each.standing.due_cents,
        run_id=each.run_id,
        voided_at=void.voided_at if void else None,
        void_reason=void.reason if void else None,
        in_place_of=around.before.get(each.pk, []),
        replaced_by=around.after.get(each.pk, []),
    )
