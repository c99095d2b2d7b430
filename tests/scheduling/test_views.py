"""Day, week, month and agenda: which dates each holds, and what it is called."""

from datetime import date, timedelta

import pytest

from kinbook.scheduling.queries.window import View, read_day, title, window_around
from tests.cast import nov
from tests.scheduling.test_calendar_page import first_contents
from tests.scheduling.visitor import Visitor

MONDAY, SUNDAY = 0, 6


@pytest.mark.parametrize(
    ("view", "weekday", "first", "until"),
    [
        (View.DAY, MONDAY, nov(16), nov(23)),
        (View.WEEK, MONDAY, nov(16), nov(23)),
        (View.WEEK, SUNDAY, nov(15), nov(22)),
        (View.AGENDA, MONDAY, nov(16), nov(23)),
        (View.MONTH, MONDAY, date(2026, 10, 26), date(2026, 12, 7)),
        (View.MONTH, SUNDAY, nov(1), date(2026, 12, 13)),
    ],
)
def test_each_view_holds_whole_weeks(view, weekday, first, until):
    window = window_around(nov(18), view, weekday, None)
    assert (window.start, window.until) == (first, until)


@pytest.mark.parametrize(
    ("view", "day", "told"),
    [
        (View.WEEK, nov(18), "16 – 22 November 2026"),
        (View.WEEK, date(2026, 12, 2), "30 Nov – 6 Dec 2026"),
        (View.AGENDA, date(2026, 12, 30), "28 Dec 2026 – 3 Jan 2027"),
        (View.DAY, nov(18), "Wed 18 November 2026"),
        (View.MONTH, nov(18), "November 2026"),
    ],
)
def test_what_a_view_is_called(view, day, told):
    assert title(day, view, window_around(day, view, MONDAY, None)) == told


@pytest.mark.parametrize("text", ["", "x", "2026-02-30", "1969-12-31", "2201-01-01", "9999-12-31", "20261118x"])
def test_a_date_that_is_none_is_not_read(text):
    assert read_day(text) is None


@pytest.mark.parametrize("day", ["1970-01-01", "2200-12-31"])
@pytest.mark.parametrize("view", list(View))
def test_the_first_and_the_last_date_are_shown(cast, view, day):
    assert Visitor(cast, "owner").get(f"/calendar/?view={view}&date={day}").status_code == 200


@pytest.mark.parametrize("view", list(View))
def test_each_view_shows_the_day_it_is_asked_for(cast, view):
    with cast.as_("owner") as viewer:
        cast.book(viewer, cast.child(viewer, "Mia").pk, nov(18), status="scheduled")
    response = Visitor(cast, "scheduler").get(f"/calendar/?view={view}&date=2026-11-18")
    assert [each["title"] for each in first_contents(response)["events"]] == ["Mia Ortiz"]
    assert f'data-view="{view}"' in response.content.decode()


def test_one_that_lasts_over_midnight_is_in_both_weeks(cast):
    with cast.as_("owner") as viewer:
        cast.book(viewer, cast.child(viewer, "Mia").pk, nov(22), hour=23, minutes=120, status="scheduled")
    visitor = Visitor(cast, "owner")
    for day in (nov(22), nov(23)):
        assert len(first_contents(visitor.get(f"/calendar/?date={day}"))["events"]) == 1
    assert first_contents(visitor.get(f"/calendar/?date={nov(22) + timedelta(days=8)}"))["events"] == []
