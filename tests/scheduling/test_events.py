"""What the calendar shows, to whom, and in how many queries."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.people.models import Party
from kinbook.scheduling.commands.time_off import add_time_off
from kinbook.scheduling.queries.events import Window, shown_in
from kinbook.team.commands.clients import set_supervisor
from kinbook.whopays.commands.arrange import end_arrangement
from tests.cast import nov

WEEK = Window(nov(16), nov(23))


@pytest.fixture
def week(cast):
    """Mia is Dr Kim's, Leo is Bo's; both come on Friday, and Mia came on Monday."""
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer, "Mia", clinician="kim"), cast.child(viewer, "Leo", clinician="basic")
        cast.arrange(viewer, mia.pk, "percent", weights=[6000, 4000])
        cast.book(viewer, mia.pk, nov(16), status="show")
        cast.book(viewer, mia.pk, nov(20), status="scheduled")
        cast.book(viewer, leo.pk, nov(20), hour=10, status="scheduled", confidential=True)
    return cast


def titles(shown):
    return [event.title for event in shown.events]


@pytest.mark.parametrize("role", ["owner", "manager", "entire", "fulllist", "biller", "scheduler"])
def test_who_may_read_every_name_reads_it(week, role):
    with week.as_(role) as viewer:
        assert titles(shown_in(viewer, WEEK)) == ["Mia Ortiz", "Leo Ortiz", "Mia Ortiz"]


@pytest.mark.parametrize(("role", "own"), [("kim", "Mia Ortiz"), ("basic", "Leo Ortiz")])
def test_of_a_colleagues_client_only_the_slot_is_told(week, role, own):
    with week.as_(role) as viewer:
        shown = shown_in(viewer, WEEK)
    assert set(titles(shown)) == {own, "Busy"}
    for event in shown.events:
        if event.title == "Busy":
            assert event.id is None
            assert (event.status, event.detail, event.parts) == ("", "", ())
            assert not any([event.needs_payer, event.is_confidential, event.may_edit, event.is_series])
            assert event.clinician_id == week.members["kim"]


def test_a_canceled_appointment_of_a_colleagues_client_is_nobodys_time(week):
    with week.as_("owner") as viewer:
        week.book(viewer, week.clients["leo"], nov(17), status="cancelled")
    with week.as_("kim") as viewer:
        assert "Busy" not in [each.title for each in shown_in(viewer, Window(nov(17), nov(18))).events]


def test_a_supervisor_sees_the_supervisees_clients_and_nobody_elses(week):
    with week.as_("supervisor") as viewer:
        assert titles(shown_in(viewer, WEEK)) == []
    with week.as_("owner") as viewer:
        set_supervisor(viewer, supervisee_id=week.members["kim"], supervisor_id=week.members["supervisor"])
    with week.as_("supervisor") as viewer:
        shown = shown_in(viewer, WEEK)
        assert titles(shown) == ["Mia Ortiz", "Mia Ortiz"]
        assert not any(event.may_edit for event in shown.events)


def test_an_appointment_shows_who_pays_in_proportion(week):
    with week.as_("owner") as viewer:
        shown = shown_in(viewer, WEEK)
    friday = shown.events[-1]
    assert [(part.party.short_name, part.percent) for part in friday.parts] == [("Ana", 60), ("Ben", 40)]
    assert not friday.needs_payer


def test_payers_are_shown_to_whoever_may_open_the_client(week):
    with week.as_("fulllist") as viewer:
        assert [event.parts for event in shown_in(viewer, WEEK).events] == [(), (), ()]
        assert [event.needs_payer for event in shown_in(viewer, WEEK).events] == [False, False, False]
    with week.as_("scheduler") as viewer:
        assert shown_in(viewer, WEEK).events[0].parts


def test_one_that_nobody_pays_is_marked(week):
    with week.as_("owner") as viewer:
        end_arrangement(viewer, client_id=week.clients["mia"], on=nov(18))
        assert [event.needs_payer for event in shown_in(viewer, WEEK).events] == [False, True, True]


def test_a_merged_payer_is_shown_as_the_one_who_stands_for_both(week):
    with week.as_("owner") as viewer:
        double = Party.objects.create(practice_id=viewer.practice_id, kind="person", first_name="Anna", sort_name="a")
        Party.objects.filter(pk=week.people["ana"]).update(merged_into=double)
        assert [part.party.short_name for part in shown_in(viewer, WEEK).events[0].parts] == ["Anna", "Ben"]


def test_times_are_the_practices_wall_clock(week):
    with week.as_("owner") as viewer:
        assert shown_in(viewer, WEEK).events[0].starts.isoformat() == "2026-11-16T16:00:00"


def test_an_appointment_over_the_autumn_clock_change_keeps_its_length(week):
    with week.as_("owner") as viewer:
        week.book(viewer, week.clients["mia"], date(2026, 11, 1), hour=1, minutes=90, status="scheduled")
        (event,) = shown_in(viewer, Window(nov(1), nov(2))).events
        assert event.ends - event.starts == timedelta(minutes=90)


def test_a_colleagues_time_off_is_shown_without_what_it_is_for(week):
    with week.as_("owner") as viewer:
        start = datetime(2026, 11, 17, 9, tzinfo=viewer.zone)
        add_time_off(
            viewer,
            member_id=week.members["kim"],
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            title="School meeting",
        )
    for role, title in (("kim", "School meeting"), ("scheduler", "School meeting"), ("basic", "Time off")):
        with week.as_(role) as viewer:
            assert [each.title for each in shown_in(viewer, WEEK).absences] == [title]


def test_one_clinicians_calendar(week):
    with week.as_("owner") as viewer:
        assert shown_in(viewer, Window(nov(16), nov(23), week.members["basic"])).events == ()
        assert len(shown_in(viewer, Window(nov(16), nov(23), week.members["kim"])).events) == 3


@pytest.mark.parametrize("role", ["owner", "kim", "basic", "supervisor", "scheduler"])
def test_the_number_of_queries_does_not_grow_with_the_calendar(week, role):
    def asked():
        with week.as_(role) as viewer, CaptureQueriesContext(connection) as queries:
            shown = shown_in(viewer, WEEK)
        return len(queries), len(shown.events)

    with week.as_("owner") as viewer:
        set_supervisor(viewer, supervisee_id=week.members["kim"], supervisor_id=week.members["supervisor"])
    few, _ = asked()
    with week.as_("owner") as viewer:
        for day in range(16, 23):
            for hour in range(8, 16):
                week.book(viewer, week.clients["mia"], nov(day), hour=hour, status="scheduled")
    many, count = asked()
    assert few == many == 3
    assert count > 50
