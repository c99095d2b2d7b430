"""The list to be completed: minors who came without a contact."""

from datetime import UTC, datetime

import pytest

from kinbook.audit.models import Entry
from kinbook.exchange.models import Held
from kinbook.people.models import Client, Contact, Party
from kinbook.whopays.queries.payers import responsible_on
from tests.cast import TODAY
from tests.exchange.bringing import load, tally
from tests.scheduling.visitor import Visitor

SVEN = "First name,Last name,DOB,Email,Therapist\nSven,Aho,11/30/2012,sven@mail.example,Dr June Kim\n"
MOTHER = {
    "contact-0-relationship": "parent",
    "contact-0-first_name": "Aino",
    "contact-0-last_name": "Aho",
    "contact-0-responsible_for_billing": "on",
}


@pytest.fixture
def sven(cast):
    load(cast, SVEN)
    with cast.as_("owner"):
        return Held.objects.get().pk


def test_a_minor_without_a_contact_waits_and_is_no_client(cast, sven):
    page = Visitor(cast, "owner").get("/settings/import/held/").content.decode()
    assert "Sven Aho" in page
    with cast.as_("owner"):
        assert (Client.objects.count(), Party.objects.count()) == (0, 0)


def test_with_a_contact_they_become_a_client_with_all_the_file_told(cast, sven):
    response = Visitor(cast, "owner").post(f"/settings/import/held/{sven}/complete/", MOTHER)
    assert response.status_code == 302
    with cast.as_("kim", datetime.now(UTC)) as viewer:
        client = Client.objects.visible_to(viewer).get()
        assert response["Location"] == f"/clients/{client.pk}/"
        assert (client.type, client.party.name, str(client.party.date_of_birth)) == ("minor", "Sven Aho", "2012-11-30")
        payer = Party.objects.get(pk=responsible_on([client.pk], TODAY)[client.pk][0])
        assert payer.name == "Aino Aho"
        held = Held.objects.get()
        assert (held.state, held.client_id, held.settled_by) == ("completed", client.pk, "Helen Marsh")
        assert Entry.objects.filter(action="held.completed", client_id=client.pk).count() == 1


def test_the_completed_child_is_recognized_when_the_file_is_loaded_again(cast, sven):
    Visitor(cast, "owner").post(f"/settings/import/held/{sven}/complete/", MOTHER)
    assert tally(load(cast, SVEN)) == {"unchanged": 1}


def test_the_contact_may_be_somebody_known(cast, sven):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
    chosen = {"contact-0-relationship": "parent", "contact-0-party": str(cast.people["ana"])}
    assert Visitor(cast, "owner").post(f"/settings/import/held/{sven}/complete/", chosen).status_code == 302
    with cast.as_("owner"):
        assert Contact.objects.filter(client__party__first_name="Sven").get().party_id == cast.people["ana"]


def test_a_contact_without_a_name_is_refused_and_the_child_still_waits(cast, sven):
    response = Visitor(cast, "owner").post(
        f"/settings/import/held/{sven}/complete/", {"contact-0-relationship": "parent"}
    )
    assert response.status_code == 422
    with cast.as_("owner"):
        assert Held.objects.get().state == "waiting"


def test_a_second_press_makes_no_second_client(cast, sven):
    owner = Visitor(cast, "owner")
    for _ in range(2):
        assert owner.post(f"/settings/import/held/{sven}/complete/", MOTHER).status_code == 302
    with cast.as_("owner"):
        assert Client.objects.count() == 1


def test_a_child_entered_by_hand_meanwhile_is_not_entered_twice(cast, sven):
    load(cast, "First name,Last name,DOB,Mother name\nSven,Aho,11/30/2012,Aino Aho\n", as_clients=True)
    with cast.as_("owner"):
        assert Client.objects.count() == 1
        Held.objects.update(state="waiting", client_id=None)
    response = Visitor(cast, "owner").post(f"/settings/import/held/{sven}/complete/", MOTHER)
    assert response.status_code == 422
    assert "is a client already" in response.content.decode()


def test_a_later_file_that_brings_the_contact_completes_them(cast, sven):
    report = load(cast, "First name,Last name,DOB,Mother name\nSven,Aho,11/30/2012,Aino Aho\n")
    assert tally(report) == {"created": 1}
    with cast.as_("owner"):
        assert Held.objects.get().state == "completed"
        assert Client.objects.get().party.name == "Sven Aho"


def test_somebody_taken_off_the_list_stays_off_it_and_can_be_put_back(cast, sven):
    owner = Visitor(cast, "owner")
    owner.post(f"/settings/import/held/{sven}/drop/")
    assert tally(load(cast, SVEN)) == {"unchanged": 1}
    assert "Sven Aho" not in owner.get("/settings/import/held/").content.decode().split("<table")[-1].split("toast")[0]
    assert "Sven Aho" in owner.get("/settings/import/held/?state=dropped").content.decode()
    owner.post(f"/settings/import/held/{sven}/restore/")
    with cast.as_("owner"):
        assert Held.objects.get().state == "waiting"
    assert owner.post(f"/settings/import/held/{sven}/restore/").status_code == 409
