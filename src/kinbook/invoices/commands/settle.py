"""Settling invoices: money is allocated, given back, written off and restored, each by entries of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from kinbook.invoices.models import Allocation, Invoice, InvoiceLine
from kinbook.ledger.balances import due_on_invoices
from kinbook.ledger.post import Posting, post
from kinbook.rules.allocate import in_order
from kinbook.rules.posting import Part, allocated, unallocated
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kinbook.rules.posting import Entry
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Settles:
    """Cents of a payment that go to an invoice."""

    invoice_id: UUID
    cents: int


def lock_invoices(invoice_ids: Iterable[UUID]) -> None:
    """Lock invoices by id, after clients and payers: what is due on them stays until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kinbook_lock_invoices(%s)",
            [sorted(set(invoice_ids))],
        )


def clients_of(invoice_ids: Iterable[UUID]) -> set[UUID]:
    """Return the clients on the invoices' lines."""
    return set(InvoiceLine.objects.filter(invoice_id__in=list(invoice_ids)).values_list("client_id", flat=True))


def allocate(viewer: Viewer, *, payment_id: UUID, payer_id: UUID, parts: Sequence[Settles]) -> None:
    """Settle invoices of one payer from a payment; Invalid where a part exceeds what is due. Part of a command.

    On an invoice of several clients the money settles them in the order of the lines.
    """
    due = due_on_invoices([part.invoice_id for part in parts])
    owed_by = dict(Invoice.objects.filter(pk__in=due).values_list("pk", "payer_id"))
    rows, legs = [], []
    for part in parts:
        open_cents = due.get(part.invoice_id, {})
        if part.cents <= 0 or part.cents > sum(open_cents.values()):
            raise Invalid(allocations="An allocation is more than nothing and at most what is due on its invoice.")
        for client_id, cents in in_order(part.cents, _by_line(part.invoice_id, open_cents)):
            open_cents[UUID(client_id)] -= cents
            rows.append(
                Allocation(
                    id=new_id(),
                    practice_id=viewer.practice_id,
                    payment_id=payment_id,
                    invoice_id=part.invoice_id,
                    client_id=client_id,
                    cents=cents,
                    made_at=viewer.now,
                    made_by=viewer.name,
                )
            )
            owed = str(owed_by[part.invoice_id])
            legs.append((part.invoice_id, Part(owed, client_id, str(part.invoice_id), cents, str(payer_id))))
    Allocation.objects.bulk_create(rows)
    post_by_invoice(viewer, legs, allocated, payment_id)


def _by_line(invoice_id: UUID, due: dict[UUID, int]) -> list[tuple[str, int]]:
    if len(due) == 1:
        return [(str(client_id), cents) for client_id, cents in due.items()]
    lines = InvoiceLine.objects.filter(invoice_id=invoice_id).order_by("position")
    ordered = dict.fromkeys(lines.values_list("client_id", flat=True))
    return [(str(client_id), due[client_id]) for client_id in ordered if due.get(client_id)]


def post_by_invoice(
    viewer: Viewer,
    legs: Iterable[tuple[UUID, Part]],
    event: Callable[[Iterable[Part]], Entry],
    payment_id: UUID | None = None,
) -> None:
    """Post one entry an invoice; part of a command."""
    parts: dict[UUID, list[Part]] = defaultdict(list)
    for invoice_id, part in legs:
        parts[invoice_id].append(part)
    post(
        viewer,
        [
            Posting(event(several), viewer.today, invoice_id=invoice_id, payment_id=payment_id)
            for invoice_id, several in parts.items()
        ],
    )


def standing_allocations(**condition: object) -> list[Allocation]:
    """Return allocations that were not undone, newest first."""
    undone = Allocation.objects.filter(undoes__isnull=False).values("undoes_id")
    rows = Allocation.objects.filter(**condition, undoes=None).exclude(pk__in=undone)
    return list(rows.select_related("invoice", "payment").order_by("-made_at", "-pk"))


def undo_allocations(viewer: Viewer, rows: Sequence[Allocation]) -> None:
    """Give settled money back to its payer's credit: the invoices are due again. Part of a command."""
    Allocation.objects.bulk_create(
        Allocation(
            id=new_id(),
            practice_id=viewer.practice_id,
            payment_id=each.payment_id,
            invoice_id=each.invoice_id,
            client_id=each.client_id,
            cents=-each.cents,
            undoes=each,
            made_at=viewer.now,
            made_by=viewer.name,
        )
        for each in rows
    )
    by_payment: dict[UUID, list[Allocation]] = defaultdict(list)
    for each in rows:
        by_payment[each.payment_id].append(each)
    for payment_id, several in by_payment.items():
        legs = [
            (
                each.invoice_id,
                Part(
                    str(each.invoice.payer_id),
                    str(each.client_id),
                    str(each.invoice_id),
                    each.cents,
                    str(each.payment.payer_id),
                ),
            )
            for each in several
        ]
        post_by_invoice(viewer, legs, unallocated, payment_id)


def undo_part(viewer: Viewer, row: Allocation, cents: int) -> None:
    """Give back cents of one allocation: it is undone whole, and the rest settles as before. Part of a command."""
    undo_allocations(viewer, [row])
    rest = row.cents - cents
    Allocation.objects.create(
        practice_id=viewer.practice_id,
        payment_id=row.payment_id,
        invoice_id=row.invoice_id,
        client_id=row.client_id,
        cents=rest,
        made_at=viewer.now,
        made_by=viewer.name,
    )
    owed, credit_of = str(row.invoice.payer_id), str(row.payment.payer_id)
    part = Part(owed, str(row.client_id), str(row.invoice_id), rest, credit_of)
    post_by_invoice(viewer, [(row.invoice_id, part)], allocated, row.payment_id)
