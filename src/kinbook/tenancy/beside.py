"""A word beside a long transaction: seen by others at once, and kept whatever becomes of the transaction."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from kinbook.tenancy.session import NAME_THEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kinbook.tenancy.viewer import Identity


@contextmanager
def acting_beside(viewer: Identity) -> Iterator[BaseDatabaseWrapper]:
    """Open a small transaction on a connection of its own; nothing in it may wait for the one it stands beside."""
    other = connection.copy()
    try:
        other.ensure_connection()
        with other.connection.transaction():
            with other.cursor() as cursor:
                cursor.execute(NAME_THEM, [str(viewer.practice_id), viewer.spoken, ""])
            yield other
    finally:
        other.close()
