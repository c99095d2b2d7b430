"""The clocks of New York go forward on 8 March 2026 and back on 1 November: the calendar keeps the wall clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.remove import remove_appointment
from kinbook.scheduling.commands.series import FOLLOWING, extend_series
from kinbook.scheduling.commands.time_off import add_time_off
from kinbook.scheduling.models import Appointment, TimeOff
from kinbook.scheduling.queries.conflicts import conflicts_of
from kinbook.scheduling.queries.events import Window, shown_in
from tests.cast import nov
from tests.scheduling.visitor import Visitor

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def rows():
    return list(Appointment.objects.order_by("starts_at"))


def walls(viewer):
    return [f"{each.starts_at.astimezone(viewer.zone):%m-%d %H:%M}" for each in rows()]


def weekly(cast, viewer, first, rule="FREQ=WEEKLY;COUNT=4", **more):
    mia = cast.child(viewer, "Mia")
    return cast.book(viewer, mia.pk, first, status="scheduled", repeat=rule, **more)


@pytest.mark.parametrize(
    ("change", "shift"), [(SPRING, timedelta(hours=-1)), (AUTUMN, timedelta(hours=1))], ids=["march", "november"]
)
def test_the_rest_of_a_series_moved_before_the_change_keeps_its_new_time_after_it(cast, change, shift):
    with cast.as_("owner") as viewer:
        first = weekly(cast, viewer, change - timedelta(days=10))
        starts_at = first.starts_at + timedelta(days=1, hours=1, minutes=30)
        change_appointment(viewer, appointment=first, fields={"starts_at": starts_at}, scope=FOLLOWING)
        days = [change + timedelta(days=7 * week - 9) for week in range(4)]
        assert walls(viewer) == [f"{day:%m-%d} 17:30" for day in days]
        before, after = rows()[1:3]
        assert after.starts_at - before.starts_at == timedelta(days=7) + shift
        assert {each.on_date for each in rows()} == set(days)


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["march", "november"])
def test_one_of_a_series_moved_over_the_change_comes_alone(cast, change):
    with cast.as_("owner") as viewer:
        weekly(cast, viewer, change - timedelta(days=10))
        second = rows()[1]
        wall = datetime(change.year, change.month, change.day, 16, tzinfo=viewer.zone) + timedelta(days=1)
        change_appointment(viewer, appointment=second, fields={"starts_at": wall})
        told = [change + timedelta(days=each) for each in (-10, 1, 4, 11)]
        assert walls(viewer) == [f"{day:%m-%d} 16:00" for day in told]


@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["march", "november"])
def test_the_rest_ends_where_it_was_cut_on_either_side_of_the_change(cast, change):
    with cast.as_("owner") as viewer:
        weekly(cast, viewer, change - timedelta(days=10), "FREQ=WEEKLY")
        remove_appointment(viewer, appointment=rows()[2], scope=FOLLOWING)
        extend_series(viewer, before=viewer.now + timedelta(days=800))
        assert walls(viewer) == [f"{change - timedelta(days=each):%m-%d} 16:00" for each in (10, 3)]


def test_a_series_at_a_time_that_the_clock_skips_moves_as_a_whole(cast):
    with cast.as_("owner") as viewer:
        weekly(cast, viewer, SPRING - timedelta(days=7), "FREQ=WEEKLY;COUNT=3", hour=2)
        assert walls(viewer) == ["03-01 02:00", "03-08 03:00", "03-15 02:00"]
        first = rows()[0]
        later = first.starts_at + timedelta(minutes=30)
        change_appointment(viewer, appointment=first, fields={"starts_at": later}, scope=FOLLOWING)
        assert [wall[:5] for wall in walls(viewer)] == ["03-01", "03-08", "03-15"]
        assert (walls(viewer)[0][-5:], walls(viewer)[2][-5:]) == ("02:30", "02:30")


def test_an_hour_that_comes_twice_is_the_first(cast):
    with cast.as_("owner") as viewer:
        weekly(cast, viewer, AUTUMN - timedelta(days=7), "FREQ=WEEKLY;COUNT=2", hour=1)
        assert rows()[1].starts_at == datetime(2026, 11, 1, 5, tzinfo=UTC)


def test_a_new_rule_from_the_change_on_keeps_the_wall_clock(cast):
    with cast.as_("owner") as viewer:
        weekly(cast, viewer, SPRING - timedelta(days=3))
        first = rows()[0]
        change_appointment(viewer, appointment=first, fields={"repeat": "FREQ=DAILY;COUNT=5"}, scope=FOLLOWING)
        assert walls(viewer) == [f"03-0{day} 16:00" for day in range(5, 10)]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)], ids=["march", "november"])
def test_a_day_off_is_as_long_as_the_day(cast, day, hours):
    day_off = {"member_id": str(cast.members["kim"]), "starts_on": day.isoformat(), "ends_on": day.isoformat()}
    Visitor(cast, "kim").send("/calendar/time-off/new/", day_off)
    with cast.as_("owner") as viewer:
        away = TimeOff.objects.get()
        assert away.ends_at - away.starts_at == timedelta(hours=hours)
        (shown,) = shown_in(viewer, Window(day, day + timedelta(days=1))).absences
        assert (shown.starts.hour, shown.ends - shown.starts) == (0, timedelta(days=1))


def test_time_off_in_the_doubled_hour_is_in_the_way_of_what_is_booked_then(cast):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, cast.child(viewer, "Mia").pk, AUTUMN, hour=1, status="scheduled")
        starts_at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
        add_time_off(viewer, member_id=cast.members["kim"], starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        assert len(conflicts_of(viewer, one)) == 1


def test_dropped_on_the_day_of_the_change_it_stands_where_it_was_dropped(cast):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, cast.child(viewer, "Mia").pk, nov(20), status="scheduled")
    visitor = Visitor(cast, "kim")
    for start, instant in (("2026-11-01T09:00", 14), ("2026-03-08T09:00", 13), ("2026-03-07T09:00", 14)):
        assert visitor.send(f"/calendar/{one.pk}/move/", {"start": start}).status_code == 200
        with cast.as_("owner"):
            assert Appointment.objects.get().starts_at.hour == instant


def test_a_week_with_a_change_in_it_holds_all_its_days(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, "Mia")
        for hour in (0, 12, 23):
            cast.book(viewer, mia.pk, AUTUMN, hour=hour, status="scheduled", minutes=30)
        week = shown_in(viewer, Window(date(2026, 10, 26), date(2026, 11, 2))).events
        assert [each.starts.hour for each in week] == [0, 12, 23]
        assert shown_in(viewer, Window(date(2026, 11, 2), date(2026, 11, 9))).events == ()
