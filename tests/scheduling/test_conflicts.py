"""What an appointment overlaps is shown, and never refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.time_off import add_time_off
from kinbook.scheduling.queries.conflicts import ConflictKind, conflicts_of, conflicts_of_each
from tests.cast import nov

FOUR = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
"""Four in the afternoon in Portsmouth."""


def told(viewer, appointment):
    return [(each.kind, each.title) for each in conflicts_of(viewer, appointment)]


def test_two_clients_of_one_clinician_at_once_are_shown_to_both(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer, "Mia"), cast.child(viewer, "Leo")
        first = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        second = cast.book(viewer, leo.pk, nov(20), status="scheduled")
        assert told(viewer, first) == [(ConflictKind.CLINICIAN, "Leo Ortiz")]
        assert told(viewer, second) == [(ConflictKind.CLINICIAN, "Mia Ortiz")]
        assert conflicts_of(viewer, first)[0].appointment_id == second.pk


def test_one_that_ends_as_the_next_begins_is_no_conflict(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer, "Mia"), cast.child(viewer, "Leo")
        first = cast.book(viewer, mia.pk, nov(20), status="scheduled", minutes=60)
        cast.book(viewer, leo.pk, nov(20), hour=17, status="scheduled")
        assert told(viewer, first) == []


def test_a_client_with_two_clinicians_at_once(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, "Mia")
        first = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        other = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        change_appointment(viewer, appointment=other, fields={"clinician_id": cast.members["entire"]})
        assert told(viewer, first) == [(ConflictKind.CLIENT, "Mia Ortiz")]


@pytest.mark.parametrize("status", ["cancelled", "late_cancelled", "clinician_cancelled"])
def test_what_was_canceled_takes_nobodys_time(cast, status):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer, "Mia"), cast.child(viewer, "Leo")
        first = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        gone = cast.book(viewer, leo.pk, nov(20), status=status)
        assert told(viewer, first) == []
        assert told(viewer, gone) == []


def test_time_off_of_the_clinician_is_in_the_way_even_when_it_began_weeks_before(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, "Mia")
        first = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        for member, title in (("kim", "Parental leave"), ("entire", "Elsewhere")):
            add_time_off(
                viewer,
                member_id=cast.members[member],
                starts_at=FOUR - timedelta(days=40),
                ends_at=FOUR + timedelta(days=40),
                title=title,
            )
        assert told(viewer, first) == [(ConflictKind.TIME_OFF, "Parental leave")]


def test_the_name_of_a_colleagues_client_is_hidden(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, "Mia", clinician="basic")
        leo = cast.child(viewer, "Leo", clinician="kim")
        own = cast.book(viewer, leo.pk, nov(20), status="scheduled")
        cast.book(viewer, mia.pk, nov(20), status="scheduled")
    with cast.as_("kim") as viewer:
        (found,) = conflicts_of(viewer, own)
        assert (found.title, found.appointment_id) == ("Busy", None)


def test_many_are_asked_for_at_once(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, "Mia")
        few = [cast.book(viewer, mia.pk, nov(day), status="scheduled") for day in (20, 21)]
        many = few + [cast.book(viewer, mia.pk, nov(20), status="scheduled") for _ in range(10)]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            conflicts_of_each(viewer, few)
        with CaptureQueriesContext(connection) as asked_for_many:
            found = conflicts_of_each(viewer, many)
        assert len(asked) == len(asked_for_many) == 2
        assert len(found[few[0].pk]) == 10
