"""The calendar's page and its feed, over HTTP."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.audit.models import Entry
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


@pytest.mark.parametrize("role", ["owner", "kim", "scheduler"])
def test_the_page_asks_the_database_as_often_for_ten_appointments_as_for_three_hundred(week, role):
    def asked():
        visitor = Visitor(week, role)
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get("/calendar/?date=2026-11-18&clinician=all").status_code == 200
        said = [each["sql"] for each in queries]
        return len([sql for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))])

    few = asked()
    with week.as_("owner") as viewer:
        week.book(
            viewer, week.clients["mia"], nov(16), hour=8, status="scheduled", minutes=5, repeat="FREQ=DAILY;COUNT=7"
        )
        for minute in range(42):
            week.book(
                viewer,
                week.clients["leo"],
                nov(16),
                hour=8 + minute % 10,
                status="scheduled",
                repeat="FREQ=DAILY;COUNT=7",
            )
    assert asked() == few <= 12
