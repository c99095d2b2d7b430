"""Reading the journal: its entries with their lines, as far as the viewer may see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, reaches_all, reaches_practice
from kinbook.ledger.models import Entry, Line
from kinbook.people.queries import parties_visible_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.rules.posting import Event
    from kinbook.tenancy.viewer import Viewer

OTHERS = "other_clients"
"""The account of the one line that stands for lines of clients the viewer may not see."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One leg of an entry in cents: debit positive, credit negative."""

    account: str
    cents: int
    payer_id: UUID | None = None
    client_id: UUID | None = None
    invoice_id: UUID | None = None
    service_id: UUID | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A money event; its lines sum to zero."""

    id: UUID
    event: str
    on_date: date
    posted_at: datetime
    posted_by: str
    invoice_id: UUID | None
    payment_id: UUID | None
    note: str
    lines: list[JournalLine]


def entries_visible_to(
    viewer: Viewer, *, payers: Sequence[UUID] = (), client_id: UUID | None = None
) -> QuerySet[Entry]:
    """Return the entries with a line of a client the viewer may see; of some payers or one client where named.

    Entries of no client, such as money received, are seen by whoever sees every client.
    """
    rows = Entry.objects.filter(practice_id=viewer.practice_id)
    reach = clients_in_reach(viewer, Action.JOURNAL_SEE)
    if not reaches_all(viewer, Action.JOURNAL_SEE):
        lines = Line.objects.filter(entry_id=OuterRef("pk"))
        seen = Q(Exists(lines.filter(reach, client__isnull=False)))
        if reaches_practice(
            viewer, Action.JOURNAL_SEE
        ):  # some records are closed to them, and who pays for these alone
            unseen = lines.exclude(payer_id__in=parties_visible_to(viewer).values("pk"))
            seen |= ~Exists(lines.filter(client__isnull=False)) & ~Exists(unseen)
        rows = rows.filter(seen)
    if payers:
        rows = rows.filter(pk__in=Line.objects.filter(payer_id__in=payers).values("entry_id"))
    if client_id:
        rows = rows.filter(pk__in=Line.objects.filter(client_id=client_id).values("entry_id"))
    return rows


def with_lines(viewer: Viewer, entries: Iterable[Entry]) -> list[JournalEntry]:
    """Return entries with their lines in two queries; those of clients the viewer may not see become one line."""
    found = list(entries)
    lines = _lines(viewer, [each.pk for each in found])
    return [
        JournalEntry(
            id=each.pk,
            event=each.event,
            on_date=each.on_date,
            posted_at=each.posted_at,
            posted_by=each.posted_by,
            invoice_id=each.invoice_id,
            payment_id=each.payment_id,
            note=each.note,
            lines=lines[each.pk],
        )
        for each in found
    ]


def _lines(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[JournalLine]]:
    rows = Line.objects.filter(entry_id__in=ids)
    reach = clients_in_reach(viewer, Action.JOURNAL_SEE)
    sees_all = reaches_all(viewer, Action.JOURNAL_SEE)
    hidden = set() if sees_all else set(rows.exclude(Q(client=None) | reach).values_list("pk", flat=True))
    lines: dict[UUID, list[JournalLine]] = defaultdict(list)
    others: dict[UUID, int] = defaultdict(int)
    for row in rows.order_by("entry_id", "pk"):
        if row.pk in hidden:
            others[row.entry_id] += row.cents
        else:
            lines[row.entry_id].append(_line(row))
    for entry_id, cents in others.items():
        lines[entry_id].append(JournalLine(OTHERS, cents))
    return lines


def _line(row: Line) -> JournalLine:
    return JournalLine(row.account, row.cents, row.payer_id, row.client_id, row.invoice_id, row.service_id, row.method)


def latest_entry(viewer: Viewer, *, invoice_id: UUID, event: Event) -> JournalEntry:
    """Return the entry that told last of an event of an invoice."""
    rows = Entry.objects.filter(invoice_id=invoice_id, event=event.value, practice_id=viewer.practice_id)
    return with_lines(viewer, rows.order_by("-posted_at", "-pk")[:1])[0]
