"""Folding tallies: many small steps become one row a kind and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from uuid import UUID

FOLD = """
WITH taken AS (
  DELETE FROM tallies_tally WHERE id IN (
    SELECT id FROM tallies_tally WHERE practice_id = %s FOR UPDATE SKIP LOCKED
  ) RETURNING kind, on_date, count, cents
)
INSERT INTO tallies_tally (id, practice_id, kind, on_date, count, cents)
SELECT gen_random_uuid(), %s, kind, on_date, sum(count), sum(cents) FROM taken
GROUP BY kind, on_date HAVING sum(count) <> 0 OR sum(cents) <> 0
"""


def fold_tallies(practice_id: UUID) -> None:
    """Fold the steps nobody else is folding; the sums stay as they are at every moment."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [practice_id, practice_id])
