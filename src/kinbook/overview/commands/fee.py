"""The fee of an invoiced appointment changes: in one step, by voiding and reissuing, or by a credit note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.issue import issue
from kinbook.invoices.commands.lower import lower_charge
from kinbook.invoices.commands.settle import clients_of
from kinbook.invoices.commands.void import read_reason, succeed, void_locked
from kinbook.invoices.models import InvoiceLine
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.overview.queries.fee import can_credit, invoiced_charge
from kinbook.people.queries import lock_clients
from kinbook.scheduling.commands.change import set_fee
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.invoices.models import Invoice
    from kinbook.scheduling.models import Appointment
    from kinbook.tenancy.viewer import Viewer

REISSUE, CREDIT = "reissue", "credit"


@transaction.atomic
def change_invoiced_fee(
    viewer: Viewer, *, appointment: Appointment, fee_cents: int, how: str, reason: str
) -> Appointment:
    """Give an invoiced appointment another fee: `how` is reissue, or credit where the fee goes down.

    Reissued, its invoices are void and the charge is decided anew; credited, each payer's share is lowered by a credit
    note. What was paid too much is its payer's credit. Raises Conflict where it is on no invoice, or cannot be so.
    """
    require(viewer, Action.INVOICE_VOID, appointment.client_id)
    lock_clients([appointment.client_id])
    charge, invoices = invoiced_charge(appointment)
    clients = clients_of(each.pk for each in invoices)
    for client_id in clients:
        require(viewer, Action.INVOICE_VOID, client_id)
        require(viewer, Action.WRITE_OFF, client_id)
    lock_clients(clients)
    text = read_reason(reason)
    if fee_cents == charge.fee_cents:
        raise Invalid(fee="This is its fee already.")
    if how == CREDIT:
        if not can_credit(charge, fee_cents):
            raise Conflict("A credit note only lowers a fee, and none with a discount: void and reissue instead.")
        lower_charge(viewer, charge, charge.fee_cents - fee_cents, text)
        after = set_fee(viewer, appointment, fee_cents)
    else:
        after = _reissue(viewer, appointment, fee_cents, invoices, clients, text)
    rewrite_forecast(viewer, clients)
    names = [each.name for each in invoices]
    record(
        viewer,
        "appointment.fee_changed",
        after,
        client_id=after.client_id,
        how=how,
        fee_cents=fee_cents,
        invoices=names,
        reason=text,
    )
    return after


def _reissue(
    viewer: Viewer,
    appointment: Appointment,
    fee_cents: int,
    invoices: Sequence[Invoice],
    clients: set[UUID],
    reason: str,
) -> Appointment:
    lines = InvoiceLine.objects.filter(invoice__in=invoices)
    charges = set(lines.values_list("charge_id", flat=True))
    # a share of these charges that waits already stays waiting for its own payer
    others = Share.objects.filter(charge_id__in=charges, invoice_id=None).exclude(charge_id=appointment.pk)
    waiting = list(others.values_list("pk", flat=True))
    for each in invoices:
        void_locked(viewer, each, reason)
    after = set_fee(viewer, appointment, fee_cents)
    shares = open_shares(charge_ids=sorted(charges), condition=~Q(pk__in=waiting))
    made = issue(viewer, shares, by_family=len(clients) > 1)
    for each in invoices:
        succeed(viewer, each, made)
    return after
