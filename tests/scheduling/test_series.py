"""Repeating appointments: the wall clock they keep, the rest of a series, and what cannot be changed any more."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.remove import remove_appointment
from kinbook.scheduling.commands.series import FOLLOWING, extend_series
from kinbook.scheduling.models import Appointment, Series
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import nov


def walls(viewer, client):
    """Every appointment's local start, as text."""
    rows = Appointment.objects.filter(client=client).order_by("starts_at")
    return [f"{each.starts_at.astimezone(viewer.zone):%a %Y-%m-%d %H:%M}" for each in rows]


def weekly(cast, viewer, client, start, repeat="FREQ=WEEKLY;COUNT=4", **more):
    return cast.book(viewer, client.pk, start, status="scheduled", repeat=repeat, **more)


def of(client, place):
    return Appointment.objects.filter(client=client).order_by("starts_at")[place]


def test_a_series_keeps_its_wall_clock_when_summer_begins(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, date(2026, 3, 5), "FREQ=WEEKLY;COUNT=2")
        assert walls(viewer, mia) == ["Thu 2026-03-05 16:00", "Thu 2026-03-12 16:00"]
        first, second = Appointment.objects.filter(client=mia).order_by("starts_at")
        assert second.starts_at - first.starts_at == timedelta(days=7, hours=-1)


def test_a_series_keeps_its_wall_clock_when_summer_ends(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, date(2026, 10, 29), "FREQ=WEEKLY;COUNT=2")
        assert walls(viewer, mia) == ["Thu 2026-10-29 16:00", "Thu 2026-11-05 16:00"]
        first, second = Appointment.objects.filter(client=mia).order_by("starts_at")
        assert second.starts_at - first.starts_at == timedelta(days=7, hours=1)


def test_a_time_that_the_clock_skips_moves_on_and_the_next_is_back(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, date(2026, 3, 1), "FREQ=WEEKLY;COUNT=3", hour=2)
        assert walls(viewer, mia) == ["Sun 2026-03-01 02:00", "Sun 2026-03-08 03:00", "Sun 2026-03-15 02:00"]
        assert {each.ends_at - each.starts_at for each in Appointment.objects.all()} == {timedelta(minutes=50)}


def test_moving_the_rest_over_a_clock_change_moves_the_wall_clock(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = weekly(cast, viewer, mia, date(2026, 10, 22), "FREQ=WEEKLY;COUNT=4")
        later = first.starts_at + timedelta(hours=1)
        change_appointment(viewer, appointment=first, fields={"starts_at": later}, scope=FOLLOWING)
        assert [wall[-5:] for wall in walls(viewer, mia)] == ["17:00"] * 4


def test_one_of_a_series_is_changed_alone(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20))
        second = of(mia, 1)
        change_appointment(
            viewer, appointment=second, fields={"starts_at": second.starts_at - timedelta(days=1), "fee_cents": 90_00}
        )
        assert walls(viewer, mia)[1] == "Thu 2026-11-26 16:00"
        fees = Appointment.objects.filter(client=mia).order_by("starts_at").values_list("fee_cents", flat=True)
        assert list(fees) == [120_00, 90_00, 120_00, 120_00]


def test_the_rest_of_a_series_is_changed_and_what_went_before_stays(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20))
        second = of(mia, 1)
        change_appointment(
            viewer,
            appointment=second,
            fields={"starts_at": second.starts_at + timedelta(days=1, hours=1)},
            scope=FOLLOWING,
        )
        assert walls(viewer, mia) == [
            "Fri 2026-11-20 16:00",
            "Sat 2026-11-28 17:00",
            "Sat 2026-12-05 17:00",
            "Sat 2026-12-12 17:00",
        ]
        assert Series.objects.count() == 2


def test_what_was_not_touched_stays_different_in_the_rest(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = weekly(cast, viewer, mia, nov(20))
        change_appointment(viewer, appointment=of(mia, 2), fields={"fee_cents": 90_00})
        change_appointment(viewer, appointment=first, fields={"confidential": True}, scope=FOLLOWING)
        fees = Appointment.objects.filter(client=mia).order_by("starts_at").values_list("fee_cents", "confidential")
        assert list(fees) == [(120_00, True), (120_00, True), (90_00, True), (120_00, True)]


def test_a_new_rule_makes_the_rest_anew(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20))
        change_appointment(
            viewer, appointment=of(mia, 1), fields={"repeat": "FREQ=WEEKLY;INTERVAL=2;COUNT=3"}, scope=FOLLOWING
        )
        assert [wall[4:14] for wall in walls(viewer, mia)] == ["2026-11-20", "2026-11-27", "2026-12-11", "2026-12-25"]


def test_a_single_appointment_becomes_a_series(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        change_appointment(viewer, appointment=one, fields={"repeat": "FREQ=WEEKLY;COUNT=3"}, scope=FOLLOWING)
        assert len(walls(viewer, mia)) == 3


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=FR"])
def test_moved_to_another_day_a_series_without_end_goes_on_there_without_a_gap(cast, rule):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20), rule)
    with cast.as_("owner", now=cast.now + timedelta(days=100)) as viewer:
        one = Appointment.objects.filter(client=mia, starts_at__gt=viewer.now).order_by("starts_at")[0]
        moved = one.starts_at - timedelta(days=1)
        change_appointment(viewer, appointment=one, fields={"starts_at": moved}, scope=FOLLOWING)
        extend_series(viewer, before=viewer.now + timedelta(days=200))
        rows = Appointment.objects.filter(client=mia).order_by("starts_at")
        days = [each.on_date for each in rows]
        gaps = {(later - earlier).days for earlier, later in pairwise(days)}
        assert gaps == {7, 6}
        assert {day.strftime("%a") for day in days if day >= moved.date()} == {"Thu"}
        assert days[-1] > viewer.today + timedelta(days=500)


def test_a_monthly_series_moves_to_the_place_of_its_new_day(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = weekly(cast, viewer, mia, nov(20), "FREQ=MONTHLY;BYDAY=3FR;COUNT=3")
        assert [wall[:14] for wall in walls(viewer, mia)] == ["Fri 2026-11-20", "Fri 2026-12-18", "Fri 2027-01-15"]
        fields = {"starts_at": first.starts_at + timedelta(days=6)}
        change_appointment(viewer, appointment=first, fields=fields, scope=FOLLOWING)
        assert Series.objects.filter(rrule__contains="BYDAY=4TH").count() == 1


def test_a_rule_too_intricate_to_move_is_asked_for_anew(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = weekly(cast, viewer, mia, nov(20), "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=3;COUNT=3")
        with pytest.raises(Invalid) as refused:
            change_appointment(
                viewer,
                appointment=first,
                fields={"starts_at": first.starts_at + timedelta(days=1)},
                scope=FOLLOWING,
            )
        assert "repeat" in refused.value.problems
        assert walls(viewer, mia)[0] == "Fri 2026-11-20 16:00"


def test_what_happened_already_stays_when_the_rest_changes(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = weekly(cast, viewer, mia, nov(20))
        change_appointment(viewer, appointment=of(mia, 2), fields={"status": "cancelled"})
        change_appointment(viewer, appointment=first, fields={"minutes": 30}, scope=FOLLOWING)
        minutes = [
            (each.ends_at - each.starts_at).seconds // 60
            for each in Appointment.objects.filter(client=mia).order_by("starts_at")
        ]
        assert minutes == [30, 30, 50, 30]


def test_the_nights_make_more_of_a_series_once(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20), "FREQ=WEEKLY")
        made = Appointment.objects.count()
        assert extend_series(viewer, before=viewer.now) == 0
    with cast.as_("owner", now=cast.now + timedelta(days=250)) as viewer:
        assert extend_series(viewer, before=viewer.now) > 30
        assert extend_series(viewer, before=viewer.now) == 0
        assert len(set(walls(viewer, mia))) == len(walls(viewer, mia)) > made


def test_one_taken_out_of_a_series_is_not_made_again(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20), "FREQ=WEEKLY")
        gone = of(mia, 3)
        remove_appointment(viewer, appointment=gone)
    with cast.as_("owner", now=cast.now + timedelta(days=250)) as viewer:
        extend_series(viewer, before=viewer.now)
        assert not Appointment.objects.filter(starts_at=gone.starts_at).exists()


def test_the_rest_of_a_series_is_removed(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        weekly(cast, viewer, mia, nov(20), "FREQ=WEEKLY")
        assert remove_appointment(viewer, appointment=of(mia, 2), scope=FOLLOWING) > 40
        assert len(walls(viewer, mia)) == 2
        extend_series(viewer, before=viewer.now + timedelta(days=400))
        assert len(walls(viewer, mia)) == 2


def test_an_invoiced_one_is_not_changed_in_what_it_charges_and_the_invoice_is_named(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        one = cast.book(viewer, mia.pk, nov(16))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[one.pk])
        for fields in ({"fee_cents": 1}, {"status": "cancelled"}, {"starts_at": one.starts_at + timedelta(days=1)}):
            with pytest.raises(Conflict, match="INV-1"):
                change_appointment(viewer, appointment=one, fields=fields)
        with pytest.raises(Conflict, match="INV-1"):
            remove_appointment(viewer, appointment=one)
        change_appointment(viewer, appointment=one, fields={"starts_at": one.starts_at + timedelta(hours=1)})
        assert walls(viewer, mia) == ["Mon 2026-11-16 17:00"]


def test_the_second_of_two_editors_is_told(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        change_appointment(viewer, appointment=one, fields={"status": "show"}, version=1)
        with pytest.raises(Conflict, match="Somebody else changed this"):
            change_appointment(viewer, appointment=one, fields={"status": "no_show"}, version=1)
        assert of(mia, 0).status == "show"


@pytest.mark.parametrize("role", ["biller", "supervisor", "basic"])
def test_whoever_may_not_edit_the_calendar_is_refused(cast, role):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, clinician="kim")
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
    with cast.as_(role) as viewer:
        with pytest.raises(Forbidden):
            change_appointment(viewer, appointment=one, fields={"status": "show"})
        with pytest.raises(Forbidden):
            remove_appointment(viewer, appointment=one)
        with pytest.raises(Forbidden):
            cast.book(viewer, mia.pk, nov(21))
