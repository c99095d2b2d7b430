"""Which invoices cost a late fee today, and which late ones do not: the same for the preview and the deed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models import Allocation, Invoice, InvoiceLine, LateFee
from kinbook.invoices.queries.mailing import pauses
from kinbook.people.models import Contact
from kinbook.rules.money import part_of
from kinbook.rules.periods import spoken_day
from kinbook.tenancy.models import Practice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.invoices.models import ReminderPause
    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Late:
    """An invoice overdue for so long, who was late, and what it costs in cents; or why it costs nothing."""

    invoice: Invoice
    payer: Party
    cents: int
    skipped: str = ""


def late_today(viewer: Viewer, invoice_ids: Sequence[UUID] | None = None) -> list[Late]:
    """Return the invoices, of these or of all, that are late today and cost no fee yet, the oldest first.

    Three queries.
    """
    practice = Practice.objects.get(pk=viewer.practice_id)
    if practice.late_fee_days is None or practice.late_fees_from is None:
        return []
    overdue_since = viewer.today - timedelta(days=practice.late_fee_days)
    rows = _overdue(viewer).filter(due_on__gte=practice.late_fees_from, due_on__lte=overdue_since)
    if invoice_ids is not None:
        rows = rows.filter(pk__in=invoice_ids)
    found = list(rows.order_by("due_on", "number"))
    paused = pauses({_root(each).pk for each in found}, viewer.today)
    late = [Late(each, _root(each), *_costs(practice, each, paused.get(_root(each).pk))) for each in found]
    return [each for each in late if each.cents or each.skipped]


def _overdue(viewer: Viewer) -> QuerySet[Invoice]:
    """Return invoices with something due that cost no late fee yet, with what decides about one."""
    lines = InvoiceLine.objects.filter(invoice_id=OuterRef("pk"))
    fees = lines.filter(charge_id__in=LateFee.objects.values("charge_id")).values("invoice_id")
    taken_back = Allocation.objects.filter(invoice_id=OuterRef("pk"), payment__refunds__kind="dispute")
    return (
        Invoice.objects.with_state()
        .select_related("payer__merged_into")
        .annotate(
            of_fees=Coalesce(Subquery(fees.annotate(sum=Sum("cents")).values("sum")), 0),
            disputed=Exists(taken_back),
            linked=Exists(_links()),
        )
        .filter(Exists(lines.filter(clients_in_reach(viewer, Action.INVOICE_CREATE))))
        .filter(standing__is_void=False, standing__due_cents__gt=0)
        .exclude(pk__in=LateFee.objects.values("invoice_id"))
    )


def _links() -> QuerySet[Contact]:
    """Return the links that make the payer a contact of a client on the invoice."""
    clients = InvoiceLine.objects.filter(invoice_id=OuterRef(OuterRef("pk"))).values("client_id")
    payer = Q(party_id=OuterRef("payer_id")) | Q(party_id=OuterRef("payer__merged_into_id"))
    return Contact.objects.filter(payer, client_id__in=clients)


def _root(invoice: Invoice) -> Party:
    return invoice.payer.merged_into or invoice.payer


def _costs(practice: Practice, invoice: Invoice, pause: ReminderPause | None) -> tuple[int, str]:
    """Return the fee in cents, and why there is none for a late one."""
    if pause:
        until = f" until {spoken_day(pause.until)}" if pause.until else ""
        return 0, f"Reminders are paused{until}: {pause.reason}"
    if invoice.payer.is_organization and not getattr(invoice, "linked", True):
        return 0, "A third party that is no contact of the client owes no late fee"
    if getattr(invoice, "disputed", False):
        return 0, "A payment of it was disputed"
    # never a fee on a fee: what is due may well be the late fees on it
    due_cents = invoice.standing.due_cents - getattr(invoice, "of_fees", 0)
    if due_cents <= 0:
        return 0, ""
    if practice.late_fee_percent is not None:
        return part_of(due_cents, practice.late_fee_percent), ""
    return practice.late_fee_cents or 0, ""
