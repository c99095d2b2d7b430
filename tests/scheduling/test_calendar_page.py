"""The calendar's page and its feed, over HTTP."""

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.audit.models import Entry
from kinbook.scheduling.commands.charging import charge
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.models import Practice
from tests.cast import ELSEWHERE, Cast, nov
from tests.scheduling.visitor import Visitor

WEEK = {"start": "2026-11-16", "end": "2026-11-23"}


@pytest.fixture
def week(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer, "Mia", clinician="kim"), cast.child(viewer, "Leo", clinician="basic")
        cast.arrange(viewer, mia.pk, "percent", weights=[6000, 4000])
        cast.book(viewer, mia.pk, nov(16))
        cast.book(viewer, mia.pk, nov(20), status="scheduled", video_link="https://meet.example/1")
        cast.book(viewer, leo.pk, nov(20), hour=10, status="scheduled")
    return cast


def first_contents(response):
    return json.loads(re.search(r'id="calendar-first"[^>]*>(.*?)</script>', response.content.decode(), re.DOTALL)[1])


def test_the_page_holds_its_first_contents(week):
    response = Visitor(week, "owner").get("/calendar/?date=2026-11-18")
    assert response.status_code == 200
    held = first_contents(response)
    assert (held["start"], held["until"]) == ("2026-11-16", "2026-11-23")
    assert [each["title"] for each in held["events"]] == ["Mia Ortiz", "Leo Ortiz", "Mia Ortiz"]
    assert "16 – 22 November 2026" in response.content.decode()


def test_the_week_begins_where_the_practice_begins_it(week):
    with week.as_("owner"):
        Practice.objects.update(week_starts_on=6)
    held = first_contents(Visitor(week, "owner").get("/calendar/?date=2026-11-18"))
    assert (held["start"], held["until"]) == ("2026-11-15", "2026-11-22")


def test_a_month_holds_the_weeks_around_it(week):
    held = first_contents(Visitor(week, "owner").get("/calendar/?date=2026-11-18&view=month"))
    assert (held["start"], held["until"]) == ("2026-10-26", "2026-12-07")


def test_a_clinician_begins_with_their_own_calendar_and_the_others_with_everyones(week):
    assert first_contents(Visitor(week, "kim").get("/calendar/"))["clinician"] == str(week.members["kim"])
    assert first_contents(Visitor(week, "scheduler").get("/calendar/"))["clinician"] == ""


def test_nonsense_in_the_address_shows_the_week_of_today(week):
    for query in ("date=x", "view=decade", "date=9999-99-99", "appointment=<b>"):
        assert Visitor(week, "owner").get(f"/calendar/?{query}").status_code == 200


@pytest.mark.parametrize("clinician", ["x", "01a20bb7-865b-72be-af50-41cd9ff89e6f"])
def test_a_clinician_nobody_knows_is_not_there(week, clinician):
    response = Visitor(week, "owner").get(f"/calendar/?clinician={clinician}")
    assert response.status_code in {404, 422}


def test_the_feed_tells_who_pays_in_proportion(week):
    told = Visitor(week, "owner").get("/calendar/events/", WEEK).json()
    friday = told["events"][-1]
    assert friday["start"] == "2026-11-20T16:00"
    assert [(told["payers"][payer]["initials"], percent) for payer, percent in friday["parts"]] == [
        ("AO", 60),
        ("BO", 40),
    ]
    assert friday["video"] is True


def test_the_feed_tells_nothing_of_a_colleagues_client_but_the_slot(week):
    response = Visitor(week, "kim").get("/calendar/events/", WEEK)
    assert "Leo" not in response.content.decode()
    (busy,) = [each for each in response.json()["events"] if each["title"] == "Busy"]
    assert set(busy) == {"title", "start", "end", "clinician"}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"start": "x", "end": "y"},
        {"start": "2026-11-16"},
        {"start": "2026-11-16", "end": "2026-11-16"},
        {"start": "2026-11-16", "end": "2027-11-16"},
        {"start": "0001-01-01", "end": "0001-01-08"},
        {**WEEK, "clinician": "x"},
    ],
)
def test_the_feed_refuses_what_it_cannot_read(week, asked):
    response = Visitor(week, "owner").get("/calendar/events/", asked)
    assert response.status_code == 422
    assert response.json()["sentence"]


def test_a_look_at_the_calendar_is_one_entry_in_the_audit_log(week):
    with week.as_("owner"):
        before = Entry.objects.count()
    Visitor(week, "kim").get("/calendar/events/", WEEK)
    with week.as_("owner"):
        entry = Entry.objects.latest("at")
        assert (Entry.objects.count() - before, entry.action) == (1, "calendar.viewed")
        assert entry.details["count"] == 3


def test_another_practice_sees_nothing_of_it(week):
    elsewhere = Cast.enter(ELSEWHERE, "elsewhere.example")
    told = Visitor(elsewhere, "owner").get("/calendar/events/", WEEK).json()
    assert (told["events"], told["payers"]) == ([], {})


def test_nobody_signed_in_is_led_to_the_sign_in(client, db):
    assert client.get("/calendar/").status_code == 302


def statements(visitor, address, query):
    with CaptureQueriesContext(connection) as queries:
        response = visitor.get(address, query)
    assert response.status_code == 200
    said = [each["sql"] for each in queries]
    return len([sql for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))])


@pytest.mark.parametrize("role", ["owner", "kim", "scheduler"])
def test_the_database_is_asked_as_often_for_ten_appointments_as_for_a_thousand(week, role):
    visitor = Visitor(week, role)
    page, feed = ("/calendar/", {"date": "2026-11-18", "clinician": "all"}), ("/calendar/events/", WEEK)

    def asked():
        return statements(visitor, *page), statements(visitor, *feed)

    few = asked()
    with week.as_("owner") as viewer:
        for client in ("mia", "leo"):
            one = week.book(viewer, week.clients[client], nov(16), hour=8, status="scheduled")
            again = [copied(one, minute) for minute in range(500)]
            Appointment.objects.bulk_create(again)
            charge(viewer, again)
        assert Appointment.objects.count() > 1000
    assert asked() == few
    assert max(few) <= 12


def copied(one, place):
    """Return the same appointment at another time of the week."""
    starts_at = one.starts_at + timedelta(minutes=15 * place)
    return Appointment(
        practice_id=one.practice_id,
        client_id=one.client_id,
        clinician_id=one.clinician_id,
        service=one.service,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15),
        on_date=nov(16 + place // 96),
        fee_cents=one.fee_cents,
    )


def test_more_than_can_be_read_at_once_is_cut_and_said_so(week):
    with week.as_("owner") as viewer:
        one = week.book(viewer, week.clients["mia"], nov(16), hour=8, status="scheduled")
        Appointment.objects.bulk_create([copied(one, place) for place in range(600)])
    told = Visitor(week, "owner").get("/calendar/events/", WEEK).json()
    assert told["cut"] is True
    assert len(told["events"]) == 600


LINKED = re.compile(r'(?:src|href)="(/static/[^"#]+)')
HEAVIEST = 250_000


def test_a_first_visit_weighs_little(week):
    page = Visitor(week, "owner").get("/calendar/?date=2026-11-18").content
    names = {each.removeprefix("/static/") for each in LINKED.findall(page.decode())}
    files = [Path(finders.find(name)) for name in names]
    assert any(file.name == "calendar.js" for file in files)
    assert len(page) + sum(len(gzip.compress(file.read_bytes())) for file in files) <= HEAVIEST
