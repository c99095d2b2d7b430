"""Time off: entered and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import reaches_practice, require
from kinbook.audit.record import record
from kinbook.scheduling.commands.book import FIRST_YEAR, LAST_YEAR
from kinbook.scheduling.models import TimeOff
from kinbook.team.models import Member
from kinbook.tenancy.refused import Forbidden, Invalid

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def add_time_off(
    viewer: Viewer, *, member_id: UUID, starts_at: datetime, ends_at: datetime, title: str = ""
) -> TimeOff:
    """Enter when a member is not there: one's own, or anybody's for who edits every calendar."""
    require(viewer, Action.CALENDAR_EDIT)
    _require_own(viewer, member_id)
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Invalid(**{name: f"Time off lies between {FIRST_YEAR} and {LAST_YEAR}."})
    if ends_at <= starts_at:
        raise Invalid(ends_at="Time off ends after it starts.")
    if not Member.objects.active().filter(pk=member_id).exists():
        raise Invalid(member_id="There is no such member on the team.")
    off = TimeOff.objects.create(
        practice_id=viewer.practice_id,
        member_id=member_id,
        title=(title.replace("\x00", "").strip() or "Time off")[:100],
        starts_at=starts_at,
        ends_at=ends_at,
    )
    record(viewer, "time_off.added", off, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    return off


@transaction.atomic
def remove_time_off(viewer: Viewer, *, time_off: TimeOff) -> None:
    """Take time off out of the calendar."""
    require(viewer, Action.CALENDAR_EDIT)
    _require_own(viewer, time_off.member_id)
    record(viewer, "time_off.removed", time_off, starts_at=time_off.starts_at.isoformat())
    time_off.delete()


def _require_own(viewer: Viewer, member_id: UUID) -> None:
    if member_id != viewer.id and not reaches_practice(viewer, Action.CALENDAR_EDIT):
        raise Forbidden
