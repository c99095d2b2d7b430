"""Deleting an issued invoice: a void with a reason. The number stays; money on it becomes its payer's credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.credit import undo_credit_notes
from kinbook.invoices.commands.issue import issue
from kinbook.invoices.commands.settle import (
    clients_of,
    lock_invoices,
    standing_allocations,
    undo_allocations,
)
from kinbook.invoices.commands.write_off import undo_write_offs
from kinbook.invoices.models import Invoice, InvoiceLine, Succession, Void
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.ledger.post import Posting, post
from kinbook.people.queries import lock_clients
from kinbook.rules.posting import Billed, voided
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.charges import decide_anew_free
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.commands.lowering import keep_lowered
from kinbook.whopays.models import Charge, Share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LONGEST_REASON = 500


@transaction.atomic
def void_invoice(viewer: Viewer, *, invoice: Invoice, reason: str) -> Invoice:
    """Void an issued invoice: its shares wait to be invoiced again, to the same payers.

    Needs the right to all of its clients. Raises Conflict where it is void already, Invalid without a reason.
    """
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.INVOICE_VOID, client_id)
    lock_clients(clients)
    void_locked(viewer, invoice, read_reason(reason))
    rewrite_forecast(viewer, clients)
    record(
        viewer,
        "invoice.voided",
        invoice,
        client_id=min(clients),
        number=invoice.name,
        reason=read_reason(reason),
    )
    return Invoice.objects.with_state().get(pk=invoice.pk)


def read_reason(reason: str) -> str:
    """Return the reason; raises Invalid where there is none."""
    text = reason.replace("\x00", "").strip()
    if not text:
        raise Invalid(reason="Say why: it stays on the invoice's record.")
    if len(text) > LONGEST_REASON:
        raise Invalid(reason=f"At most {LONGEST_REASON} characters.")
    return text


def void_locked(viewer: Viewer, invoice: Invoice, reason: str) -> list[Share]:
    """Void an invoice whose clients are locked; returns the shares that stood on it. Part of a command."""
    lock_invoices([invoice.pk])
    now = Invoice.objects.with_state().get(pk=invoice.pk)
    if now.standing.is_void:
        raise Conflict(f"{invoice.name} is void already. Nothing was changed.")
    undo_allocations(viewer, standing_allocations(invoice=invoice))
    undo_write_offs(viewer, invoice)
    credited = undo_credit_notes(viewer, invoice)
    lines = InvoiceLine.objects.filter(invoice=invoice)
    post(viewer, [Posting(voided(_billed(invoice, lines)), viewer.today, invoice_id=invoice.pk, note=reason)])
    shares = list(Share.objects.filter(invoice_id=invoice.pk).order_by("charge_id", "position"))
    Share.objects.filter(invoice_id=invoice.pk).update(invoice_id=None, invoice_name="")
    keep_lowered(shares, credited)
    Void.objects.create(
        practice_id=viewer.practice_id,
        invoice=invoice,
        reason=reason,
        voided_at=viewer.now,
        voided_by=viewer.name,
    )
    _leave_account([share.charge_id for share in shares])
    return shares


def _billed(invoice: Invoice, lines: Iterable[InvoiceLine]) -> list[Billed]:
    return [
        Billed(
            str(invoice.payer_id),
            str(line.client_id),
            str(invoice.pk),
            str(line.service_id) if line.service_id else None,
            line.cents,
            str(line.clinician_id) if line.clinician_id else None,
        )
        for line in lines
    ]


def _leave_account(charge_ids: list[UUID]) -> None:
    """Let charges that stand on no live invoice leave the account until they are decided again (rules.afterwards)."""
    live = Share.objects.filter(charge_id__in=charge_ids, invoice_id__isnull=False).values("charge_id")
    Charge.objects.filter(pk__in=charge_ids).exclude(pk__in=live).update(given=None)


@transaction.atomic
def recreate_invoice(viewer: Viewer, *, invoice: Invoice) -> list[Invoice]:
    """Decide the charges of a voided invoice anew, by the arrangement on record, and invoice them.

    Raises Conflict while another share of one of its charges stands on a live invoice: void both, or re-address.
    """
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.INVOICE_CREATE, client_id)
    lock_clients(clients)
    if not Void.objects.filter(invoice=invoice).exists():
        raise Conflict(f"{invoice.name} is not deleted. Delete it first, or re-address it.")
    charges = list(InvoiceLine.objects.filter(invoice=invoice).values_list("charge_id", flat=True))
    decide_anew_free(viewer, clients, charges)
    made = issue(viewer, open_shares(charge_ids=charges), by_family=len(clients) > 1)
    if not made:
        raise Conflict("There is nothing to invoice again: it is invoiced already, or needs a payer.")
    rewrite_forecast(viewer, clients)
    succeed(viewer, invoice, made)
    record(viewer, "invoice.recreated", invoice, client_id=min(clients), number=invoice.name, times=len(made))
    return list(Invoice.objects.with_state().filter(pk__in=made).order_by("number"))


def succeed(viewer: Viewer, old: Invoice, made: Iterable[UUID]) -> None:
    """Note which invoices stand in place of a voided one; for staff only."""
    Succession.objects.bulk_create(
        Succession(practice_id=viewer.practice_id, voided=old, issued_id=each) for each in made
    )
