"""What is open follows flags, dates and suspension at once; what is owed stays open to who owes it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kinbook.access.models import PortalSuspension
from kinbook.audit.models import Entry
from kinbook.invitations.commands.suspend import lift_suspension, suspend_portal
from kinbook.invitations.models import PortalSetting, Session
from kinbook.people.models import Client, Contact, Party
from kinbook.scheduling.models import Appointment, Confirmation
from tests.portal.conftest import allow
from tests.portal.guest import words_of

HOME, BILLS, VISITS = "/portal/", "/portal/billing/", "/portal/appointments/"


def client_row(client_id):
    return Client.objects.select_related("party").get(pk=client_id)


def suspend(cast, family, name, *clients):
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        for client_id in clients:
            suspend_portal(viewer, client=client_row(client_id), party_id=cast.people[name], reason="Court order")


@pytest.mark.parametrize(("flag", "page"), [("appointments", VISITS), ("billing_documents", BILLS)])
def test_each_flag_is_what_it_says(cast, guest, family, flag, page):
    with cast.as_("owner") as viewer:
        for child in (family.mia, family.leo):
            allow(viewer, child, cast.people["ana"], {flag: False})
    ana = guest("ana")
    told = ana.read(HOME)
    assert {"appointments": "Appointments", "billing_documents": "Billing"}[flag] not in told
    assert "Hello, Ana" in told
    if flag == "billing_documents":
        assert ana.get(page).status_code == 404
    else:
        assert "Dr Kim" not in ana.read(page)


def test_suspension_closes_an_open_session_at_once(cast, guest, family):
    ana = guest("ana")
    assert "Leo" in ana.read(HOME)
    suspend(cast, family, "ana", family.leo)
    assert ana.get(HOME)["Location"] == "/portal/sign-in/"
    assert "Leo" not in guest("ana").read(HOME)  # signed in again: Mia's is open still
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        lift_suspension(viewer, client=client_row(family.leo), party_id=cast.people["ana"])
        assert Entry.objects.filter(action="portal.suspended", details__reason="Court order").count() == 1
    assert "Leo" in guest("ana").read(HOME)


def test_a_session_that_outlived_a_suspension_sees_nothing_of_the_child(cast, guest, family):
    ana = guest("ana")
    with cast.as_("owner"):
        for client_id in (family.mia, family.leo):
            PortalSuspension.objects.create(
                practice_id=cast.practice_id,
                client_id=client_id,
                party_id=cast.people["ana"],
                reason="Court order",
                suspended_at=datetime.now(UTC),
                suspended_by="Helen",
            )
    told = ana.read(HOME)
    assert "Next appointment" not in told
    assert "Due" in told


def test_own_bills_stay_open_when_access_has_ended(cast, guest, family):
    suspend(cast, family, "ben", family.mia, family.leo)
    ben = guest("ben")
    told = ben.read(HOME) + ben.read(BILLS) + ben.read(f"{BILLS}{family.invoice['ben'].pk}/")
    assert "$83.00" in told
    assert "Appointments" not in told
    assert "Next appointment" not in told


def test_own_bills_close_some_years_after_the_end_once_nothing_is_due(cast, guest, family):
    long_ago = date(2015, 1, 1)
    with cast.as_("owner"):
        Contact.objects.filter(party_id=cast.people["ana"]).update(starts_on=date(2010, 1, 1), until=long_ago)
    assert "$74.00" in guest("ana").read(BILLS)  # something is due
    from tests.money import pay

    with cast.as_("owner", datetime.now(UTC)) as viewer:
        pay(cast, viewer, "ana", 74_00)
    assert guest("ana").get(HOME)["Location"] == "/portal/sign-in/?closed=1"
    with cast.as_("owner"):
        PortalSetting.objects.create(practice_id=cast.practice_id, bill_years=30)
    assert "Invoices" in guest("ana").read(BILLS)


def test_access_ends_with_the_contacts_dates(cast, guest, family):
    with cast.as_("owner"):
        Contact.objects.filter(party_id=cast.people["ana"]).update(until=datetime.now(UTC).date() - timedelta(days=1))
    assert "Next appointment" not in guest("ana").read(HOME)


def test_at_eighteen_it_is_the_clients_own(cast, guest, family):
    with cast.as_("owner"):
        Party.objects.filter(pk=cast.people["mia"]).update(date_of_birth=date(2000, 1, 1))
    assert "Mia," not in guest("ana").read(VISITS)
    assert "Dr Kim" in guest("mia").read(VISITS)


def test_switched_off_the_portal_is_closed_to_everybody(cast, guest, family):
    ana = guest("ana")
    with cast.as_("owner"):
        PortalSetting.objects.create(practice_id=cast.practice_id, is_on=False)
    assert ana.get(HOME)["Location"] == "/portal/sign-in/?closed=1"
    assert not Session.objects.exists()


def test_confirming_is_ones_own_word_and_lapses_when_the_time_moves(cast, guest, family):
    ana, ben = guest("ana"), guest("ben")
    url = f"/portal/appointments/{family.coming['mia']}/confirm/"
    for _ in range(2):
        assert "Confirmed" in words_of(ana.post(url, follow=True))
    assert "You confirmed" in ana.read(VISITS)
    assert "confirmed" not in ben.read(VISITS)
    with cast.as_("owner"):
        assert Confirmation.objects.get().party_id == cast.people["ana"]
        visit = Appointment.objects.get(pk=family.coming["mia"])
        later = timedelta(hours=1)
        Appointment.objects.filter(pk=visit.pk).update(starts_at=visit.starts_at + later, ends_at=visit.ends_at + later)
    assert "You confirmed" not in ana.read(VISITS)


def test_a_child_is_chosen_in_the_switcher(guest, family):
    ana = guest("ana")
    told = ana.read(f"{VISITS}?child={family.leo}")
    assert "Leo," in told
    assert "Mia," not in told
    assert "Mia," in ana.read(f"{VISITS}?child=nonsense")


def test_staff_see_who_confirmed(cast, guest, family):
    from tests.scheduling.visitor import Visitor

    for name in ("ana", "ben"):
        guest(name).post(f"/portal/appointments/{family.coming['leo']}/confirm/")
    told = words_of(Visitor(cast, "owner").dialog(f"/calendar/{family.coming['leo']}/"))
    assert "Confirmed by Ana Ortiz, Ben Ortiz" in told


def test_an_invoices_letter_leads_to_the_portal_of_whom_it_is_open_to(cast, family):
    from kinbook.invoices.commands.send import send_invoice
    from kinbook.mail.models import Letter

    suspend(cast, family, "ben", family.mia)
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        for name in ("ana", "ben"):
            send_invoice(viewer, invoice=family.invoice[name])
        links = {each.party_id: each.links for each in Letter.objects.all()}
    assert links[cast.people["ana"]][0].endswith(f"/portal/billing/{family.invoice['ana'].pk}/")
    assert links[cast.people["ben"]] == []


def test_what_was_granted_to_a_merged_entry_is_open_to_who_stands_for_both(cast, guest, family):
    from kinbook.people.commands.clean import EmailDraft, PersonDraft
    from kinbook.people.commands.parties import new_person
    from kinbook.whopays.commands.merge import merge_people
    from tests.scheduling.visitor import Visitor

    with cast.as_("owner", datetime.now(UTC)) as viewer:
        other = new_person(
            viewer, PersonDraft(first_name="Ana", last_name="Ortiz", emails=(EmailDraft("a@new.example"),))
        )
        merge_people(viewer, party=Party.objects.get(pk=cast.people["ana"]), into=other)
    before, cast.people["ana"] = cast.people["ana"], other.pk
    ana = guest("ana")
    told = ana.read(HOME) + ana.read(BILLS) + ana.read(VISITS)
    assert "Leo" in told
    assert "$74.00" in told
    owner = Visitor(cast, "owner")
    assert owner.send(f"/clients/{family.leo}/edit/portal/{before}/suspend/", {"reason": "Court"}).status_code == 204
    assert ana.get(HOME)["Location"] == "/portal/sign-in/"
    assert "Leo" not in guest("ana").read(VISITS)
