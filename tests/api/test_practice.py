"""The practice, its services, its team and its audit log through the API."""

import pytest

from kinbook.mail.models import Letter
from tests.api.caller import Caller, is_problem
from tests.api.family import Family

NOBODY = "0199b0a0-0000-7000-8000-000000000000"
SAM = {"email": "Sam.New@kinbook.example", "first_name": "Sam", "last_name": "New", "roles": ["biller"]}


def test_the_practice_says_its_currency_its_zone_and_who_asks(cast, owner):
    told = owner.get("/practice")
    assert told["id"] == str(cast.practice_id)
    assert (told["currency"], told["time_zone"]) == ("USD", "America/New_York")
    assert (told["member_id"], told["roles"], told["read_only"]) == (str(cast.members["owner"]), ["owner"], False)
    assert [each["name"] for each in owner.get("/locations")["items"]] == ["Room 2"]


def test_services_are_added_listed_and_changed(owner):
    told = owner.post("/services", {"name": "Play", "fee_cents": 90_00, "minutes": 45}, 201)
    assert (told["code"], told["missed_fee_cents"], told["tax_percent"], told["currency"]) == (None, None, 0, "USD")
    path = f"/services/{told['id']}"
    assert owner.get(path) == told
    assert {each["name"] for each in owner.get("/services")["items"]} == {"Individual session", "Play"}
    seen = owner("GET", path)["ETag"]
    told = owner.patch(path, {"fee_cents": 95_00, "missed_fee_cents": 0, "code": "90832"}, If_Match=seen)
    assert (told["fee_cents"], told["missed_fee_cents"], told["code"], told["name"]) == (95_00, 0, "90832", "Play")
    assert is_problem(owner.patch(path, {"name": "X"}, 412, If_Match=seen), 412)
    assert owner.patch(path, {"is_active": False, "missed_fee_cents": None, "code": None})["code"] is None
    assert is_problem(owner.patch(path, {"name": None}, 422), 422, "name")
    assert is_problem(owner.patch(path, {"name": " "}, 422), 422, "name")
    assert is_problem(owner.get(f"/services/{NOBODY}", 404), 404)
    assert is_problem(owner.patch(f"/services/{NOBODY}", {}, 404), 404)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"fee_cents": -1}, "fee_cents"),
        ({"fee_cents": 10**15}, "fee_cents"),
        ({"fee_cents": "12000"}, "fee_cents"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 40_000}, "minutes"),
        ({"missed_fee_cents": -1}, "missed_fee_cents"),
        ({"tax_percent": 800}, "tax_percent"),
        ({"price": 5}, "price"),
    ],
)
def test_what_is_no_service_is_refused(owner, wrong, field):
    body = {"name": "Play", "fee_cents": 90_00, "minutes": 45, **wrong}
    assert is_problem(owner.post("/services", body, 422), 422, field)
    assert len(owner.get("/services")["items"]) == 1


def test_members_are_invited_listed_and_changed(cast, owner):
    told = owner.post("/members", SAM, 201)
    assert (told["email"], told["name"], told["roles"]) == ("sam.new@kinbook.example", "Sam New", ["biller"])
    with cast.as_("owner"):
        assert Letter.objects.filter(to="sam.new@kinbook.example").count() == 1
    path = f"/members/{told['id']}"
    assert owner.get(path) == told
    assert owner.get("/members")["items"][-1]["last_name"] == "Vega"
    assert len(owner.get("/members")["items"]) == 10
    seen = owner("GET", path)["ETag"]
    told = owner.patch(path, {"roles": ["scheduler", "supervisor"], "title": "LCSW"}, If_Match=seen)
    assert (told["roles"], told["name"], told["last_name"]) == (["scheduler", "supervisor"], "LCSW Sam New", "New")
    assert is_problem(owner.patch(path, {"title": "X"}, 412, If_Match=seen), 412)
    assert owner.patch(path, {"title": None})["title"] is None
    for wrong, field in (
        ({"last_name": ""}, "last_name"),
        ({"last_name": None}, "last_name"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles.0"),
        ({"roles": ["clinician_basic", "clinician_entire"]}, "roles"),
        ({"email": "x"}, "email"),
    ):
        assert is_problem(owner.patch(path, wrong, 422), 422, field)
    assert is_problem(owner.post("/members", SAM, 409), 409)
    assert is_problem(owner.post("/members", {**SAM, "email": "x"}, 422), 422, "email")
    assert is_problem(owner.patch(f"/members/{cast.members['owner']}", {"roles": ["biller"]}, 409), 409)
    assert is_problem(Caller(cast, "manager").post("/members", {**SAM, "roles": ["owner"]}, 403), 403)
    assert is_problem(Caller(cast, "manager").patch(f"/members/{cast.members['owner']}", {"title": "X"}, 403), 403)


def test_the_log_tells_everybodys_to_an_owner_and_ones_own_to_the_rest(cast, owner):
    mia = Family(owner, primary_clinician_id=str(cast.members["kim"]))
    kim = Caller(cast, "kim")
    kim.get(f"/clients/{mia.id}")

    def actions(caller, **asked):
        return [each["action"] for each in caller.get("/audit", **asked)["items"]]

    assert actions(owner, client_id=mia.id)[0] == "client.viewed"
    (entry,) = owner.get("/audit", client_id=mia.id, action="client.viewed")["items"]
    assert (entry["member_id"], entry["name"]) == (str(cast.members["kim"]), "Dr June Kim")
    assert (entry["client_id"], entry["subject_kind"], entry["address"]) == (mia.id, "client", "127.0.0.1")
    assert set(actions(owner, member_id=str(cast.members["kim"]))) == {"client.viewed", "token.made"}
    assert "client.added" not in actions(kim)
    assert "client.viewed" in actions(kim)
    assert actions(owner, to="2020-01-01") == []
    page = owner.get("/audit", limit=2)
    assert len(page["items"]) == 2
    ids = {each["id"] for each in page["items"]}
    assert not ids & {each["id"] for each in owner.get("/audit", limit=2, cursor=page["next"])["items"]}
    for wrong in ({"client_id": NOBODY}, {"member_id": NOBODY}, {"member_id": "x"}):
        assert is_problem(owner.get("/audit", 404, **wrong), 404)
    assert is_problem(owner.get("/audit", 422, from_="2026-02-01", to="2026-01-01"), 422, "to")
