"""Taking appointments out of the calendar."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.queries import lock_clients
from kinbook.rules.repeats import ended_before
from kinbook.scheduling.commands.series import FOLLOWING, ONE, remove, rest_of
from kinbook.scheduling.models import Appointment, Series
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def remove_appointment(viewer: Viewer, *, appointment: Appointment, scope: str = ONE) -> int:
    """Take an appointment, or it and the rest of its series, away; Conflict where one was ever billed."""
    require(viewer, Action.CALENDAR_EDIT, appointment.client_id)
    if scope not in {ONE, FOLLOWING}:
        raise Invalid(scope="Remove one appointment, or it and the following.")
    lock_clients([appointment.client_id])
    rest = rest_of(appointment) if scope == FOLLOWING else []
    if scope == FOLLOWING and appointment.series is not None and appointment.series_at is not None:
        before = appointment.series_at.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=1)
        Series.objects.filter(pk=appointment.series.pk).update(
            rrule=ended_before(appointment.series.rrule, before), ended=True
        )
    remove(viewer, [appointment, *rest])
    record(
        viewer,
        "appointment.removed",
        appointment,
        client_id=appointment.client_id,
        starts_at=appointment.starts_at.isoformat(),
        times=1 + len(rest),
    )
    return 1 + len(rest)
