"""Write-offs: cents of an invoice that the practice gives up, and takes back, each by entries of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import clients_of, lock_invoices, post_by_invoice
from kinbook.invoices.models import Invoice, InvoiceLine, WriteOff
from kinbook.invoices.queries.open_lines import open_lines
from kinbook.ledger.balances import due_on_invoices
from kinbook.people.queries import lock_clients
from kinbook.rules.allocate import in_order
from kinbook.rules.posting import Part, restored, written_off
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.models import Charge

UNSAID = "Say why it is written off."


@transaction.atomic
def write_off(viewer: Viewer, *, invoice: Invoice, charge_id: UUID | None, cents: int, reason: str) -> list[WriteOff]:
    """Give up cents of an invoice, or of one charge on it, at most what is due; says who and why."""
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.WRITE_OFF, client_id)
    lock_clients(clients)
    lock_invoices([invoice.pk])
    text = read_why(reason, missing=UNSAID)
    due = due_on_invoices([invoice.pk]).get(invoice.pk, {})
    lines = open_lines(invoice, charge_id, due)
    if cents <= 0 or cents > sum(open_cents for _, open_cents in lines):
        raise Invalid(cents="A write-off is more than nothing and at most what is due.")
    rows = _give_up(viewer, invoice, in_order(cents, lines), text)
    record(
        viewer, "invoice.written_off", invoice, client_id=min(clients), number=invoice.name, cents=cents, reason=text
    )
    return rows


@transaction.atomic
def write_off_share(viewer: Viewer, *, charge: Charge, payer_ids: Sequence[UUID], cents: int, reason: str) -> Invoice:
    """Give up cents of what one payer owes of a charge, on however many invoices it stands; returns the last of them.

    Raises Conflict where no share of it is invoiced to the payer, Invalid above what is due.
    """
    require(viewer, Action.WRITE_OFF, charge.client_id)
    text = read_why(reason, missing=UNSAID)
    held = Share.objects.filter(charge=charge, payer_id__in=payer_ids, invoice_id__isnull=False).values("invoice_id")
    invoices = list(Invoice.objects.filter(pk__in=held).order_by("number"))
    if not invoices:
        raise Conflict("No share of this charge is on an invoice to this payer: nothing is due yet.")
    lock_clients(clients_of([each.pk for each in invoices]))
    lock_invoices([each.pk for each in invoices])
    due = due_on_invoices([each.pk for each in invoices])
    open_cents = {
        str(each.pk): sum(part for _, part in open_lines(each, charge.pk, due.get(each.pk, {}))) for each in invoices
    }
    parts = dict(in_order(cents, open_cents.items()))
    if cents <= 0 or sum(parts.values()) < cents:
        raise Invalid(cents="A write-off is more than nothing and at most what is due.")
    given_up = [each for each in invoices if str(each.pk) in parts]
    for each in given_up:
        write_off(viewer, invoice=each, charge_id=charge.pk, cents=parts[str(each.pk)], reason=text)
    record(viewer, "share.written_off", charge, client_id=charge.client_id, cents=cents, invoices=len(given_up))
    return given_up[-1]


def _give_up(viewer: Viewer, invoice: Invoice, parts: list[tuple[str, int]], reason: str) -> list[WriteOff]:
    lines = {str(line.pk): line for line in InvoiceLine.objects.filter(invoice=invoice)}
    rows = [
        WriteOff(
            id=new_id(),
            practice_id=viewer.practice_id,
            invoice=invoice,
            client_id=lines[line_id].client_id,
            charge_id=lines[line_id].charge_id,
            cents=cents,
            reason=reason,
            made_at=viewer.now,
            made_by=viewer.name,
        )
        for line_id, cents in parts
    ]
    WriteOff.objects.bulk_create(rows)
    legs = [(invoice.pk, _part(invoice, row.client_id, row.cents)) for row in rows]
    post_by_invoice(viewer, legs, written_off)
    return rows


def _part(invoice: Invoice, client_id: UUID, cents: int) -> Part:
    return Part(str(invoice.payer_id), str(client_id), str(invoice.pk), cents)


def undo_write_offs(viewer: Viewer, invoice: Invoice) -> None:
    """Take back every write-off on an invoice, as a void does: the new invoice starts whole. Part of a command."""
    undone = WriteOff.objects.filter(undoes__isnull=False).values("undoes_id")
    rows = list(WriteOff.objects.filter(invoice=invoice, undoes=None).exclude(pk__in=undone))
    WriteOff.objects.bulk_create(
        WriteOff(
            id=new_id(),
            practice_id=viewer.practice_id,
            invoice=invoice,
            client_id=each.client_id,
            charge_id=each.charge_id,
            cents=-each.cents,
            reason=each.reason,
            undoes=each,
            made_at=viewer.now,
            made_by=viewer.name,
        )
        for each in rows
    )
    legs = [(invoice.pk, _part(invoice, each.client_id, each.cents)) for each in rows]
    post_by_invoice(viewer, legs, restored)


@transaction.atomic
def undo_write_off(viewer: Viewer, *, invoice: Invoice) -> None:
    """Take back what was written off on an invoice: it is due again."""
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.WRITE_OFF, client_id)
    lock_clients(clients)
    lock_invoices([invoice.pk])
    if Invoice.objects.filter(pk=invoice.pk, standing__is_void=True).exists():
        raise Conflict("This invoice is void.")
    undo_write_offs(viewer, invoice)
    record(viewer, "invoice.write_off_undone", invoice, client_id=min(clients), number=invoice.name)
