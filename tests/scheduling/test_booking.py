"""Booking, changing, moving and removing over HTTP; time off."""

from datetime import date, datetime, timedelta

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.scheduling.models import Appointment, Series, TimeOff
from tests.cast import nov
from tests.scheduling.visitor import Visitor, told

NEW = "/calendar/new/"


@pytest.fixture
def mia(cast):
    with cast.as_("owner") as viewer:
        return cast.child(viewer, "Mia", clinician="kim")


def asked(cast, mia, **more):
    """What the dialog sends: Mia with Dr Kim on Friday at four."""
    return {
        "client_id": str(mia.pk),
        "clinician_id": str(cast.members["kim"]),
        "service_id": str(cast.service_id),
        "location_id": str(cast.location_id),
        "date": "2026-11-20",
        "time": "16:00",
        "minutes": "50",
        "fee_cents": "120.00",
        "status": "scheduled",
        "repeats": "never",
        **more,
    }


def dates(viewer):
    return [each.starts_at.astimezone(viewer.zone).date() for each in Appointment.objects.order_by("starts_at")]


def test_an_appointment_is_booked(cast, mia):
    response = Visitor(cast, "scheduler").send(NEW, asked(cast, mia, video_link="meet.example/1", confidential="on"))
    assert response.status_code == 204
    assert told(response) == "Mia Ortiz is booked for Fri 20 Nov, 16:00."
    with cast.as_("owner") as viewer:
        one = Appointment.objects.get()
        assert one.starts_at == datetime(2026, 11, 20, 16, tzinfo=viewer.zone)
        assert (one.fee_cents, one.location_id, one.confidential) == (120_00, cast.location_id, True)
        assert one.video_link == "https://meet.example/1"


def test_booked_from_another_page_one_is_led_back_to_it(cast, mia):
    visitor = Visitor(cast, "scheduler")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/clients/"}
    assert visitor.post(NEW, asked(cast, mia), headers=headers)["HX-Redirect"] == "/clients/"


@pytest.mark.parametrize(
    ("repeats", "expected"),
    [
        ({"repeats": "weekly", "ends": "count", "count": "3"}, ["11-20", "11-27", "12-04"]),
        ({"repeats": "biweekly", "ends": "until", "until": "2026-12-18"}, ["11-20", "12-04", "12-18"]),
        ({"repeats": "monthly", "ends": "count", "count": "3"}, ["11-20", "12-18", "01-15"]),
        ({"repeats": "custom", "rrule": "FREQ=DAILY;COUNT=2"}, ["11-20", "11-21"]),
    ],
)
def test_an_appointment_repeats(cast, mia, repeats, expected):
    assert Visitor(cast, "scheduler").send(NEW, asked(cast, mia, **repeats)).status_code == 204
    with cast.as_("owner") as viewer:
        assert [f"{day:%m-%d}" for day in dates(viewer)] == expected


def test_the_fifth_of_its_weekday_repeats_on_the_last(cast, mia):
    values = asked(cast, mia, date="2026-10-30", repeats="monthly", ends="count", count="2")
    Visitor(cast, "scheduler").send(NEW, values)
    with cast.as_("owner") as viewer:
        assert dates(viewer) == [date(2026, 10, 30), date(2026, 11, 27)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"client_id": ""}, "client"),
        ({"client_id": "x"}, "client"),
        ({"client_id": "01a20bb7-865b-72be-af50-41cd9ff89e6f"}, "client"),
        ({"clinician_id": "01a20bb7-865b-72be-af50-41cd9ff89e6f"}, "id_clinician_id"),
        ({"service_id": ""}, "id_service_id"),
        ({"date": "2026-02-30"}, "id_date"),
        ({"date": "1200-01-01"}, "id_date"),
        ({"time": "25:00"}, "id_time"),
        ({"minutes": "0"}, "id_minutes"),
        ({"fee_cents": "-1"}, "id_fee_cents"),
        ({"fee_cents": "999999999999"}, "id_fee_cents"),
        ({"video_link": "javascript:alert(1)"}, "id_video_link"),
        ({"status": "x"}, "id_status"),
        ({"repeats": "custom", "rrule": ""}, "id_rrule"),
        ({"repeats": "custom", "rrule": "FREQ=SECONDLY"}, "id_rrule"),
        ({"repeats": "custom", "rrule": "gibberish\x00"}, "id_rrule"),
        ({"repeats": "weekly", "ends": "count", "count": ""}, "id_count"),
        ({"repeats": "weekly", "ends": "until", "until": ""}, "id_until"),
    ],
)
def test_what_cannot_be_booked_is_told_beside_the_field(cast, mia, wrong, field):
    response = Visitor(cast, "scheduler").send(NEW, asked(cast, mia, **wrong))
    assert response.status_code == 422
    assert f'id="{field}' in response.content.decode()
    assert f"{field}{'-' if field == 'client' else '_'}error" in response.content.decode()
    with cast.as_("owner"):
        assert not Appointment.objects.exists()


def test_a_clinician_books_for_their_own_clients_alone(cast, mia):
    visitor = Visitor(cast, "basic")
    assert visitor.send(NEW, asked(cast, mia)).status_code == 422
    assert "Mia" not in visitor.dialog("/calendar/clients/", {"search": "mia"}).content.decode()
    assert "Mia" in Visitor(cast, "kim").dialog("/calendar/clients/", {"search": "mia"}).content.decode()


@pytest.mark.parametrize("role", ["biller", "supervisor"])
def test_whoever_only_reads_the_calendar_books_nothing(cast, mia, role):
    assert Visitor(cast, role).dialog(NEW).status_code == 403
    assert Visitor(cast, role).send(NEW, asked(cast, mia)).status_code == 403


def test_without_the_right_to_fees_the_services_fee_is_booked(cast):
    with cast.as_("owner") as viewer:
        leo = cast.child(viewer, "Leo", clinician="basic")
    visitor = Visitor(cast, "basic")
    assert "fee_cents" not in visitor.dialog(NEW).content.decode()
    assert visitor.send(NEW, asked(cast, leo, fee_cents="1.00")).status_code == 204
    with cast.as_("owner"):
        assert Appointment.objects.get().fee_cents == 120_00


def test_conflicts_are_told_before_it_is_saved_and_do_not_refuse_it(cast, mia):
    visitor = Visitor(cast, "scheduler")
    visitor.send(NEW, asked(cast, mia))
    weekly = asked(cast, mia, date="2026-11-13", repeats="weekly", ends="count", count="4")
    shown = visitor.send("/calendar/conflicts/", weekly).content.decode()
    assert "The clinician has Mia Ortiz then, Fri 20 Nov, 16:00 – 16:50" in shown
    assert visitor.send(NEW, weekly).status_code == 204


@pytest.mark.parametrize("asked_for", [{}, {"date": "x"}, {"repeats": "custom", "rrule": "x"}])
def test_conflicts_of_what_is_half_entered_are_none(cast, mia, asked_for):
    assert Visitor(cast, "scheduler").send("/calendar/conflicts/", asked_for).status_code == 200


def edit(one):
    return f"/calendar/{one.pk}/edit/"


def test_only_what_was_touched_changes_in_the_rest(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled", repeat="FREQ=WEEKLY;COUNT=3")
        second = Appointment.objects.order_by("starts_at")[1]
        Appointment.objects.filter(pk=second.pk).update(fee_cents=90_00)
    values = asked(cast, mia, location_id=str(cast.location_id), scope="following", repeats="as_is", version="1")
    assert Visitor(cast, "scheduler").send(edit(one), values).status_code == 204
    with cast.as_("owner"):
        rows = Appointment.objects.order_by("starts_at").values_list("fee_cents", "location_id")
        assert list(rows) == [(120_00, cast.location_id), (90_00, cast.location_id), (120_00, cast.location_id)]


def test_one_of_a_series_is_moved_alone(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled", repeat="FREQ=WEEKLY;COUNT=2")
    values = asked(cast, mia, date="2026-11-19", location_id="", scope="one", repeats="as_is")
    Visitor(cast, "scheduler").send(edit(one), values)
    with cast.as_("owner") as viewer:
        assert dates(viewer) == [nov(19), nov(27)]


def test_a_single_one_is_made_to_repeat(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
    values = asked(cast, mia, location_id="", repeats="weekly", ends="count", count="3")
    assert Visitor(cast, "scheduler").send(edit(one), values).status_code == 204
    with cast.as_("owner") as viewer:
        assert dates(viewer) == [nov(20), nov(27), date(2026, 12, 4)]
        assert Series.objects.count() == 1


def test_the_second_of_two_editors_keeps_what_was_typed(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
    visitor = Visitor(cast, "scheduler")
    visitor.send(edit(one), asked(cast, mia, location_id="", minutes="30", version="1"))
    response = visitor.send(edit(one), asked(cast, mia, location_id="", minutes="45", version="1"))
    assert response.status_code == 422
    assert "Somebody else changed this" in response.content.decode()
    assert 'value="45"' in response.content.decode()


def test_whoever_may_not_edit_finds_no_form(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
    assert Visitor(cast, "fulllist").dialog(edit(one)).status_code == 403
    assert Visitor(cast, "basic").dialog(edit(one)).status_code == 404


def move(visitor, one, **values):
    return visitor.send(f"/calendar/{one.pk}/move/", values)


def test_an_appointment_is_moved_and_told_what_it_overlaps(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
        cast.book(viewer, mia.pk, nov(19), status="scheduled")
    answer = move(Visitor(cast, "kim"), one, start="2026-11-19T16:15", minutes="60", version="1")
    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    assert answer.json()["conflicts"] == ["The clinician has Mia Ortiz then, Thu 19 Nov, 16:00 – 16:50"]
    with cast.as_("owner") as viewer:
        one.refresh_from_db()
        assert one.ends_at - one.starts_at == timedelta(minutes=60)
        assert one.starts_at == datetime(2026, 11, 19, 16, 15, tzinfo=viewer.zone)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, 422),
        ({"start": "x"}, 422),
        ({"start": "2026-11-19T16:15:00Z"}, 422),
        ({"start": "0001-01-01T00:00"}, 422),
        ({"start": "2026-11-19T16:15", "minutes": "0"}, 422),
        ({"start": "2026-11-19T16:15", "minutes": "x"}, 422),
        ({"start": "2026-11-19T16:15", "scope": "all"}, 422),
        ({"start": "2026-11-19T16:15", "version": "7"}, 409),
    ],
)
def test_a_move_that_cannot_be_is_refused_with_the_reason(cast, mia, values, status):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled")
    answer = move(Visitor(cast, "kim"), one, **values)
    assert answer.status_code == status
    assert answer.json()["sentence"]


def test_an_invoiced_appointment_does_not_move_to_another_day(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(16))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[one.pk])
    answer = move(Visitor(cast, "kim"), one, start="2026-11-17T16:00")
    assert answer.status_code == 409
    assert "INV-1" in answer.json()["sentence"]


def test_an_appointment_is_removed(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(20), status="scheduled", repeat="FREQ=WEEKLY;COUNT=5")
    visitor = Visitor(cast, "kim")
    page = f"/calendar/{one.pk}/remove/"
    assert "This and the following" in visitor.dialog(page).content.decode()
    assert told(visitor.send(page, {"scope": "one"})) == "Removed."
    with cast.as_("owner"):
        second = Appointment.objects.order_by("starts_at")[0]
    assert told(visitor.send(f"/calendar/{second.pk}/remove/", {"scope": "following"})) == "4 appointments removed."


def test_an_invoiced_appointment_is_not_removed(cast, mia):
    with cast.as_("owner") as viewer:
        one = cast.book(viewer, mia.pk, nov(16))
        issue_charges(viewer, client_id=mia.pk, charge_ids=[one.pk])
    response = Visitor(cast, "kim").send(f"/calendar/{one.pk}/remove/", {"scope": "one"})
    assert response.status_code == 422
    assert "INV-1" in response.content.decode()


OFF = "/calendar/time-off/new/"


def off(cast, member, **more):
    return {"member_id": str(cast.members[member]), "starts_on": "2026-11-17", "ends_on": "2026-11-17", **more}


def test_time_off_is_entered_shown_and_removed(cast):
    visitor = Visitor(cast, "kim")
    entered = off(cast, "kim", starts="09:00", ends="10:30", title="School meeting")
    assert told(visitor.send(OFF, entered)) == "Time off is entered."
    with cast.as_("owner") as viewer:
        found = TimeOff.objects.get()
        assert found.ends_at - found.starts_at == timedelta(hours=1, minutes=30)
        assert found.starts_at == datetime(2026, 11, 17, 9, tzinfo=viewer.zone)
    page = f"/calendar/time-off/{found.pk}/"
    assert "School meeting" in visitor.dialog(page).content.decode()
    other = Visitor(cast, "basic")
    assert "School meeting" not in other.dialog(page).content.decode()
    assert other.send(f"{page}remove/").status_code == 403
    assert told(visitor.send(f"{page}remove/")) == "Time off is removed."


def test_whole_days_are_off_to_their_end(cast):
    Visitor(cast, "kim").send(OFF, off(cast, "kim", ends_on="2026-11-19"))
    with cast.as_("owner"):
        found = TimeOff.objects.get()
        assert (found.title, found.ends_at - found.starts_at) == ("Time off", timedelta(days=3))


@pytest.mark.parametrize("wrong", [{"ends_on": "2026-11-16"}, {"starts": "10:00", "ends": "09:00"}, {"starts_on": "x"}])
def test_time_off_that_ends_before_it_begins_is_told_beside_the_field(cast, wrong):
    response = Visitor(cast, "kim").send(OFF, off(cast, "kim", **wrong))
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_whose_time_off_may_be_entered(cast):
    assert Visitor(cast, "kim").send(OFF, off(cast, "basic")).status_code == 422
    assert Visitor(cast, "scheduler").send(OFF, off(cast, "basic")).status_code == 204
    assert Visitor(cast, "biller").dialog(OFF).status_code == 403
