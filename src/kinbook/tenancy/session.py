"""The one place that opens a transaction and names practice and viewer to PostgreSQL."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, transaction
from psycopg import IsolationLevel

from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kinbook.tenancy.viewer import Identity

NAME_THEM = (
    "SELECT set_config('kinbook.practice', %s, true), set_config('kinbook.viewer', %s, true),"
    " set_config('kinbook.portal_person', %s, true)"
)

Who = TypeVar("Who", bound="Identity")


@contextmanager
def acting_as(viewer: Who) -> Iterator[Who]:
    """Open the transaction of one request or job, and name its practice and viewer for as long as it lasts.

    Row-level security reads these names. Nesting raises, so nobody can change viewer half-way.
    """
    with transaction.atomic(durable=True):
        portal_person = str(viewer.id) if viewer.kind is ViewerKind.PORTAL else ""
        _name(str(viewer.practice_id), viewer.spoken, portal_person)
        yield viewer
        if connection.savepoint_ids and not connection.needs_rollback:
            # in a test's own transaction a released savepoint keeps the names; elsewhere they end by themselves
            _name("", "", "")


@contextmanager
def looking_as(viewer: Who) -> Iterator[Who]:
    """Open a transaction that only reads, and sees everything as it was at one moment while others go on writing."""
    connection.ensure_connection()
    wire = connection.connection
    before = wire.isolation_level, wire.read_only
    wire.isolation_level, wire.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with acting_as(viewer):
            yield viewer
    finally:
        wire.isolation_level, wire.read_only = before


def _name(practice: str, viewer: str, portal_person: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NAME_THEM, [practice, viewer, portal_person])
