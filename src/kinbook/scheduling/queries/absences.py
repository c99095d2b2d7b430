"""One time off as its dialog shows it, and whose may be entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import members_in_reach, reach, reaches_practice
from kinbook.scheduling.models import TimeOff
from kinbook.scheduling.queries.events import wall
from kinbook.scheduling.queries.names import TIME_OFF, reads_titles_of
from kinbook.team.models import Member
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AbsenceShown:
    """A member's time off on the practice's wall clock."""

    row: TimeOff
    title: str
    member: str
    starts: datetime
    ends: datetime
    may_remove: bool


def absence_for(viewer: Viewer, time_off_id: UUID) -> AbsenceShown:
    """Return a time off the viewer sees in the calendar."""
    rows = TimeOff.objects.filter(members_in_reach(viewer, Action.CALENDAR_SEE), pk=time_off_id)
    row = rows.select_related("member").first()
    if row is None:
        raise Unknown
    own = reads_titles_of(viewer, row.member_id)
    return AbsenceShown(
        row=row,
        title=row.title if own else TIME_OFF,
        member=row.member.name,
        starts=wall(row.starts_at, viewer),
        ends=wall(row.ends_at, viewer),
        may_remove=own and bool(reach(viewer, Action.CALENDAR_EDIT)),
    )


def absentees(viewer: Viewer) -> list[Member]:
    """Return whose time off the viewer may enter: everybody's, or their own."""
    rows = Member.objects.active().order_by("last_name", "first_name", "pk")
    if reaches_practice(viewer, Action.CALENDAR_EDIT):
        return list(rows)
    return list(rows.filter(pk=viewer.id))
