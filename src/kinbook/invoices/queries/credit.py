"""One credit note as its paper shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models import CreditNote, CreditNoteLine
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.models import Practice
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class CreditLineShown:
    """What a credit note takes off one charge, in cents."""

    client_id: UUID
    client_name: str
    charge_id: UUID
    on_date: date
    description: str
    cents: int


@dataclass(frozen=True, slots=True)
class CreditNotePage:
    """A credit note; `other_cents` are lines of clients the viewer may not see."""

    note: CreditNote
    practice: Practice
    lines: list[CreditLineShown]
    other_cents: int


def credit_note_page(viewer: Viewer, note_id: UUID) -> CreditNotePage:
    """Return a credit note the viewer may see; unknown and forbidden look alike."""
    found = (
        CreditNote.objects.visible_to(viewer).with_state().select_related("invoice", "practice").filter(pk=note_id)
    ).first()
    if found is None:
        raise Unknown
    rows = CreditNoteLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), note=found)
    lines = [
        CreditLineShown(row.client_id, row.client.name, row.charge_id, row.on_date, row.description, row.cents)
        for row in rows.select_related("client__party").order_by("position")
    ]
    return CreditNotePage(found, found.practice, lines, found.total_cents - sum(line.cents for line in lines))
