"""Late fees, where the practice wants them: a charge to who was late, once for each overdue invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import clients_of, lock_invoices
from kinbook.invoices.models import InvoiceLine, LateFee
from kinbook.invoices.queries.late_fees import late_today
from kinbook.people.queries import lock_clients
from kinbook.rules.arrangement import Rule, Single
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Refused
from kinbook.whopays.commands.by_hand import add_charge
from kinbook.whopays.models import ChargeKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.invoices.queries.late_fees import Late
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def begin_late_fees(viewer: Viewer) -> list[UUID] | None:
    """Return the invoices that cost a late fee today; None where there are none, or today was gone through.

    Once a day: a payment taken back at noon makes nobody late at noon.
    """
    require(viewer, Action.INVOICE_CREATE)
    practice = Practice.objects.get(pk=viewer.practice_id)
    if practice.late_fee_days is None or practice.late_fees_on == viewer.today:
        return None
    found = [each.invoice.pk for each in late_today(viewer) if each.cents]
    record(viewer, "late_fees.gone_through", invoices=len(found))
    return found


@transaction.atomic
def charge_late_fees(viewer: Viewer, *, invoice_ids: Sequence[UUID]) -> tuple[int, int]:
    """Charge today's late fees of some invoices; returns how many were charged, and how many could not be.

    Safe to run again: an invoice costs one at most, and what was paid meanwhile costs none. The fee is dated today,
    and today lies in no closed month.
    """
    require(viewer, Action.INVOICE_CREATE)
    lock_clients(clients_of(invoice_ids))
    lock_invoices(invoice_ids)
    done = [_charge(viewer, each) for each in late_today(viewer, invoice_ids) if each.cents]
    made, failed = done.count(True), done.count(False)
    record(viewer, "late_fees.charged", None, times=made, skipped=failed)
    return made, failed


@transaction.atomic
def end_late_fees(viewer: Viewer) -> None:
    """Note that today's late fees were charged."""
    require(viewer, Action.INVOICE_CREATE)
    marked = Practice.objects.filter(pk=viewer.practice_id).exclude(late_fees_on=viewer.today)
    if marked.update(late_fees_on=viewer.today):
        record(viewer, "late_fees.done", on=str(viewer.today))


def _charge(viewer: Viewer, late: Late) -> bool:
    """Charge one for the first client of the invoice whom the payer still pays for; returns whether there is any."""
    lines = InvoiceLine.objects.filter(invoice=late.invoice).order_by("position")
    for client_id in dict.fromkeys(lines.values_list("client_id", flat=True)):
        try:
            with transaction.atomic():
                _add(viewer, late, client_id)
        except Refused:
            continue  # the payer is none of this client's any more
        return True
    return False


def _add(viewer: Viewer, late: Late, client_id: UUID) -> None:
    charge = add_charge(
        viewer,
        client_id=client_id,
        kind=ChargeKind.FEE,
        description="Late fee",
        cents=late.cents,
        on=viewer.today,
        rule=Rule(Single(str(late.payer.pk))),
        note=f"A late fee is owed by who was late: {late.invoice.name}",
    )
    LateFee.objects.create(practice_id=viewer.practice_id, invoice=late.invoice, charge=charge, made_at=viewer.now)
