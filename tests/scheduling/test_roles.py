"""Who does what in the calendar: Mia is Dr Kim's client, Leo is Bo's."""

import pytest

from kinbook.scheduling.models import Appointment, TimeOff
from tests.cast import nov
from tests.scheduling.visitor import Visitor

FINE, NO, STRANGE = "2xx", 403, 404
WEEK = {"start": "2026-11-16", "end": "2026-11-23"}


@pytest.fixture
def booked(cast):
    with cast.as_("owner") as viewer:
        mia, leo = cast.child(viewer, "Mia", clinician="kim"), cast.child(viewer, "Leo", clinician="basic")
        return {
            "mia": cast.book(viewer, mia.pk, nov(20), status="scheduled"),
            "leo": cast.book(viewer, leo.pk, nov(19), status="scheduled"),
        }


def deeds(cast):
    """Every deed of the card, with what it sends."""
    form = {
        "clinician_id": str(cast.members["kim"]),
        "service_id": str(cast.service_id),
        "date": "2026-11-20",
        "time": "17:00",
        "minutes": "50",
        "status": "scheduled",
        "repeats": "never",
    }
    return {
        "edit": form,
        "move": {"start": "2026-11-20T18:00"},
        "status": {"status": "show"},
        "payer": {"payer": str(cast.people["ben"])},
        "remove": {"scope": "one"},
    }


def answers(cast, role, one):
    """What a role is answered, deed by deed; the card itself first."""
    visitor = Visitor(cast, role)
    page = f"/calendar/{one.pk}/"
    told = {"card": visitor.dialog(page).status_code}
    for deed, values in deeds(cast).items():
        told[deed] = visitor.send(f"{page}{deed}/", values).status_code
    return {deed: FINE if status < 300 else status for deed, status in told.items()}


def all_of(answer, **others):
    return {
        "card": answer,
        "edit": answer,
        "move": answer,
        "status": answer,
        "payer": answer,
        "remove": answer,
        **others,
    }


@pytest.mark.parametrize(
    ("role", "of_mia", "of_leo"),
    [
        ("owner", all_of(FINE), all_of(FINE)),
        ("manager", all_of(FINE), all_of(FINE)),
        ("entire", all_of(FINE), all_of(FINE)),
        ("kim", all_of(FINE), all_of(STRANGE)),
        ("basic", all_of(STRANGE), all_of(FINE, payer=NO)),
        ("fulllist", all_of(NO, card=FINE), all_of(NO, card=FINE)),
        ("supervisor", all_of(STRANGE), all_of(STRANGE)),
        ("biller", all_of(NO, card=FINE, payer=FINE), all_of(NO, card=FINE, payer=FINE)),
        ("scheduler", all_of(FINE, payer=NO), all_of(FINE, payer=NO)),
    ],
)
def test_each_role_does_what_it_may_and_finds_no_more(cast, booked, role, of_mia, of_leo):
    assert answers(cast, role, booked["mia"]) == of_mia
    assert answers(cast, role, booked["leo"]) == of_leo


def test_a_basic_clinician_reads_their_own_clients_names_and_of_others_the_slot(cast, booked):
    text = Visitor(cast, "basic").get("/calendar/?clinician=all&date=2026-11-18").content.decode()
    assert "Leo Ortiz" in text
    for secret in ("Mia", str(booked["mia"].pk)):
        assert secret not in text
    assert "Busy" in text


def test_a_colleagues_slot_is_told_as_a_conflict_without_the_name(cast, booked):
    values = {"client_id": str(cast.clients["leo"]), **deeds(cast)["edit"], "time": "16:00"}
    text = Visitor(cast, "basic").send("/calendar/conflicts/", values).content.decode()
    assert "The clinician is busy, Fri 20 Nov, 16:00 – 16:50" in text
    assert "Mia" not in text


@pytest.mark.parametrize(
    ("role", "offered"), [("scheduler", True), ("kim", True), ("biller", False), ("supervisor", False)]
)
def test_new_appointment_is_offered_to_whoever_may_book(cast, booked, role, offered):
    assert ("data-new" in Visitor(cast, role).get("/calendar/").content.decode()) is offered


def test_the_biller_moves_nothing_in_the_feed(cast, booked):
    told = Visitor(cast, "biller").get("/calendar/events/", WEEK).json()["events"]
    assert len(told) == 2
    assert not any("edit" in each for each in told)


def test_a_colleagues_time_off_is_not_removed_by_another_clinician(cast, booked):
    off = {"member_id": str(cast.members["kim"]), "starts_on": "2026-11-17", "ends_on": "2026-11-17"}
    Visitor(cast, "kim").send("/calendar/time-off/new/", off)
    with cast.as_("owner"):
        page = f"/calendar/time-off/{TimeOff.objects.get().pk}/remove/"
    assert Visitor(cast, "basic").send(page).status_code == NO
    assert Visitor(cast, "scheduler").send(page).status_code == 204


def test_nothing_was_changed_by_whoever_was_refused(cast, booked):
    for role in ("supervisor", "fulllist", "basic"):
        answers(cast, role, booked["mia"])
    with cast.as_("owner"):
        assert Appointment.objects.get(pk=booked["mia"].pk).version == 1


def test_two_people_with_the_same_card_open_the_second_is_told_and_sees_what_is(cast, booked):
    page = f"/calendar/{booked['mia'].pk}/"
    first, second = Visitor(cast, "kim"), Visitor(cast, "scheduler")
    assert first.send(f"{page}status/", {"status": "show", "version": "1"}).status_code == 200
    refused = second.send(f"{page}status/", {"status": "no_show", "version": "1"})
    assert refused.status_code == 422
    assert "Somebody else changed this" in refused.content.decode()
    assert second.send(f"{page}move/", {"start": "2026-11-20T18:00", "version": "1"}).status_code == 409
    assert second.send(f"{page}status/", {"status": "no_show", "version": "2"}).status_code == 200
    with cast.as_("owner"):
        assert Appointment.objects.get(pk=booked["mia"].pk).status == "no_show"
