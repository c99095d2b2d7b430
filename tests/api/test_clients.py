"""Clients and contacts through the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.audit.models import Entry
from tests.api.caller import Caller, is_problem
from tests.api.family import ANA, BEN, CY, MIA, Family
from tests.cast import ELSEWHERE, Cast

NOBODY = "0199b0a0-0000-7000-8000-000000000000"


def test_a_minor_comes_with_contacts_in_the_order_given(owner):
    told = owner.post(
        "/clients",
        {
            **MIA,
            "goes_by": "Mimi",
            "email": "mia@school.example",
            "phone": "555-0190",
            "contacts": [
                {**BEN, "legal_guardian": True, "portal": {"access": True, "messages": True}},
                {**ANA, "responsible_for_billing": True, "phone": "555-0142", "emergency_contact": True},
                {"organization_name": "Hillside School", "relationship": "school", "email": "office@hillside.example"},
            ],
        },
        status=201,
    )
    assert told["type"] == "minor"
    assert told["name"] == "Mimi Ortiz"
    assert told["age"] == 10
    assert (told["email"], told["phone"]) == ("mia@school.example", "555-0190")
    assert told["balance_cents"] == 0
    ben, ana, school = told["contacts"]
    assert [ben["name"], ana["name"], school["name"]] == ["Ben Ortiz", "Ana Ortiz", "Hillside School"]
    assert ben["portal"]["access"] is True
    assert ben["portal"]["payments"] is False
    assert ana["responsible_for_billing"] is True
    assert ben["responsible_for_billing"] is False
    assert told["responsible_contact_ids"] == [ana["id"]]
    assert ana["payer_id"] == ana["person_id"] != ana["id"]
    assert ana["organization_id"] is None
    assert (ana["from"], ana["until"]) == (None, None)
    assert school["person_id"] is None
    assert school["organization_id"] == school["payer_id"]
    assert owner.get(f"/clients/{told['id']}") == told


def test_siblings_share_a_payer(owner):
    mia = Family(owner)
    leo = owner.post(
        "/clients",
        {**MIA, "first_name": "Leo", "contacts": [{"person_id": mia.payers["Ana"], "relationship": "parent"}]},
    )
    assert leo["contacts"][0]["payer_id"] == mia.payers["Ana"]
    assert leo["contacts"][0]["id"] != mia.links["Ana"]


def test_who_pays_from_the_beginning_names_contacts_by_their_place(owner):
    rule = {"mode": "percent", "payers": ["contact:1", "contact:0"], "weights": {"contact:0": 6000, "contact:1": 4000}}
    mia = Family(owner, ANA, BEN, arrangement={"rule": rule})
    assert mia.pays_now() == {"Ana", "Ben"}
    (arrangement,) = owner.get(f"/clients/{mia.id}/arrangements")["items"]
    assert arrangement["from"] is None
    assert arrangement["rule"]["payers"] == [mia.payers["Ben"], mia.payers["Ana"]]
    assert arrangement["rule"]["weights"] == [4000, 6000]


def test_an_adult_pays_for_themselves_unless_somebody_else_does(owner):
    piet = owner.post("/clients", {"type": "adult", "first_name": "Piet", "last_name": "de Vries"})
    assert piet["responsible_payer_ids"] == [piet["person_id"]]
    assert piet["responsible_contact_ids"] == []
    rule = {"mode": "amount", "payers": ["client", "contact:0"], "amounts": {"contact:0": 5000}}
    body = {"type": "adult", "first_name": "Jo", "last_name": "Lee", "contacts": [CY], "arrangement": {"rule": rule}}
    jo = owner.post("/clients", body)
    assert set(jo["responsible_payer_ids"]) == {jo["person_id"], jo["contacts"][0]["payer_id"]}


def test_a_couple_has_partners_and_no_names_of_its_own(owner):
    one = {"first_name": "Piet", "last_name": "de Vries", "responsible_for_billing": True}
    two = {"first_name": "Hannah", "last_name": "de Vries", "email": "hannah@mail.example"}
    couple = owner.post("/clients", {"type": "couple", "partners": [one, two]})
    assert couple["name"] == "Piet and Hannah de Vries"
    assert couple["person_id"] is None
    assert couple["partner_ids"] == [each["person_id"] for each in couple["partners"]]
    assert couple["responsible_payer_ids"] == couple["partner_ids"][:1]
    rule = {"mode": "by_appointment", "payers": ["partner:0", "partner:1"]}
    again = owner.post("/clients", {"type": "couple", "partners": [one, two], "arrangement": {"rule": rule}})
    assert again["responsible_payer_ids"] == again["partner_ids"]
    for wrong in ({"partners": [one]}, {"partners": [one, two], "last_name": "X"}, {}, {"partners": [one, two, one]}):
        assert is_problem(owner.post("/clients", {"type": "couple", **wrong}, 422), 422, "partners")
    assert is_problem(owner.patch(f"/clients/{couple['id']}", {"last_name": "X"}, 422), 422, "last_name")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**MIA}, "contacts"),
        ({**MIA, "contacts": []}, "contacts"),
        ({**MIA, "contacts": [ANA, {**BEN, "relationship": "dog"}]}, "contacts.1.relationship"),
        ({**MIA, "contacts": [{"relationship": "parent"}]}, "last_name"),
        ({**MIA, "contacts": [{**ANA, "email": "nowhere"}]}, "email"),
        ({**MIA, "contacts": [{**ANA, "phone": "x"}]}, "phone"),
        ({**MIA, "contacts": [{**ANA, "portal": {"all": True}}]}, "contacts.0.portal.all"),
        ({**MIA, "contacts": [ANA], "type": "dog"}, "type"),
        ({**MIA, "contacts": [ANA], "type": None}, "type"),
        ({**MIA, "contacts": [ANA], "date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({**MIA, "contacts": [ANA], "date_of_birth": "2099-01-01"}, "date_of_birth"),
        ({**MIA, "contacts": [ANA], "date_of_birth": 5}, "date_of_birth"),
        ({**MIA, "contacts": [ANA], "status": "gone"}, "status"),
        ({**MIA, "contacts": [ANA], "primary_clinician_id": "x"}, "primary_clinician_id"),
        ({**MIA, "contacts": [ANA], "primary_clinician_id": NOBODY}, "primary_clinician_id"),
        (
            {**MIA, "contacts": [{**ANA, "responsible_for_billing": True}, {**BEN, "responsible_for_billing": True}]},
            "arrangement",
        ),
        ({**MIA, "contacts": [ANA], "arrangement": {"rule": {"mode": "single", "payers": ["contact:1"]}}}, "rule"),
        ({**MIA, "contacts": [ANA], "arrangement": {"rule": {"mode": "single", "payers": [NOBODY]}}}, "rule"),
        ({**MIA, "contacts": [ANA], "arrangement": {"rule": {"mode": ["single"]}}}, "rule"),
        ({**MIA, "contacts": [ANA], "arrangement": {}}, "arrangement.rule"),
        ({**MIA, "contacts": [{**ANA, "from": "2026-02-01", "until": "2026-01-01"}]}, "until"),
        ({"type": "adult"}, "last_name"),
        ({"type": "adult", "last_name": "x" * 300}, "last_name"),
    ],
)
def test_what_cannot_stand_is_422_and_leaves_nothing(owner, body, field):
    assert is_problem(owner.post("/clients", body, 422), 422, field)
    assert owner.get("/clients")["items"] == []
    assert owner.get("/organizations")["items"] == []


def test_a_list_is_narrowed_and_searched(cast, owner):
    mia = Family(owner, primary_clinician_id=str(cast.members["kim"]))
    piet = owner.post("/clients", {"type": "adult", "first_name": "Piet", "last_name": "Díaz", "status": "archived"})
    one, two = {"first_name": "Noor", "last_name": "Ali"}, {"first_name": "Zed", "last_name": "Young"}
    couple = owner.post("/clients", {"type": "couple", "partners": [one, two]})

    def ids(**asked):
        return [each["id"] for each in owner.get("/clients", **asked)["items"]]

    assert ids() == [couple["id"], piet["id"], mia.id]
    assert ids(search="diaz pi") == [piet["id"]]
    assert ids(search="zed") == [couple["id"]]
    assert ids(search="!!") == []
    assert ids(search="nobody") == []
    assert ids(type="minor") == [mia.id]
    assert ids(status="archived") == [piet["id"]]
    assert ids(clinician_id=str(cast.members["kim"])) == [mia.id]
    assert is_problem(owner.get("/clients", 404, clinician_id=NOBODY), 404)
    assert is_problem(owner.get("/clients", 404, clinician_id="x"), 404)
    assert is_problem(owner.get("/clients", 422, status="gone"), 422, "status")
    assert is_problem(owner.get("/clients", 422, search="\x00"), 422, "search")
    with cast.as_("owner"):
        assert Entry.objects.filter(action="clients.listed").count() == 8


def test_a_list_costs_the_same_for_few_and_many(owner):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            owner.get("/clients")
        return len([each for each in asked if "SAVEPOINT" not in each["sql"] and "set_config" not in each["sql"]])

    Family(owner)
    few = cost()
    for number in range(12):
        Family(owner, first_name=f"Mia {number}")
    one, two = {"first_name": "Noor", "last_name": "Ali"}, {"first_name": "Zed", "last_name": "Young"}
    owner.post("/clients", {"type": "couple", "partners": [one, two]})
    assert cost() == few <= 12


def test_changing_a_client(cast, owner):
    mia = Family(owner, email="mia@school.example")
    path = f"/clients/{mia.id}"
    told = owner.patch(path, {"first_name": "Mía", "phone": "555-0199", "status": "inactive"})
    assert (told["first_name"], told["last_name"], told["phone"]) == ("Mía", "Ortiz", "555-0199")
    assert (told["status"], told["email"], told["date_of_birth"]) == ("inactive", "mia@school.example", "2016-02-02")
    told = owner.patch(path, {"email": None, "goes_by": "Mimi", "primary_clinician_id": str(cast.members["kim"])})
    assert (told["email"], told["name"]) == (None, "Mimi Ortiz")
    assert told["primary_clinician_id"] == str(cast.members["kim"])
    assert owner.patch(path, {"primary_clinician_id": None})["primary_clinician_id"] is None
    assert owner.patch(path, {"portal": {"access": True}})["portal"]["access"] is True
    assert owner.patch(path, {}) == owner.get(path)
    assert [each["id"] for each in owner.get("/clients", search="0199")["items"]] == [mia.id]
    assert is_problem(owner.patch(path, {"last_name": "", "first_name": ""}, 422), 422, "last_name")
    assert is_problem(owner.patch(path, {"type": "couple"}, 422), 422, "type")
    assert is_problem(owner.patch(path, {"contacts": []}, 422), 422, "contacts")
    assert owner.get(path)["name"] == "Mimi Ortiz"


def test_a_lost_update_is_refused(owner):
    mia = Family(owner)
    path = f"/clients/{mia.id}"
    seen = owner("GET", path)["ETag"]
    changed = owner("PATCH", path, {"goes_by": "Mimi"}, status=200, If_Match=seen)
    assert is_problem(owner.patch(path, {"goes_by": "M"}, 412, If_Match=seen), 412)
    assert owner.get(path)["goes_by"] == "Mimi"
    assert owner("GET", path)["ETag"] == changed["ETag"]
    owner.patch(path, {"goes_by": "M"}, 200, If_Match=f'"other", {changed["ETag"]}')
    owner.patch(path, {"goes_by": "Mi"}, 200, If_Match="*")
    link = f"{path}/contacts/{mia.links['Ana']}"
    seen = owner("GET", link)["ETag"]
    owner.patch(link, {"relationship": "legal_guardian"}, 200, If_Match=seen)
    assert is_problem(owner.patch(link, {"relationship": "other"}, 412, If_Match=seen), 412)


def test_half_a_change_is_no_change(cast, owner):
    mia = Family(owner)
    owner.patch(f"/clients/{mia.id}", {"first_name": "Changed", "type": "couple"}, 422)
    assert mia.now()["first_name"] == "Mia"
    with cast.as_("owner"):
        assert Entry.objects.filter(action="client.added").exists()
        assert not Entry.objects.filter(action="person.changed").exists()


def test_contacts_are_added_and_changed(owner):
    mia = Family(owner)
    path = f"/clients/{mia.id}/contacts"
    cy = owner.post(path, {**CY, "from": "2026-01-01", "portal": {"access": True}}, status=201)
    assert (cy["from"], cy["portal"]["access"], cy["responsible_for_billing"]) == ("2026-01-01", True, False)
    assert [each["first_name"] for each in owner.get(path)["items"]] == ["Ana", "Ben", "Cy"]
    told = owner.patch(
        f"{path}/{cy['id']}",
        {"until": "2026-12-01", "legal_guardian": True, "email": "cy@mail.example", "last_name": "Reid"},
    )
    assert (told["until"], told["legal_guardian"], told["email"]) == ("2026-12-01", True, "cy@mail.example")
    assert (told["name"], told["from"]) == ("Cy Reid", "2026-01-01")
    assert owner.get(f"{path}/{cy['id']}") == told
    assert owner.patch(f"{path}/{cy['id']}", {"until": None})["until"] is None
    school = owner.post(path, {"organization_name": "Hillside", "relationship": "school"})
    assert owner.patch(f"{path}/{school['id']}", {"organization_name": "Hilltop"})["name"] == "Hilltop"
    assert is_problem(owner.patch(f"{path}/{school['id']}", {"first_name": "Hill"}, 422), 422)
    assert is_problem(owner.post(path, {**CY, "organization_name": "Both"}, 422), 422, "person_id")
    again = {"person_id": cy["person_id"], "relationship": "other"}
    assert is_problem(owner.post(path, again, 409), 409)
    assert is_problem(owner.post(path, {"person_id": NOBODY, "relationship": "other"}, 404), 404)
    assert is_problem(owner.post(path, {"person_id": "x", "relationship": "other"}, 404), 404)
    assert is_problem(owner.patch(f"{path}/{NOBODY}", {}, 404), 404)


def test_ticking_when_nobody_is_ticked_starts_today(owner):
    mia = Family(owner, ANA, BEN)
    assert mia.pays_now() == set()
    told = owner.patch(f"/clients/{mia.id}/contacts/{mia.links['Ben']}", {"responsible_for_billing": True})
    assert told["responsible_for_billing"] is True
    assert mia.pays_now() == {"Ben"}


def test_ticking_another_needs_the_rule_in_the_same_call(owner):
    mia = Family(owner)
    path = f"/clients/{mia.id}/contacts/{mia.links['Ben']}"
    told = owner.patch(path, {"responsible_for_billing": True}, 409)
    assert is_problem(told, 409)
    assert "rule" in told["detail"]
    assert mia.pays_now() == {"Ana"}
    payers = [mia.payers["Ana"], mia.payers["Ben"]]
    owner.patch(path, {"responsible_for_billing": True, "rule": {"mode": "by_appointment", "payers": payers}})
    assert mia.pays_now() == {"Ana", "Ben"}
    wrong = {"responsible_for_billing": True, "rule": {"mode": "single", "payers": payers[:1]}}
    assert is_problem(owner.patch(path, wrong, 422), 422, "rule")


def test_unticking_one_of_several_needs_the_rule_and_unticking_the_last_ends_it(owner):
    mia = Family(owner)
    payers = [mia.payers["Ana"], mia.payers["Ben"]]
    mia.arrange({"mode": "by_appointment", "payers": payers})
    ana, ben = (f"/clients/{mia.id}/contacts/{mia.links[name]}" for name in ("Ana", "Ben"))
    assert is_problem(owner.patch(ana, {"responsible_for_billing": False}, 409), 409)
    owner.patch(ana, {"responsible_for_billing": False, "rule": {"mode": "single", "payers": payers[1:]}})
    assert mia.pays_now() == {"Ben"}
    owner.patch(ben, {"responsible_for_billing": False})
    assert mia.pays_now() == set()
    assert owner.patch(ben, {"responsible_for_billing": False})["responsible_for_billing"] is False


def test_an_added_contact_can_be_responsible_at_once(owner):
    mia = Family(owner)
    path = f"/clients/{mia.id}/contacts"
    assert is_problem(owner.post(path, {**CY, "responsible_for_billing": True}, 409), 409)
    rule = {"mode": "percent", "payers": [mia.payers["Ana"], "contact"], "weights": [5000, 5000]}
    cy = owner.post(path, {**CY, "responsible_for_billing": True, "rule": rule, "effective_from": "2026-11-01"})
    assert cy["responsible_for_billing"] is True
    now = owner.get(f"/clients/{mia.id}/arrangements")["items"][-1]
    assert now["from"] == "2026-11-01"


def test_each_role_reads_and_changes_what_the_matrix_says(cast, owner):
    mia = Family(owner, primary_clinician_id=str(cast.members["kim"]))
    path = f"/clients/{mia.id}"
    for name, read, change, contact in [
        ("manager", 200, 200, 200),
        ("entire", 200, 200, 200),
        ("kim", 200, 200, 200),
        ("supervisor", 404, 404, 404),
        ("fulllist", 404, 404, 404),
        ("basic", 404, 404, 404),
        ("biller", 200, 403, 200),
        ("scheduler", 200, 403, 200),
    ]:
        caller = Caller(cast, name)
        caller.get(path, read)
        caller.patch(path, {"status": "active"}, change)
        caller.patch(path, {"phone": "555-0177"}, contact)
        caller.patch(f"{path}/contacts/{mia.links['Ana']}", {"emergency_contact": True}, contact)
    assert is_problem(Caller(cast, "biller").post("/clients", {"type": "adult", "last_name": "X"}, 403), 403)


def test_amounts_are_shown_to_who_may_see_them(cast, owner):
    mia = Family(owner, primary_clinician_id=str(cast.members["basic"]))
    for name, seen in [("biller", 0), ("scheduler", None), ("basic", None), ("owner", 0)]:
        assert Caller(cast, name).get(f"/clients/{mia.id}")["balance_cents"] == seen


def test_the_full_client_list_names_all_and_opens_own(cast, owner):
    mia = Family(owner)
    fay = Caller(cast, "fulllist")
    own = fay.post("/clients", {"type": "adult", "first_name": "Own", "last_name": "Client"})
    assert own["primary_clinician_id"] == str(cast.members["fulllist"])
    told = {each["id"]: each for each in fay.get("/clients")["items"]}
    assert told[own["id"]]["first_name"] == "Own"
    assert told[mia.id]["name"] == "Mia Ortiz"
    assert told[mia.id]["contacts"] == []
    assert told[mia.id]["date_of_birth"] is None
    assert Caller(cast, "basic").get("/clients")["items"] == []


def test_another_practice_knows_nothing_of_it(owner):
    mia = Family(owner)
    vera = Caller(Cast.enter(ELSEWHERE, "elsewhere.example"))
    path = f"/clients/{mia.id}"
    assert vera.get("/clients")["items"] == []
    vera.get(path, 404)
    vera.patch(path, {"status": "archived"}, 404)
    vera.get(f"{path}/contacts", 404)
    vera.post(f"{path}/contacts", CY, 404)
    vera.patch(f"{path}/contacts/{mia.links['Ana']}", {}, 404)
    linked = {
        "type": "adult",
        "last_name": "X",
        "contacts": [{"person_id": mia.payers["Ana"], "relationship": "other"}],
    }
    vera.post("/clients", linked, 404)


def test_a_renamed_client_is_listed_under_the_new_name(owner):
    one, two = {"first_name": "Noor", "last_name": "Ali"}, {"first_name": "Zed", "last_name": "Young"}
    mia = Family(owner)
    couple = owner.post("/clients", {"type": "couple", "partners": [one, two]})
    noor = owner.post("/clients", {"type": "adult", "first_name": "Ann", "last_name": "Zuse"})
    owner.patch(f"/clients/{mia.id}", {"last_name": "Abel"})
    link = {"person_id": couple["partner_ids"][0], "relationship": "other"}
    contact = owner.post(f"/clients/{noor['id']}/contacts", link)
    owner.patch(f"/clients/{noor['id']}/contacts/{contact['id']}", {"last_name": "Zacharias"})
    names = [each["name"] for each in owner.get("/clients")["items"]]
    assert names == ["Mia Abel", "Noor Zacharias and Zed Young", "Ann Zuse"]
