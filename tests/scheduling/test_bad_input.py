"""What the calendar does with typing errors, hostile text and the ids of others: tell them, and change nothing."""

import pytest

from kinbook.scheduling.models import Appointment, TimeOff
from tests.cast import ELSEWHERE, Cast, nov
from tests.scheduling.visitor import Visitor

NEW = "/calendar/new/"
OFF = "/calendar/time-off/new/"
NOBODY = "01a20bb7-865b-72be-af50-41cd9ff89e6f"
HUGE = "9" * 5000


@pytest.fixture
def one(cast):
    with cast.as_("owner") as viewer:
        return cast.book(viewer, cast.child(viewer, "Mia").pk, nov(20), status="scheduled")


def asked(cast, **more):
    return {
        "client_id": str(cast.clients["mia"]),
        "clinician_id": str(cast.members["kim"]),
        "service_id": str(cast.service_id),
        "date": "2026-11-20",
        "time": "16:00",
        "minutes": "50",
        "status": "scheduled",
        **more,
    }


def off(cast, **more):
    return {"member_id": str(cast.members["kim"]), "starts_on": "2026-11-17", "ends_on": "2026-11-17", **more}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("date", "9999-12-31"),
        ("date", "0001-01-01"),
        ("date", "1969-12-31"),
        ("date", "2201-01-01"),
        ("date", HUGE),
        ("minutes", HUGE),
        ("minutes", "1441"),
        ("fee_cents", HUGE),
        ("video_link", "https://meet.example/" + "x" * 600),
        ("video_link", "data:text/html,<b>"),
        ("clinician_id", NOBODY),
        ("service_id", NOBODY),
        ("location_id", NOBODY),
        ("client_id", "' OR 1=1 --"),
        ("time", "16:00\x00"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field_and_nothing_is_booked(cast, one, field, wrong):
    response = Visitor(cast, "scheduler").send(NEW, asked(cast, **{field: wrong}))
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    with cast.as_("owner"):
        assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=-3",
        f"FREQ=DAILY;COUNT={'9' * 300}",
        "FREQ=MONTHLY;BYDAY=99MO",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYSECOND=1",
        "<script>alert(1)</script>",
        "DTSTART:20261120T160000\nRRULE:FREQ=DAILY",
        "FREQ=DAILY;UNTIL=yesterday",
        "x" * 600,
    ],
)
def test_a_rule_that_cannot_be_read_is_told_beside_it(cast, one, rule):
    response = Visitor(cast, "scheduler").send(NEW, asked(cast, repeats="custom", rrule=rule))
    assert response.status_code == 422
    assert 'id="id_rrule_error"' in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_a_rule_without_end_is_made_a_year_ahead(cast, one):
    response = Visitor(cast, "scheduler").send(NEW, asked(cast, repeats="custom", rrule="FREQ=DAILY"))
    assert response.status_code == 204
    with cast.as_("owner"):
        assert 365 <= Appointment.objects.count() - 1 <= 401


def test_a_rule_that_names_nothing_books_the_one_that_was_entered(cast, one):
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    assert Visitor(cast, "scheduler").send(NEW, asked(cast, repeats="custom", rrule=rule)).status_code == 204
    with cast.as_("owner"):
        assert Appointment.objects.count() == 2


@pytest.mark.parametrize("asked_for", ["x", "9999-12-31T23:00", "0001-01-01", HUGE, "2026-11-20T25:00", "2026-13-01"])
def test_a_time_in_the_address_that_is_none_opens_the_dialog_all_the_same(cast, one, asked_for):
    visitor = Visitor(cast, "scheduler")
    query = {"start": asked_for, "end": asked_for, "clinician": asked_for, "client": asked_for}
    assert visitor.dialog(NEW, query).status_code == 200
    assert visitor.dialog(OFF, {"date": asked_for, "time": asked_for, "end": asked_for}).status_code == 200


@pytest.mark.parametrize("version", ["x", "²", HUGE, "-1"])
def test_a_version_nobody_was_shown_changes_nothing(cast, one, version):
    visitor = Visitor(cast, "scheduler")
    assert visitor.send(f"/calendar/{one.pk}/edit/", asked(cast, minutes="30", version=version)).status_code == 422
    refused = visitor.send(f"/calendar/{one.pk}/move/", {"start": "2026-11-19T10:00", "version": version})
    assert refused.status_code in {409, 422}
    with cast.as_("owner"):
        assert Appointment.objects.get().version == 1


@pytest.mark.parametrize("start", ["9999-12-31T23:59", "0001-01-01T00:00", "1969-12-31T10:00", HUGE])
def test_an_appointment_is_not_moved_out_of_time(cast, one, start):
    answer = Visitor(cast, "scheduler").send(f"/calendar/{one.pk}/move/", {"start": start, "minutes": "50"})
    assert answer.status_code == 422
    assert answer.json()["sentence"]


@pytest.mark.parametrize("start", ["9999-12-31", "0001-01-01"])
def test_conflicts_of_a_time_that_cannot_be_are_none(cast, one, start):
    values = asked(cast, date=start, repeats="weekly", ends="never")
    assert Visitor(cast, "scheduler").send("/calendar/conflicts/", values).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": "0001-01-01"},
        {"ends_on": "9999-12-31"},
        {"starts_on": HUGE},
        {"ends_on": "2200-12-31"},
        {"starts": "25:00"},
        {"title": "x" * 101},
        {"title": "x\x00"},
        {"member_id": NOBODY},
        {"member_id": ""},
    ],
)
def test_time_off_that_cannot_be_is_told_and_not_entered(cast, wrong):
    response = Visitor(cast, "kim").send(OFF, off(cast, **wrong))
    assert response.status_code == 422
    assert "errorlist" in response.content.decode() or 'role="alert"' in response.content.decode()
    with cast.as_("owner"):
        assert not TimeOff.objects.exists()


def test_markup_in_a_title_is_text(cast):
    visitor = Visitor(cast, "kim")
    visitor.send(OFF, off(cast, title="</script><script>alert(1)</script>"))
    page = visitor.get("/calendar/?date=2026-11-17").content.decode()
    assert "<script>alert" not in page
    assert "alert(1)" in page


DEEDS = ("", "edit/", "remove/")
POSTED = ("edit/", "move/", "status/", "payer/", "split/", "remove/")


def test_an_id_nobody_has_is_not_found(cast, one):
    visitor = Visitor(cast, "owner")
    for deed in DEEDS:
        assert visitor.dialog(f"/calendar/{NOBODY}/{deed}").status_code == 404, deed
    for deed in POSTED:
        assert visitor.send(f"/calendar/{NOBODY}/{deed}", asked(cast)).status_code == 404, deed
    assert visitor.dialog(f"/calendar/time-off/{NOBODY}/").status_code == 404
    assert visitor.send(f"/calendar/time-off/{NOBODY}/remove/").status_code == 404


def test_what_another_practice_has_is_not_found_either(cast, one):
    Visitor(cast, "kim").send(OFF, off(cast))
    with cast.as_("owner"):
        away = TimeOff.objects.get()
    stranger = Visitor(Cast.enter(ELSEWHERE, "elsewhere.example"), "owner")
    for deed in DEEDS:
        assert stranger.dialog(f"/calendar/{one.pk}/{deed}").status_code == 404, deed
    for deed in POSTED:
        assert stranger.send(f"/calendar/{one.pk}/{deed}", asked(cast)).status_code == 404, deed
    assert stranger.dialog(f"/calendar/time-off/{away.pk}/").status_code == 404
    assert stranger.send(f"/calendar/time-off/{away.pk}/remove/").status_code == 404
    with cast.as_("owner"):
        assert (Appointment.objects.get().version, TimeOff.objects.count()) == (1, 1)


@pytest.mark.parametrize("field", ["client_id", "clinician_id", "service_id", "location_id"])
def test_nothing_is_booked_with_what_another_practice_has(cast, one, field):
    elsewhere = Cast.enter(ELSEWHERE, "elsewhere.example")
    with elsewhere.as_("owner") as viewer:
        vera = elsewhere.child(viewer, "Vera")
    theirs = {
        "client_id": vera.pk,
        "clinician_id": elsewhere.members["kim"],
        "service_id": elsewhere.service_id,
        "location_id": elsewhere.location_id,
    }
    response = Visitor(cast, "owner").send(NEW, asked(cast, **{field: str(theirs[field])}))
    assert response.status_code == 422
    with cast.as_("owner"):
        assert Appointment.objects.count() == 1
