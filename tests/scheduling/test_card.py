"""The card of an appointment: what each role sees on it, and what a click does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.invoices.commands.issue import issue_charges
from kinbook.people.models import Contact
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.models import Practice
from kinbook.whopays.models import Override, Share
from tests.cast import ELSEWHERE, Cast, nov
from tests.scheduling.visitor import Visitor


@pytest.fixture
def one(cast):
    """Mia's appointment on Friday, Ana's and Ben's in turns; Ana's turn."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, "Mia", clinician="kim")
        cast.arrange(viewer, mia.pk, "by_appointment")
        return cast.book(viewer, mia.pk, nov(20), status="scheduled", location_id=cast.location_id)


def url(one, end=""):
    return f"/calendar/{one.pk}/{end}"


def body(response):
    return response.content.decode()


def payers(one):
    shares = Share.objects.filter(charge_id=one.pk).select_related("payer").order_by("position")
    return [(share.payer.short_name, share.cents) for share in shares]


def test_the_card_shows_who_when_where_and_who_pays(cast, one):
    shown = body(Visitor(cast, "owner").dialog(url(one)))
    for words in ("Mia Ortiz", "Minor · 16", "Fri 20 Nov, 16:00 – 16:50", "Room 2", "Dr June Kim", "$120.00"):
        assert words in shown
    for status in ("Show", "No show", "Late canceled", "Canceled", "Clinician canceled"):
        assert f">{status}</button>" in shown
    assert "Alternate by appointment" in shown
    assert "Split" in shown


def test_by_its_address_alone_the_calendar_opens_with_the_card(cast, one):
    response = Visitor(cast, "owner").get(url(one))
    assert response.status_code == 302
    assert f"appointment={one.pk}" in response["Location"]
    assert "date=2026-11-20" in response["Location"]


@pytest.mark.parametrize("role", ["basic", "supervisor"])
def test_a_colleagues_client_has_no_card(cast, one, role):
    assert Visitor(cast, role).dialog(url(one)).status_code == 404


def test_another_practice_finds_nothing_there(cast, one):
    stranger = Visitor(Cast.enter(ELSEWHERE, "elsewhere.example"), "owner")
    assert stranger.dialog(url(one)).status_code == 404
    for end in ("status/", "payer/", "split/", "move/", "remove/", "edit/"):
        assert stranger.send(url(one, end), {"status": "show"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "edits", "chooses", "fee"),
    [
        ("owner", True, True, True),
        ("kim", True, True, True),
        ("biller", False, True, True),
        ("scheduler", True, False, True),
        ("fulllist", False, False, False),
    ],
)
def test_each_role_is_offered_what_it_may_do(cast, one, role, edits, chooses, fee):
    shown = body(Visitor(cast, role).dialog(url(one)))
    assert ('name="status"' in shown) is edits
    assert ('name="payer"' in shown) is chooses
    assert ("$120.00" in shown) is fee


def test_who_may_not_open_the_client_reads_the_name_and_no_payer(cast, one):
    shown = body(Visitor(cast, "fulllist").dialog(url(one)))
    assert "Mia Ortiz" in shown
    assert "Ana" not in shown


def test_one_click_says_what_became_of_it(cast, one):
    visitor = Visitor(cast, "kim")
    for status in ("show", "no_show", "late_cancelled", "cancelled", "clinician_cancelled", "scheduled"):
        response = visitor.send(url(one, "status/"), {"status": status})
        assert response.status_code == 200
        assert "kinbook:calendar" in response["HX-Trigger"]
        with cast.as_("owner"):
            assert Appointment.objects.get(pk=one.pk).status == status


def test_a_missed_appointment_charges_the_missed_fee(cast, one):
    Visitor(cast, "kim").send(url(one, "status/"), {"status": "no_show"})
    with cast.as_("owner"):
        assert payers(one) == [("Ana", 60_00)]


def test_a_status_nobody_knows_changes_nothing(cast, one):
    assert Visitor(cast, "kim").send(url(one, "status/"), {"status": "x"}).status_code == 422


def test_a_click_on_a_card_that_is_out_of_date_changes_nothing_and_says_so(cast, one):
    visitor = Visitor(cast, "kim")
    visitor.send(url(one, "status/"), {"status": "show", "version": "1"})
    response = visitor.send(url(one, "status/"), {"status": "no_show", "version": "1"})
    assert response.status_code == 422
    assert "Somebody else changed this" in body(response)
    with cast.as_("owner"):
        assert Appointment.objects.get(pk=one.pk).status == "show"


@pytest.mark.parametrize("role", ["biller", "fulllist"])
def test_whoever_only_reads_the_calendar_changes_no_status(cast, one, role):
    assert Visitor(cast, role).send(url(one, "status/"), {"status": "show"}).status_code == 403


def test_one_click_changes_who_pays_for_this_appointment_alone(cast, one):
    response = Visitor(cast, "biller").send(url(one, "payer/"), {"payer": str(cast.people["ben"])})
    assert response.status_code == 200
    assert "Set for this appointment by Sam Doyle" in body(response)
    with cast.as_("owner"):
        assert payers(one) == [("Ben", 120_00)]


def test_the_arrangement_decides_again_with_one_click(cast, one):
    visitor = Visitor(cast, "biller")
    visitor.send(url(one, "payer/"), {"payer": str(cast.people["ben"])})
    assert visitor.send(url(one, "payer/")).status_code == 200
    with cast.as_("owner"):
        assert payers(one) == [("Ana", 120_00)]
        assert not Override.objects.exists()


def test_this_appointment_is_split(cast, one):
    parts = {f"split-{cast.people['ana']}": "60", f"split-{cast.people['ben']}": "40", "split-note": "Agreed by phone"}
    response = Visitor(cast, "biller").send(url(one, "split/"), parts)
    assert response.status_code == 200
    with cast.as_("owner"):
        assert payers(one) == [("Ana", 72_00), ("Ben", 48_00)]
        assert Override.objects.get().note == "Agreed by phone"


@pytest.mark.parametrize(("ana", "ben"), [("60", "30"), ("100", ""), ("x", "40"), ("-10", "110"), ("1e400", "0")])
def test_parts_that_are_no_whole_are_refused_in_the_card(cast, one, ana, ben):
    parts = {f"split-{cast.people['ana']}": ana, f"split-{cast.people['ben']}": ben}
    response = Visitor(cast, "biller").send(url(one, "split/"), parts)
    assert response.status_code == 422
    with cast.as_("owner"):
        assert not Override.objects.exists()


@pytest.mark.parametrize("payer", ["x", "01a20bb7-865b-72be-af50-41cd9ff89e6f"])
def test_somebody_who_is_no_contact_cannot_pay(cast, one, payer):
    assert Visitor(cast, "biller").send(url(one, "payer/"), {"payer": payer}).status_code == 422


@pytest.mark.parametrize("role", ["scheduler", "fulllist"])
def test_whoever_may_not_change_who_pays_is_refused(cast, one, role):
    data = {"payer": str(cast.people["ben"])}
    assert Visitor(cast, role).send(url(one, "payer/"), data).status_code == 403


def test_an_invoiced_appointment_names_its_invoice_and_keeps_its_payer(cast, one):
    Visitor(cast, "kim").send(url(one, "status/"), {"status": "show"})
    with cast.as_("owner") as viewer:
        issue_charges(viewer, client_id=one.client_id, charge_ids=[one.pk])
    visitor = Visitor(cast, "owner")
    shown = body(visitor.dialog(url(one)))
    assert "INV-1" in shown
    assert 'name="payer"' not in shown
    for end, data in (("payer/", {"payer": str(cast.people["ben"])}), ("status/", {"status": "cancelled"})):
        response = visitor.send(url(one, end), data)
        assert response.status_code == 422
        assert "INV-1" in body(response)


def test_nobody_is_charged_for_what_is_confidential_but_the_client(cast, one):
    with cast.as_("owner") as viewer:
        change_appointment(viewer, appointment=one, fields={"confidential": True})
    visitor = Visitor(cast, "owner")
    assert f'value="{cast.people["ana"]}"' not in body(visitor.dialog(url(one)))
    with cast.as_("owner"):
        Practice.objects.update(guardians_pay_confidential=True)
    assert f'value="{cast.people["ana"]}"' in body(visitor.dialog(url(one)))


def test_a_contact_whose_link_has_ended_is_not_offered(cast, one):
    with cast.as_("owner"):
        Contact.objects.filter(party_id=cast.people["ben"]).update(until=nov(20))
    assert f'value="{cast.people["ben"]}"' not in body(Visitor(cast, "owner").dialog(url(one)))


def test_a_link_that_leads_to_no_page_is_not_made_clickable(cast, one):
    with cast.as_("owner"):
        Appointment.objects.update(video_link="javascript:alert(1)")
    assert "javascript:" not in body(Visitor(cast, "owner").dialog(url(one)))
    with cast.as_("owner"):
        Appointment.objects.update(video_link="https://meet.example/1")
    assert 'href="https://meet.example/1"' in body(Visitor(cast, "owner").dialog(url(one)))


@pytest.mark.parametrize("role", ["owner", "kim", "scheduler"])
def test_the_card_asks_the_database_little(cast, one, role):
    visitor = Visitor(cast, role)
    with CaptureQueriesContext(connection) as queries:
        visitor.dialog(url(one))
    said = [each["sql"] for each in queries]
    assert len([sql for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]) <= 12
