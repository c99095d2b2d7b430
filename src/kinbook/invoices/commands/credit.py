"""Credit notes and discounts on what is invoiced: a document of its own, at most what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import clients_of, lock_invoices
from kinbook.invoices.models import CreditKind, CreditNote, CreditNoteLine, CreditNoteVoid, InvoiceLine
from kinbook.invoices.queries.open_lines import open_lines
from kinbook.ledger.balances import due_on_invoices
from kinbook.ledger.post import Posting, post
from kinbook.people.queries import lock_clients
from kinbook.rules.allocate import in_order
from kinbook.rules.posting import Billed, credit_undone, credited, discount_undone, discounted
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kinbook.invoices.models import Invoice
    from kinbook.rules.posting import Entry
    from kinbook.tenancy.viewer import Viewer

BOOKED = {CreditKind.CREDIT_NOTE: credited, CreditKind.DISCOUNT: discounted}
TAKEN_BACK = {CreditKind.CREDIT_NOTE: credit_undone, CreditKind.DISCOUNT: discount_undone}


@transaction.atomic
def add_credit_note(
    viewer: Viewer,
    *,
    invoice: Invoice,
    charge_id: UUID | None,
    cents: int,
    reason: str,
    kind: str = CreditKind.CREDIT_NOTE,
) -> CreditNote:
    """Lower an invoice, or one charge on it, by cents, at most what is due; says who and why.

    Raises Invalid for more than is due, an unknown kind or no reason.
    """
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.WRITE_OFF, client_id)
    if kind not in CreditKind.values:
        raise Invalid(kind=f"The kind is one of: {', '.join(CreditKind.values)}.")
    lock_clients(clients)
    lock_invoices([invoice.pk])
    due = due_on_invoices([invoice.pk]).get(invoice.pk, {})
    lines = open_lines(invoice, charge_id, due)
    if cents <= 0 or cents > sum(open_cents for _, open_cents in lines):
        raise Invalid(cents="More than nothing, and at most what is due.")
    made = credit_lines(viewer, invoice, in_order(cents, lines), reason, CreditKind(kind))
    record(
        viewer,
        "credit_note.issued",
        made,
        client_id=min(clients),
        number=made.name,
        invoice=invoice.name,
        kind=made.kind,
        cents=cents,
        reason=made.reason,
    )
    return made


def credit_lines(
    viewer: Viewer,
    invoice: Invoice,
    parts: Sequence[tuple[str, int]],
    reason: str,
    kind: CreditKind,
    *,
    lowers_fee: bool = False,
) -> CreditNote:
    """Issue a credit note for cents of lines of a locked invoice. Part of a command."""
    text = read_why(reason, missing="Say why it is credited.")
    lines = {str(line.pk): line for line in InvoiceLine.objects.filter(invoice=invoice)}
    practice = Practice.objects.get(pk=viewer.practice_id)
    number = _take_number(viewer)
    note = CreditNote.objects.create(
        id=new_id(),
        practice_id=viewer.practice_id,
        number=number,
        name=f"{practice.credit_note_prefix}{number}",
        kind=kind,
        lowers_fee=lowers_fee,
        invoice=invoice,
        total_cents=sum(cents for _, cents in parts),
        reason=text,
        issued_on=viewer.today,
        made_at=viewer.now,
        made_by=viewer.name,
    )
    rows = [_line(note, lines[key], place, cents) for place, (key, cents) in enumerate(parts, start=1)]
    CreditNoteLine.objects.bulk_create(rows)
    _post(viewer, note, BOOKED[kind](_billed(invoice, rows)))
    return note


def _take_number(viewer: Viewer) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO invoices_counter AS counter (practice_id, last, last_credit_note) VALUES (%s, 0, 1)"
            " ON CONFLICT (practice_id) DO UPDATE SET last_credit_note = counter.last_credit_note + 1"
            " RETURNING last_credit_note",
            [viewer.practice_id],
        )
        return int(cursor.fetchone()[0])


def _line(note: CreditNote, line: InvoiceLine, position: int, cents: int) -> CreditNoteLine:
    return CreditNoteLine(
        id=new_id(),
        practice_id=note.practice_id,
        note=note,
        client_id=line.client_id,
        charge_id=line.charge_id,
        position=position,
        on_date=line.on_date,
        description=line.description,
        service_id=line.service_id,
        clinician_id=line.clinician_id,
        cents=cents,
    )


def _billed(invoice: Invoice, rows: Iterable[CreditNoteLine]) -> list[Billed]:
    return [
        Billed(
            str(invoice.payer_id),
            str(row.client_id),
            str(invoice.pk),
            str(row.service_id) if row.service_id else None,
            row.cents,
            str(row.clinician_id) if row.clinician_id else None,
        )
        for row in rows
    ]


def _post(viewer: Viewer, note: CreditNote, entry: Entry) -> None:
    post(viewer, [Posting(entry, viewer.today, invoice_id=note.invoice_id, note=f"{note.name}: {note.reason}")])


def undo_credit_notes(viewer: Viewer, invoice: Invoice) -> dict[UUID, int]:
    """Take back every credit note and discount on an invoice, as a void does: the new one starts whole.

    Part of a command. Returns by charge what of it had lowered the fee, in cents: that is not billed again.
    """
    lowered: dict[UUID, int] = {}
    for note in CreditNote.objects.filter(invoice=invoice, voids=None).order_by("number"):
        CreditNoteVoid.objects.create(
            practice_id=viewer.practice_id, note=note, voided_at=viewer.now, voided_by=viewer.name
        )
        rows = CreditNoteLine.objects.filter(note=note).order_by("position")
        _post(viewer, note, TAKEN_BACK[CreditKind(note.kind)](_billed(invoice, rows)))
        for row in rows if note.lowers_fee else ():
            lowered[row.charge_id] = lowered.get(row.charge_id, 0) + row.cents
    return lowered
