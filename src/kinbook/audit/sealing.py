"""Sealing the log: what was added since is tied, practice by practice, to what was sealed before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

EVERY = 7
"""Seconds between two rounds: an entry is sealed within ten."""


def seal_all() -> int:
    """Seal what every practice has added, each in a transaction of its own; returns how many entries were sealed.

    Two processes at once do no harm: the second passes over the practices that the first is sealing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_practices_to_seal()")
        waiting = [row[0] for row in cursor.fetchall()]
    return sum(seal_practice(practice_id) for practice_id in waiting)


def seal_practice(practice_id: UUID) -> int:
    """Seal what one practice has added; returns how many entries that were."""
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)), connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_seal()")
        sealed: int = cursor.fetchone()[0]
    return sealed
