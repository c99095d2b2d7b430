"""The demo's calendar: everybody's hour of the week, half a year back and ten weeks ahead."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from kinbook.practice.commands import add_location, add_product, add_service
from kinbook.practice.models import Service
from kinbook.scheduling.commands.charging import MISSED, charge
from kinbook.scheduling.commands.time_off import add_time_off
from kinbook.scheduling.models import Appointment, Series, Status
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.seed.people import People
    from kinbook.seed.terms import Child
    from kinbook.tenancy.viewer import Viewer

BACK, AHEAD = 26, 10
VIDEO = "https://video.kinbook.example/harbor-lane"
SERVICES = (
    {"name": "Individual session", "code": "90834", "fee_cents": 12000, "minutes": 50, "missed_fee_cents": 6000},
    {"name": "Play therapy", "code": "90834", "fee_cents": 11000, "minutes": 45, "missed_fee_cents": 5500},
    {"name": "Family session", "code": "90847", "fee_cents": 15000, "minutes": 50, "missed_fee_cents": 7500},
    {"name": "Couple session", "code": "90847", "fee_cents": 15000, "minutes": 50, "missed_fee_cents": 7500},
    {"name": "Assessment hour", "code": "90791", "fee_cents": 12501, "minutes": 60, "missed_fee_cents": 12501},
    {"name": "Parent consultation", "code": "90846", "fee_cents": 9000, "minutes": 30, "missed_fee_cents": None},
)
WORKBOOK = "Feelings workbook"
PRODUCTS = (
    {"name": WORKBOOK, "price_cents": 2490},
    {"name": "Parent questionnaire, scored", "price_cents": 4500},
)
WHAT_HAPPENS = (
    (Status.SHOW, 88),
    (Status.NO_SHOW, 3),
    (Status.LATE_CANCELLED, 3),
    (Status.CANCELLED, 4),
    (Status.CLINICIAN_CANCELLED, 2),
)
NOW_AND_THEN = 0.12
"""How many sessions of a teenager who may come alone are confidential."""


def open_practice(viewer: Viewer) -> dict[str, UUID]:
    """Enter services, products and locations; returns the locations by name."""
    for fields in SERVICES:
        add_service(viewer, fields=dict(fields))
    for fields in PRODUCTS:
        add_product(viewer, fields=dict(fields))
    rooms = [
        add_location(viewer, name="Harbor Lane, room 1", street="14 Harbor Lane", city="Portsmouth, NH"),
        add_location(viewer, name="Harbor Lane, room 2", street="14 Harbor Lane", city="Portsmouth, NH"),
        add_location(viewer, name="Video", is_telehealth=True),
    ]
    return {room.name: room.pk for room in rooms}


def fill_calendar(people: People, locations: dict[str, UUID], now: datetime) -> None:
    """Enter everybody's appointments: what happened, and what is booked."""
    chance = random.Random(14)  # noqa: S311 - the same story every time
    services = {each.name: each for each in Service.objects.all()}
    rooms = list(locations.values())
    appointments: list[Appointment] = []
    for client, how in people.clients:
        if how.status != "active":
            continue
        room = locations["Video"] if chance.random() < NOW_AND_THEN else rooms[how.hour % 2]
        made = _hours(people, client, how, services[how.service], room, now, chance)
        if room == locations["Video"]:
            for each in made:
                each.video_link = VIDEO
        appointments += made
    Series.objects.bulk_create({each.series for each in appointments if each.series})
    Appointment.objects.bulk_create(appointments)
    charge(people.viewer, appointments)
    _take_days_off(people)


def _hours(
    people: People,
    client: Client,
    how: Child,
    service: Service,
    location_id: UUID,
    now: datetime,
    chance: random.Random,
) -> list[Appointment]:
    """Return a client's series: every so many weeks on their day, at their hour of the practice's clock."""
    viewer = people.viewer
    first = people.monday + timedelta(days=how.weekday)
    days = [first + timedelta(weeks=each) for each in range(how.since, BACK + AHEAD, how.weeks)]
    series = Series(
        id=new_id(),
        practice_id=viewer.practice_id,
        rrule=f"FREQ=WEEKLY;INTERVAL={how.weeks};COUNT={len(days)}",
        starts_local=_wall(days[0], how.hour),
        made_until=days[-1] + timedelta(days=1),
        ended=True,
    )
    made = []
    for day in days:
        starts_at = datetime.combine(day, time(how.hour), viewer.zone).astimezone(UTC)
        ends_at = starts_at + timedelta(minutes=service.minutes)
        status = _what_happened(chance) if ends_at < now else Status.SCHEDULED
        made.append(
            Appointment(
                id=new_id(),
                practice_id=viewer.practice_id,
                client=client,
                clinician_id=people.members[how.clinician],
                service=service,
                location_id=location_id,
                starts_at=starts_at,
                ends_at=ends_at,
                on_date=day,
                fee_cents=service.fee_cents,
                missed_fee_cents=service.missed_fee_cents if status in MISSED else None,
                status=status,
                confidential=how.confidential and chance.random() < NOW_AND_THEN,
                series=series,
                series_at=_wall(day, how.hour),
            )
        )
    return made


def _wall(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def _what_happened(chance: random.Random) -> Status:
    return chance.choices([status for status, _ in WHAT_HAPPENS], [weight for _, weight in WHAT_HAPPENS])[0]


def _take_days_off(people: People) -> None:
    viewer = people.viewer
    friday = people.monday + timedelta(weeks=BACK + 1, days=4)
    add_time_off(
        viewer,
        member_id=people.members["basic"],
        starts_at=datetime.combine(friday, time(8), viewer.zone),
        ends_at=datetime.combine(friday, time(18), viewer.zone),
        title="Training day",
    )
