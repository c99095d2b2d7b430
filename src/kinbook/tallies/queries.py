"""Reading the tallies: one small sum, whatever the size of the practice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from kinbook.tallies.models import Kind

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


EVERY_COUNT = """
SELECT kind, on_date, sum(count)::bigint, sum(cents)::bigint FROM tallies_tally WHERE practice_id = %s
GROUP BY kind, on_date
"""
ONE_COUNT = """
SELECT sum(count)::bigint, sum(cents)::bigint FROM tallies_tally WHERE practice_id = %s AND kind = %s
"""


def read_tallies(practice_id: UUID) -> dict[tuple[str, date | None], Count]:
    """Return every count of the practice by kind and date."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_COUNT, [practice_id])
        rows = cursor.fetchall()
    return {(Kind(kind), on): Count(total, money) for kind, on, total, money in rows if total or money}


def read_tally(practice_id: UUID, kind: Kind) -> Count:
    """Return one count of the practice, all dates together."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_COUNT, [practice_id, kind.value])
        total, money = cursor.fetchone()
    return Count(total or 0, money or 0)
