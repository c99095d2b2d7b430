"""Reading the tallies: one small sum, whatever the size of the practice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from kinbook.tallies.models import Kind, Tally

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Count:
    """How many, and how many cents they come to."""

    count: int = 0
    cents: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.count + other.count, self.cents + other.cents)


def read_tallies(practice_id: UUID) -> dict[tuple[str, date | None], Count]:
    """Return every count of the practice by kind and date."""
    rows = (
        Tally.objects.filter(practice_id=practice_id)
        .values_list("kind", "on_date")
        .annotate(total=Sum("count"), money=Sum("cents"))
    )
    return {(Kind(kind), on): Count(total, money) for kind, on, total, money in rows if total or money}
