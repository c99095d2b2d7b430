"""The only writer of the journal: balanced entries, many at once, in the transaction of what they record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.ledger.models import Entry, Line
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from kinbook.rules import posting
    from kinbook.tenancy.viewer import Viewer

ENTRY = (
    "id",
    "practice_id",
    "event",
    "on_date",
    "posted_at",
    "posted_by",
    "invoice_id",
    "payment_id",
    "note",
)
LINE = (
    "id",
    "practice_id",
    "entry_id",
    "account",
    "cents",
    "payer_id",
    "client_id",
    "invoice_id",
    "service_id",
    "method",
    "clinician_id",
    "on_date",
)


@dataclass(frozen=True, slots=True)
class Posting:
    """A balanced entry with the date it counts on and what it belongs to."""

    entry: posting.Entry
    on_date: date
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    note: str = ""


def post(viewer: Viewer, postings: Iterable[Posting]) -> None:
    """Add entries to the journal. The database refuses one that does not sum to zero, when the transaction ends."""
    entries: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    for each in postings:
        if not each.entry.legs:
            continue
        entry_id = new_id()
        entries.append(
            (
                entry_id,
                viewer.practice_id,
                each.entry.event.value,
                each.on_date,
                viewer.now,
                viewer.name,
                each.invoice_id,
                each.payment_id,
                each.note,
            )
        )
        lines.extend(_line(viewer, entry_id, each.on_date, leg) for leg in each.entry.legs if leg.cents)
    insert_rows(Entry, ENTRY, entries)
    insert_rows(Line, LINE, lines)


def _line(viewer: Viewer, entry_id: UUID, on_date: date, leg: posting.Leg) -> tuple[object, ...]:
    return (
        new_id(),
        viewer.practice_id,
        entry_id,
        leg.account.value,
        leg.cents,
        leg.payer,
        leg.client,
        leg.invoice,
        leg.service,
        leg.method,
        leg.clinician,
        on_date,
    )
