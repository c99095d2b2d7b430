"""What an appointment overlaps: others of its clinician or client, and time off. Shown to people, never refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from kinbook.scheduling.models import Status
from kinbook.scheduling.queries.names import BUSY, TIME_OFF, named_clients, reads_titles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.scheduling.models import Appointment
    from kinbook.tenancy.viewer import Viewer

FREE = (Status.CANCELLED, Status.LATE_CANCELLED, Status.CLINICIAN_CANCELLED)
"""What was canceled takes nobody's time."""


class ConflictKind(StrEnum):
    """Whose time is taken twice."""

    CLINICIAN = "clinician"
    CLIENT = "client"
    TIME_OFF = "time_off"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One overlap. `title` is the other client's name, "Busy" where the viewer may not read it, or the time off's.

    `appointment_id` is None for time off, and where the name is hidden.
    """

    kind: ConflictKind
    title: str
    starts_at: datetime
    ends_at: datetime
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of a clinician and perhaps a client, booked already (then under its own id) or only thought of."""

    key: UUID
    clinician_id: UUID
    client_id: UUID | None
    starts_at: datetime
    ends_at: datetime


def conflicts_of(viewer: Viewer, appointment: Appointment) -> list[Conflict]:
    """Return what an appointment overlaps, by start; nothing for a canceled one."""
    return conflicts_of_each(viewer, [appointment])[appointment.pk]


def conflicts_of_each(viewer: Viewer, appointments: Iterable[Appointment]) -> dict[UUID, list[Conflict]]:
    """Return what each of many appointments overlaps, in a fixed number of queries."""
    return conflicts_at(
        viewer,
        [
            Slot(each.pk, each.clinician_id, each.client_id, each.starts_at, each.ends_at)
            for each in appointments
            if each.status not in FREE
        ],
    )


def conflicts_at(viewer: Viewer, slots: Sequence[Slot]) -> dict[UUID, list[Conflict]]:
    """Return by key what each slot overlaps, by start; an appointment with a slot's own id is not in its way."""
    found: dict[UUID, list[Conflict]] = defaultdict(list)
    if not slots:
        return found
    rows = _overlapping(viewer, slots)
    named = named_clients(viewer, {row.client_id for row in rows if row.client_id})
    for row in rows:
        found[row.key].append(_told(viewer, row, named))
    return found


class _Row(NamedTuple):
    key: UUID
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    appointment_id: UUID | None
    client_id: UUID | None
    member_id: UUID


# An appointment lasts a day at most, so that the index by start bounds the search; time off may last for weeks.
OVERLAPPING = """
WITH slot AS (
  SELECT * FROM unnest(%(keys)s::uuid[], %(clinicians)s::uuid[], %(clients)s::uuid[], %(starts)s::timestamptz[],
                       %(ends)s::timestamptz[]) AS t (key, clinician_id, client_id, starts_at, ends_at)
)
SELECT slot.key, CASE WHEN other.clinician_id = slot.clinician_id THEN 'clinician' ELSE 'client' END, '',
       other.starts_at, other.ends_at, other.id, other.client_id, other.clinician_id
FROM slot JOIN scheduling_appointment AS other
  ON other.practice_id = %(practice)s AND other.starts_at < slot.ends_at AND other.ends_at > slot.starts_at
 AND other.starts_at > slot.starts_at - interval '1 day'
 AND (other.clinician_id = slot.clinician_id OR other.client_id = slot.client_id)
WHERE other.id <> slot.key AND other.status <> ALL(%(free)s)
UNION ALL
SELECT slot.key, 'time_off', off.title, off.starts_at, off.ends_at, NULL, NULL, off.member_id
FROM slot JOIN scheduling_timeoff AS off
  ON off.practice_id = %(practice)s AND off.starts_at < slot.ends_at AND off.ends_at > slot.starts_at
 AND off.member_id = slot.clinician_id
ORDER BY 4, 2, 6
"""


def _overlapping(viewer: Viewer, slots: Sequence[Slot]) -> list[_Row]:
    values: dict[str, Any] = {
        "keys": [each.key for each in slots],
        "clinicians": [each.clinician_id for each in slots],
        "clients": [each.client_id for each in slots],
        "starts": [each.starts_at for each in slots],
        "ends": [each.ends_at for each in slots],
        "practice": viewer.practice_id,
        "free": [str(status.value) for status in FREE],
    }
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPPING, values)
        return [_Row(*row) for row in cursor.fetchall()]


def _told(viewer: Viewer, row: _Row, named: Mapping[UUID, Client]) -> Conflict:
    if row.client_id is None:
        title = row.title if reads_titles_of(viewer, row.member_id) else TIME_OFF
        return Conflict(ConflictKind.TIME_OFF, title, row.starts_at, row.ends_at)
    client = named.get(row.client_id)
    shown = row.appointment_id if client else None
    return Conflict(ConflictKind(row.kind), client.name if client else BUSY, row.starts_at, row.ends_at, shown)
