"""Booking appointments: one, or a repeating series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.queries import locked_client
from kinbook.practice.models import Location, Service
from kinbook.rules.money import LARGEST
from kinbook.rules.repeats import MOST, Unrepeatable, occurrences, read_repeat, with_first_counted
from kinbook.scheduling.commands.charging import MISSED, charge
from kinbook.scheduling.models import Appointment, Series, Status
from kinbook.team.models import Member
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.rules.repeats import Repeat
    from kinbook.tenancy.viewer import Viewer

AHEAD = timedelta(days=366)
"""How far a series without end is made into rows; the rest follows as time goes by."""

LATER = timedelta(days=9 * 366)
"""A rule that names nothing for so long is over; a leap day comes again after eight years at most."""

FIRST_YEAR, LAST_YEAR = 1970, 2200


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment as entered; what is None comes from the service."""

    client_id: UUID
    clinician_id: UUID
    service_id: UUID
    starts_at: datetime
    minutes: int | None = None
    fee_cents: int | None = None
    location_id: UUID | None = None
    status: str = Status.SCHEDULED
    confidential: bool = False
    video_link: str = ""
    repeat: str = ""


@transaction.atomic
def book_appointment(viewer: Viewer, *, booking: Booking) -> Appointment:
    """Book an appointment, or a series of them where `repeat` is a rule of RFC 5545; returns the first."""
    require(viewer, Action.CALENDAR_EDIT, booking.client_id)
    locked_client(booking.client_id)
    first = build(viewer, booking)
    made = [first]
    if booking.repeat:
        series, moments = _new_series(viewer, booking)
        first.series = series
        first.series_at = series.starts_local
        made += [occurrence(viewer, first, series, moment) for moment in moments]
    Appointment.objects.bulk_create(made)
    charge(viewer, made)
    record(
        viewer,
        "appointment.booked",
        first,
        client_id=first.client_id,
        starts_at=first.starts_at.isoformat(),
        times=len(made),
    )
    return first


def build(viewer: Viewer, booking: Booking) -> Appointment:
    """Return the appointment a booking describes, not yet stored; raises Invalid beside the field."""
    service = Service.objects.filter(pk=booking.service_id).first()
    if service is None:
        raise Invalid(service_id="There is no such service.")
    if not Member.objects.active().filter(pk=booking.clinician_id).exists():
        raise Invalid(clinician_id="There is no such clinician on the team.")
    if booking.location_id and not Location.objects.filter(pk=booking.location_id).exists():
        raise Invalid(location_id="There is no such location.")
    if booking.status not in Status.values:
        raise Invalid(status=f"The status is one of: {', '.join(Status.values)}.")
    minutes = require_minutes(service.minutes if booking.minutes is None else booking.minutes)
    starts_at = require_start(booking.starts_at)
    return Appointment(
        practice_id=viewer.practice_id,
        client_id=booking.client_id,
        clinician_id=booking.clinician_id,
        service=service,
        location_id=booking.location_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        on_date=starts_at.astimezone(viewer.zone).date(),
        fee_cents=require_fee(service.fee_cents if booking.fee_cents is None else booking.fee_cents),
        missed_fee_cents=service.missed_fee_cents if booking.status in MISSED else None,
        status=booking.status,
        confidential=booking.confidential,
        video_link=booking.video_link.strip()[:500],
    )


def require_minutes(minutes: int) -> int:
    """Return the length; raises Invalid outside 1 minute to a day."""
    if not 1 <= minutes <= 24 * 60:
        raise Invalid(minutes="An appointment lasts 1 to 1440 minutes.")
    return minutes


def require_fee(cents: int) -> int:
    """Return the fee in cents; raises Invalid where it is negative or absurd."""
    if not 0 <= cents <= LARGEST:
        raise Invalid(fee_cents="The fee is not negative, and at most 100 million.")
    return cents


def require_start(starts_at: datetime) -> datetime:
    """Return the start in UTC, where lengths add up over clock changes; raises Invalid in years nobody means."""
    if not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
        raise Invalid(start=f"The start lies between {FIRST_YEAR} and {LAST_YEAR}.")
    return starts_at.astimezone(UTC)


def local(moment: datetime, viewer: Viewer) -> datetime:
    """Return an instant as the practice's wall clock shows it, without a zone."""
    return moment.astimezone(viewer.zone).replace(tzinfo=None)


def instant(wall: datetime, viewer: Viewer) -> datetime:
    """Return the instant of a wall-clock time: skipped times move on, doubled ones are the first (RFC 5545).

    Raises Invalid in years nobody means, of which some are no instants elsewhere.
    """
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise Invalid(start=f"The start lies between {FIRST_YEAR} and {LAST_YEAR}.")
    return wall.replace(tzinfo=viewer.zone).astimezone(UTC)


def _new_series(viewer: Viewer, booking: Booking) -> tuple[Series, list[datetime]]:
    first = local(booking.starts_at, viewer)
    text, rule = new_rule(booking.repeat, first, viewer)
    until = first.date() + AHEAD if first.date() > viewer.today else viewer.today + AHEAD
    moments = occurrences(rule, after=first, until=until)
    series = Series.objects.create(
        practice_id=viewer.practice_id,
        rrule=text,
        starts_local=first.replace(tzinfo=UTC),
        made_until=made_until(moments, until),
        ended=is_over(rule, until),
    )
    return series, moments


def parse_repeat(text: str, first: datetime, viewer: Viewer) -> Repeat:
    """Return the rule; raises Invalid beside the field."""
    try:
        return read_repeat(text, first, viewer.zone)
    except Unrepeatable as unclear:
        raise Invalid(repeat=str(unclear)) from None


def new_rule(text: str, first: datetime, viewer: Viewer) -> tuple[str, Repeat]:
    """Return how a series that begins here repeats, as text and as read; raises Invalid beside the field."""
    counted = with_first_counted(text.strip(), parse_repeat(text, first, viewer))
    return counted, parse_repeat(counted, first, viewer)


def made_until(moments: list[datetime], until: date) -> date:
    """Return up to which date a series is made: all of the span, unless it holds more than are made at once."""
    return moments[-1].date() + timedelta(days=1) if len(moments) == MOST else until


def is_over(rule: Repeat, until: date) -> bool:
    """Tell whether the rule names nothing from a date on."""
    return not occurrences(rule, after=datetime.combine(until, datetime.min.time()), until=until + LATER)


def occurrence(viewer: Viewer, like: Appointment, series: Series, wall: datetime) -> Appointment:
    """Return another appointment of a series, not yet stored: the same wall clock, whatever the clocks did."""
    starts_at = instant(wall, viewer)
    return Appointment(
        practice_id=viewer.practice_id,
        client_id=like.client_id,
        clinician_id=like.clinician_id,
        service=like.service,
        location_id=like.location_id,
        starts_at=starts_at,
        ends_at=starts_at + (like.ends_at - like.starts_at),
        on_date=starts_at.astimezone(viewer.zone).date(),
        fee_cents=like.fee_cents,
        status=Status.SCHEDULED,
        confidential=like.confidential,
        video_link=like.video_link,
        series=series,
        series_at=wall.replace(tzinfo=UTC),
    )
