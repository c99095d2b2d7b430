"""Reading the audit log: what the filters leave, and what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from kinbook.audit.models import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

ACTIONS = """
WITH RECURSIVE known AS (
  (SELECT action FROM audit_entry WHERE practice_id = %(practice)s ORDER BY action LIMIT 1)
  UNION ALL
  SELECT (SELECT action FROM audit_entry WHERE practice_id = %(practice)s AND action > known.action
          ORDER BY action LIMIT 1)
  FROM known WHERE known.action IS NOT NULL
)
SELECT action FROM known WHERE action IS NOT NULL
"""
"""One look into the index for each action there is, however many entries have it."""

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""No entry lies outside of them, and the last days of the calendar have no day after them to look before."""


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What the log is narrowed to; the empty value does not narrow."""

    member: UUID | None = None
    client: UUID | None = None
    action: str = ""
    since: date | None = None
    through: date | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> AuditFilters:
        """Read filters from an address; what makes no sense does not narrow."""
        return cls(
            member=read_id(values.get("member", "")),
            client=read_id(values.get("client", "")),
            action=values.get("action", "").replace("\x00", "")[:60],
            since=_day(values.get("from", "")),
            through=_day(values.get("to", "")),
        )


def read_id(text: str) -> UUID | None:
    """Return an id out of an address; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def entries(viewer: Viewer, filters: AuditFilters, *, everybody: bool) -> QuerySet[Entry]:
    """Return the entries the filters leave, in no order; only the viewer's own unless `everybody`."""
    rows = Entry.objects.all() if everybody else Entry.objects.filter(viewer_id=viewer.id)
    if filters.member:
        rows = rows.filter(viewer_id=filters.member)
    if filters.client:
        rows = rows.filter(client_id=filters.client)
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.since:
        rows = rows.filter(at__gte=datetime.combine(filters.since, time.min, viewer.zone))
    if filters.through:
        rows = rows.filter(at__lt=datetime.combine(filters.through + timedelta(days=1), time.min, viewer.zone))
    return rows


def actions_known(viewer: Viewer) -> list[str]:
    """Return every action that the practice's log holds."""
    with connection.cursor() as cursor:
        cursor.execute(ACTIONS, {"practice": viewer.practice_id})
        return [row[0] for row in cursor.fetchall()]
