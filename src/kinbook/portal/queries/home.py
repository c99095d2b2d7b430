"""Home at a glance: the next appointment, and what is due for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.portal.models import Due, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ChildDue:
    """What is due for one child, in cents, and since or until when."""

    name: str
    due_on: date
    cents: int
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """What the person owes in all, and for whom."""

    parts: tuple[ChildDue, ...]

    @property
    def cents(self) -> int:
        """The sum, in cents."""
        return sum(part.cents for part in self.parts)


def next_visit(viewer: Viewer, client_ids: Sequence[UUID]) -> Visit | None:
    """Return the next appointment that stands; one that is going on is still the next."""
    coming = Visit.objects.filter(client_id__in=client_ids, state="booked", ends_at__gt=viewer.now)
    return coming.order_by("starts_at", "pk").first()


def owed(viewer: Viewer, client_id: UUID | None = None) -> Owed:
    """Return what is due by child, the earliest date of each; of one child where named."""
    rows = Due.objects.filter(due_cents__gt=0).order_by("child", "due_on")
    if client_id:
        rows = rows.filter(client_id=client_id)
    by_child: dict[UUID, list[Due]] = {}
    for row in rows:
        by_child.setdefault(row.client_id, []).append(row)
    return Owed(
        tuple(
            ChildDue(each[0].child, each[0].due_on, sum(row.due_cents for row in each), each[0].due_on < viewer.today)
            for each in by_child.values()
        )
    )
