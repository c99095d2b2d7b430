"""The portal through the API: its state per person, invited, suspended and lifted."""

import pytest

from kinbook.mail.models import Letter
from tests.api.caller import Caller, is_problem
from tests.api.family import ANA, BEN, MIA

OPEN = {"access": True, "messages": True, "appointments": True}


@pytest.fixture
def owner(cast):
    return Caller(cast)


@pytest.fixture
def mia(owner):
    contacts = [
        {**ANA, "email": "ana.ortiz@mail.example", "portal": OPEN},
        {**BEN, "email": "ben@workshop.example"},
        {"organization_name": "Hillside School", "relationship": "school"},
    ]
    return owner.post("/clients", {**MIA, "email": "mia@teen.example", "portal": OPEN, "contacts": contacts})


def people(owner, mia):
    return {each["person_id"]: each for each in owner.get(f"/clients/{mia['id']}/portal")["items"]}


def test_state_is_told_of_every_person_and_of_no_organization(owner, mia):
    found = people(owner, mia)
    ana, ben, _ = mia["contacts"]
    assert len(found) == 3
    assert found[mia["person_id"]]["relation"] == "client"
    assert (found[ana["person_id"]]["state"], found[ana["person_id"]]["flags"]) == (
        "open",
        ["messages", "appointments"],
    )
    assert found[ben["person_id"]]["state"] == "none"


def test_invited_suspended_and_lifted(cast, owner, mia):
    ana = mia["contacts"][0]["person_id"]
    url = f"/clients/{mia['id']}/portal/{ana}"
    told = owner.post(f"{url}/invite", {"message": "See you.", "language": "es"})
    assert told["state"] == "invited"
    with cast.as_("owner"):
        letter = Letter.objects.get()
        assert (letter.to, letter.subject) == ("ana.ortiz@mail.example", "Su portal de clientes")
        assert "See you." in letter.body
    assert owner.post(f"{url}/suspend", {"reason": "Court order"})["state"] == "suspended"
    assert is_problem(owner.post(f"{url}/suspend", {"reason": "Again"}, status=409), 409)
    assert is_problem(owner.post(f"{url}/invite", {}, status=409), 409)
    assert people(owner, mia)[ana]["suspended_reason"] == "Court order"
    assert owner.post(f"{url}/lift")["state"] == "invited"
    assert is_problem(owner.post(f"{url}/lift", status=409), 409)


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 1001}, {"reason": 1}])
def test_a_suspension_has_a_reason(owner, mia, body):
    url = f"/clients/{mia['id']}/portal/{mia['contacts'][0]['person_id']}/suspend"
    assert is_problem(owner.post(url, body, status=422), 422, "reason")


def test_who_has_no_mailbox_is_named(owner, mia):
    url = f"/clients/{mia['id']}/contacts/{mia['contacts'][1]['id']}"
    owner.patch(url, {"email": ""})
    ben = mia["contacts"][1]["person_id"]
    told = owner.post(f"/clients/{mia['id']}/portal/{ben}/invite", {}, status=422)
    assert is_problem(told, 422, "person_id")
    assert "no e-mail" in people(owner, mia)[ben]["problem"]


def test_a_minors_portal_by_a_parents_address_is_refused_at_every_way_in(owner, mia):
    contacts = [{**ANA, "email": "Ana.Ortiz@mail.example"}]
    body = {**MIA, "first_name": "Leo", "email": "ana.ortiz@mail.example", "portal": OPEN, "contacts": contacts}
    told = owner.post("/clients", body, status=422)
    assert is_problem(told, 422, "email")
    assert "Ana Ortiz uses this address too" in told["detail"]
    assert is_problem(owner.patch(f"/clients/{mia['id']}", {"email": "ana.ortiz@mail.example"}, 422), 422, "email")


@pytest.mark.parametrize("deed", ["invite", "suspend", "lift"])
def test_somebody_elsewhere_is_unknown(owner, mia, deed):
    nobody = "0199b0a0-0000-7000-8000-000000000000"
    for person in (nobody, "nonsense", mia["contacts"][2]["organization_id"]):
        told = owner.post(
            f"/clients/{mia['id']}/portal/{person}/{deed}", {"reason": "x"} if deed == "suspend" else {}, status=404
        )
        assert is_problem(told, 404)
