"""Issuing invoices: shares are claimed, decisions fixed, numbers taken without gaps, the journal told, all at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.models import Invoice, InvoiceLine
from kinbook.invoices.queries.terms import wishes_of
from kinbook.invoices.queries.uninvoiced import grouped, open_shares
from kinbook.ledger.post import Posting, post
from kinbook.people.models import Party
from kinbook.people.queries import lock_clients
from kinbook.rules.posting import Billed, issued
from kinbook.tenancy.bulk import array, insert_rows
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.commands.charges import next_fixed_orders
from kinbook.whopays.commands.forecast import rewrite_forecast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.invoices.queries.uninvoiced import Group, Open
    from kinbook.tenancy.viewer import Viewer

INVOICE = (
    "id",
    "practice_id",
    "number",
    "name",
    "payer_id",
    "payer_name",
    "payer_address",
    "issued_on",
    "due_on",
    "total_cents",
    "issued_by",
    "issued_at",
    "run_id",
    "reference",
)
LINE = (
    "id",
    "practice_id",
    "invoice_id",
    "client_id",
    "charge_id",
    "position",
    "on_date",
    "description",
    "service_id",
    "clinician_id",
    "charge_cents",
    "discount_cents",
    "discounted_as",
    "cents",
    "reason",
    "payer_reason",
    "client_named",
    "authorization",
)
CLAIM = """
UPDATE whopays_share AS share SET invoice_id = new.invoice_id, invoice_name = new.invoice_name
FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS new (id, invoice_id, invoice_name)
WHERE share.practice_id = %s AND share.id = new.id AND share.invoice_id IS NULL
"""
FIX = """
UPDATE whopays_charge AS charge SET fixed_order = new.place
FROM unnest(%s::uuid[], %s::bigint[]) AS new (id, place)
WHERE charge.practice_id = %s AND charge.id = new.id
"""


@transaction.atomic
def issue_charges(viewer: Viewer, *, client_id: UUID, charge_ids: Sequence[UUID]) -> list[Invoice]:
    """Invoice chosen charges of one client now, to whoever owes them; Conflict where nothing can be invoiced."""
    require(viewer, Action.INVOICE_CREATE, client_id)
    lock_clients([client_id])
    made = issue(viewer, open_shares(client_ids=[client_id], charge_ids=charge_ids), by_family=False)
    if not made:
        raise Conflict("There is nothing to invoice: it is invoiced already, is not billable yet, or needs a payer.")
    # chosen ones may not be the next in order: what comes after them is forecast anew
    rewrite_forecast(viewer, [client_id])
    invoices = list(Invoice.objects.with_state().filter(pk__in=made).order_by("number"))
    for invoice in invoices:
        record(
            viewer,
            "invoice.issued",
            invoice,
            client_id=client_id,
            number=invoice.name,
            cents=invoice.total_cents,
        )
    return invoices


def issue(viewer: Viewer, shares: Sequence[Open], *, by_family: bool, run_id: UUID | None = None) -> dict[UUID, int]:
    """Invoice shares whose clients are locked; returns the invoices' ids and totals in cents.

    Part of a command. The counter is locked last, so that numbers have no gaps and nobody waits long.
    """
    groups = grouped(shares, by_family=by_family)
    if not groups:
        return {}
    parties = Party.objects.in_bulk({payer for payer, _ in groups})
    practice = Practice.objects.get(pk=viewer.practice_id)
    wishes = wishes_of(shares)
    _fix(viewer, shares)
    last = _take_numbers(viewer, len(groups))
    ids = [new_id() for _ in groups]
    rows = [
        (
            ids[place],
            *_invoice(viewer, practice, parties[payer], lines, last - len(groups) + place + 1, run_id),
            wishes.reference(payer),
        )
        for place, ((payer, _), lines) in enumerate(groups.items())
    ]
    insert_rows(Invoice, INVOICE, rows)
    insert_rows(
        InvoiceLine,
        LINE,
        [
            (*_line(viewer, invoice_id, position, share), *wishes.of_line(share))
            for invoice_id, lines in zip(ids, groups.values(), strict=True)
            for position, share in enumerate(lines, start=1)
        ],
    )
    _claim(viewer, groups, rows)
    post(
        viewer,
        [
            Posting(issued(billed(invoice_id, payer, lines)), viewer.today, invoice_id=invoice_id)
            for invoice_id, ((payer, _), lines) in zip(ids, groups.items(), strict=True)
        ],
    )
    return {
        invoice_id: sum(line.cents for line in lines) for invoice_id, lines in zip(ids, groups.values(), strict=True)
    }


def billed(invoice_id: UUID, payer: UUID, lines: Sequence[Open]) -> list[Billed]:
    """Return the lines as the journal books them."""
    return [
        Billed(
            str(payer),
            str(line.client_id),
            str(invoice_id),
            str(line.service_id) if line.service_id else None,
            line.cents,
            str(line.clinician_id) if line.clinician_id else None,
        )
        for line in lines
    ]


def _fix(viewer: Viewer, shares: Sequence[Open]) -> None:
    """Fix the decisions, in the order they were made; those fixed before keep their place."""
    fresh = list(dict.fromkeys(share.charge_id for share in shares if share.fixed_order is None))
    with connection.cursor() as cursor:
        cursor.execute(FIX, [array(fresh), array(next_fixed_orders(len(fresh))), viewer.practice_id])


def _take_numbers(viewer: Viewer, count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO invoices_counter AS counter (practice_id, last) VALUES (%s, %s)"
            " ON CONFLICT (practice_id) DO UPDATE SET last = counter.last + excluded.last RETURNING last",
            [viewer.practice_id, count],
        )
        return int(cursor.fetchone()[0])


def _invoice(
    viewer: Viewer, practice: Practice, payer: Party, lines: list[Open], number: int, run_id: UUID | None
) -> tuple[object, ...]:
    return (
        viewer.practice_id,
        number,
        f"{practice.invoice_prefix}{number}",
        payer.pk,
        payer.name,
        address_of(payer),
        viewer.today,
        viewer.today + timedelta(days=practice.terms_days),
        sum(line.cents for line in lines),
        viewer.name,
        viewer.now,
        run_id,
    )


def address_of(party: Party) -> str:
    """Return the postal address as it is printed, one line each."""
    town = " ".join(part for part in (party.city, party.region, party.postal_code) if part)
    return "\n".join(line for line in (party.street, town, party.country) if line)


def _line(viewer: Viewer, invoice_id: object, position: int, share: Open) -> tuple[object, ...]:
    return (
        new_id(),
        viewer.practice_id,
        invoice_id,
        share.client_id,
        share.charge_id,
        position,
        share.on_date,
        share.description,
        share.service_id,
        share.clinician_id,
        share.charge_cents,
        share.discount_cents,
        share.discounted_as,
        share.cents,
        share.reason,
        share.payer_reason,
    )


def _claim(viewer: Viewer, groups: dict[Group, list[Open]], rows: list[tuple[object, ...]]) -> None:
    """Put the shares on their invoices: each stands on one at most."""
    claims = [
        (share.share_id, row[0], row[3]) for row, lines in zip(rows, groups.values(), strict=True) for share in lines
    ]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [*(array(column) for column in zip(*claims, strict=True)), viewer.practice_id])
        if cursor.rowcount != len(claims):
            raise Conflict("Some of this was invoiced a moment ago. Nothing was changed: look again.")
