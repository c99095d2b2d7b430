"""Repeating series: the rest of one, a series of its own from here on, and more of it as time goes by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.rules.repeats import Unrepeatable, count_before, ended_before, moved_rule, occurrences
from kinbook.scheduling.commands.book import (
    AHEAD,
    is_over,
    local,
    made_until,
    new_rule,
    occurrence,
    parse_repeat,
)
from kinbook.scheduling.commands.charging import charge
from kinbook.scheduling.models import Appointment, Series, Status
from kinbook.tenancy.refused import Invalid
from kinbook.whopays.commands.charges import remove_appointment_charges

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

ONE, FOLLOWING = "one", "following"


def rest_of(one: Appointment) -> list[Appointment]:
    """Return the later appointments of the series, locked; those that happened already stay as they are."""
    if one.series_id is None:
        return []
    rows = Appointment.objects.filter(series_id=one.series_id, series_at__gt=one.series_at)
    later = rows.select_for_update(of=("self",)).select_related("service", "series").order_by("series_at")
    return [each for each in later if each.status == Status.SCHEDULED]


def own_series(
    viewer: Viewer, one: Appointment, rest: list[Appointment], repeat: str | None, moved: timedelta
) -> list[Appointment]:
    """Give an appointment and its rest a series of their own from here on, by a new rule where one is given."""
    old = one.series
    if old is not None and not repeat:
        series = _split(viewer, old, one, moved)
        one.series, one.series_at = series, series.starts_local
        for each in rest:
            each.series = series
        return rest
    if not repeat:
        return rest
    first = local(one.starts_at, viewer)
    text, rule = new_rule(repeat, first, viewer)
    if old is not None:
        _end(old, one)
    until = max(first.date(), viewer.today) + AHEAD
    moments = occurrences(rule, after=first, until=until)
    series = _new(viewer, text, first, made_until(moments, until), ended=is_over(rule, until))
    one.series, one.series_at = series, series.starts_local
    remove(viewer, rest)
    made = [occurrence(viewer, one, series, moment) for moment in moments]
    Appointment.objects.bulk_create(made)
    charge(viewer, made)
    return []


def _split(viewer: Viewer, old: Series, one: Appointment, moved: timedelta) -> Series:
    """Return a series that goes on as the old one did, moved; it is made as far, the nights make the rest."""
    here = _place(old, one)
    text = _remaining(viewer, old, here, here + moved)
    _end(old, one)
    ended = is_over(parse_repeat(text, here + moved, viewer), old.made_until)
    return _new(viewer, text, here + moved, old.made_until, ended=ended)


def _place(old: Series, one: Appointment) -> datetime:
    """Return the local time at which the rule puts an appointment, wherever it was moved to."""
    return (one.series_at or old.starts_local).astimezone(UTC).replace(tzinfo=None)


def _end(old: Series, one: Appointment) -> None:
    before = _place(old, one) - timedelta(seconds=1)
    Series.objects.filter(pk=old.pk).update(rrule=ended_before(old.rrule, before), ended=True)


def _new(viewer: Viewer, text: str, first: datetime, until: date, *, ended: bool) -> Series:
    return Series.objects.create(
        practice_id=viewer.practice_id,
        rrule=text,
        starts_local=first.replace(tzinfo=UTC),
        made_until=until,
        ended=ended,
    )


def _remaining(viewer: Viewer, old: Series, here: datetime, moved: datetime) -> str:
    """Return the old rule's text for what is left of it, on the days it is moved to; a COUNT loses what went before."""
    try:
        text = moved_rule(old.rrule, here, moved)
    except Unrepeatable as unclear:
        raise Invalid(repeat=str(unclear)) from None
    parts = [part for part in text.upper().removeprefix("RRULE:").split(";") if part]
    counted = next((part for part in parts if part.startswith("COUNT=")), None)
    if counted is None:
        return ";".join(parts)
    begins = old.starts_local.astimezone(UTC).replace(tzinfo=None)
    gone = count_before(parse_repeat(old.rrule, begins, viewer), here)
    left = max(1, int(counted.removeprefix("COUNT=")) - gone)
    return ";".join(part if part is not counted else f"COUNT={left}" for part in parts)


def extend(viewer: Viewer, series: Series, *, now: datetime) -> int:
    """Make more appointments of a series without end, like its latest; returns how many. Part of a job's command."""
    latest = Appointment.objects.filter(series=series).select_related("service").order_by("-series_at").first()
    until = now.astimezone(viewer.zone).date() + AHEAD
    if latest is None or latest.series_at is None:
        Series.objects.filter(pk=series.pk).update(ended=True)
        return 0
    begins = series.starts_local.astimezone(UTC).replace(tzinfo=None)
    rule = parse_repeat(series.rrule, begins, viewer)
    # what was taken out of the calendar on purpose lies before made_until and is not made again
    after = datetime.combine(series.made_until, datetime.min.time()) - timedelta(seconds=1)
    moments = occurrences(rule, after=after, until=until)
    made = [occurrence(viewer, latest, series, moment) for moment in moments]
    Appointment.objects.bulk_create(made)
    charge(viewer, made)
    Series.objects.filter(pk=series.pk).update(made_until=made_until(moments, until), ended=is_over(rule, until))
    return len(made)


@transaction.atomic
def extend_series(viewer: Viewer, *, before: datetime) -> int:
    """Make appointments ahead for every series that was made only up to a time too near; returns how many."""
    require(viewer, Action.CALENDAR_EDIT)
    near = (before + AHEAD / 2).astimezone(viewer.zone).date()
    made = 0
    for series in Series.objects.filter(ended=False, made_until__lt=near).order_by("pk"):
        made += extend(viewer, series, now=before)
    if made:
        record(viewer, "series.extended", times=made)
    return made


def remove(viewer: Viewer, appointments: list[Appointment]) -> None:
    """Remove appointments with their charges; part of a command that has asked whether the viewer may."""
    ids: list[UUID] = [each.pk for each in appointments]
    remove_appointment_charges(viewer, ids)
    Appointment.objects.filter(pk__in=ids).delete()
