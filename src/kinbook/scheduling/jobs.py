"""Jobs of the calendar: series made further ahead every night, and reminders."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kinbook.jobs.app import app
from kinbook.scheduling.commands.reminders import remind_of_appointments
from kinbook.scheduling.commands.series import extend_series
from kinbook.team.jobs import work_through
from kinbook.team.queries import acting_for, practice_ids


@app.periodic(cron="20 7 * * *")
@app.task(name="scheduling.every_night")
def every_night(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have the series of each practice made further ahead, each in a job of its own."""
    for practice_id in practice_ids():
        extend_practice.defer(practice_id=str(practice_id))


@app.task(name="scheduling.extend_practice")
def extend_practice(practice_id: str) -> None:
    """Make more appointments of the series of a practice that have no end."""
    now = datetime.now(UTC)
    with acting_for(UUID(practice_id), None, now=now) as viewer:
        extend_series(viewer, before=now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="scheduling.every_ten_minutes")
def every_ten_minutes(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have people reminded of what begins soon, each practice in a job of its own."""
    for practice_id in practice_ids():
        remind_practice.defer(practice_id=str(practice_id))


@app.task(name="scheduling.remind_practice")
def remind_practice(practice_id: str) -> None:
    """Remind people of the appointments of a practice, some at a time."""
    work_through(practice_id, None, lambda viewer: remind_of_appointments(viewer) > 0)
