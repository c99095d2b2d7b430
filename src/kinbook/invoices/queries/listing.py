"""The list of invoices, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import reaches_practice, require
from kinbook.invoices.models import Invoice, InvoiceLine, Run
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One line of the list."""

    invoice: Invoice
    payer: Party
    clients: list[str]
    is_overdue: bool
    days_overdue: int


def invoice_list(viewer: Viewer, *, status: str, after: str) -> tuple[list[InvoiceRow], str]:
    """Return one page of invoices, newest first, and where the next begins: three queries."""
    rows = Invoice.objects.visible_to(viewer).with_state().select_related("payer__merged_into")
    if status:
        rows = rows.standing_as(status, viewer.today)
    if after.isdecimal() and len(after) < 18:
        rows = rows.filter(number__lt=int(after))
    found = list(rows.order_by("-number")[: PAGE + 1])
    shown = found[:PAGE]
    more = str(shown[-1].number) if len(found) > PAGE else ""
    return _rows(viewer, shown), more


def run_for(viewer: Viewer, run_id: UUID) -> Run:
    """Return a run: one's own, or anybody's for who sees every client's amounts; unknown and hidden look alike."""
    require(viewer, Action.AMOUNTS_SEE)
    runs = Run.objects.filter(pk=run_id)
    if not reaches_practice(viewer, Action.AMOUNTS_SEE):
        runs = runs.filter(member_id=viewer.id)
    found = runs.first()
    if found is None:
        raise Unknown
    return found


def invoices_of_run(viewer: Viewer, run: Run) -> list[InvoiceRow]:
    """Return the first invoices that a run made."""
    rows = Invoice.objects.visible_to(viewer).with_state().select_related("payer__merged_into").filter(run_id=run.pk)
    return _rows(viewer, list(rows.order_by("number")[: 2 * PAGE]))


def _rows(viewer: Viewer, shown: list[Invoice]) -> list[InvoiceRow]:
    names = _clients(viewer, [each.pk for each in shown])
    return [
        InvoiceRow(
            invoice=each,
            payer=each.payer.merged_into or each.payer,
            clients=names.get(each.pk, []),
            is_overdue=each.is_overdue(viewer.today),
            days_overdue=(viewer.today - each.due_on).days,
        )
        for each in shown
    ]


def _clients(viewer: Viewer, invoice_ids: list[UUID]) -> dict[UUID, list[str]]:
    lines = InvoiceLine.objects.visible_to(viewer).filter(invoice_id__in=invoice_ids).select_related("client__party")
    found: dict[UUID, list[str]] = {}
    for line in lines.order_by("invoice_id", "position"):
        names = found.setdefault(line.invoice_id, [])
        if line.client.name not in names:
            names.append(line.client.name)
    return found
