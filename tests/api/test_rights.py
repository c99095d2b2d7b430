"""Roles, permissions, closed records and emergencies through the API."""

import pytest

from tests.api.caller import Caller, is_problem

NOBODY = "0199b0a0-0000-7000-8000-000000000000"


@pytest.fixture
def mia(cast):
    with cast.as_("owner") as viewer:
        return cast.child(viewer).pk


def named(told, action):
    return next(each for each in told["permissions"] if each["action"] == action)


def test_a_permission_is_granted_seen_and_ended(cast, owner):
    path = f"/members/{cast.members['manager']}"
    body = {"action": "clinical:see", "scope": "all", "note": "Covers the clinical lead", "until": "2026-12-01"}
    made = owner.post(f"{path}/permissions", body, 201)
    assert (made["action"], made["from"], made["until"]) == ("clinical:see", "2026-11-18", "2026-12-01")
    told = named(owner.get(f"{path}/rights"), "clinical:see")
    assert (told["scopes"], told["given_by"]) == (["all"], ["Granted"])
    assert is_problem(owner.post(f"{path}/permissions", body, 409), 409)
    owner.delete(f"/permissions/{made['id']}")
    assert named(owner.get(f"{path}/rights"), "clinical:see")["scopes"] == []
    assert [each["id"] for each in owner.get(f"{path}/permissions")["items"]] == [made["id"]]
    assert is_problem(owner.delete(f"/permissions/{made['id']}", 409), 409)
    assert is_problem(owner.delete(f"/permissions/{NOBODY}", 404), 404)
    for wrong, field in (({"action": "no"}, "action"), ({"note": " "}, "note"), ({"from": "2020-01-01"}, "from")):
        assert is_problem(owner.post(f"{path}/permissions", {**body, **wrong}, 422), 422, field)


def test_roles_have_dates(cast, owner):
    path = f"/members/{cast.members['kim']}/roles"
    made = owner.post(path, {"role": "supervisor", "from": "2026-12-01"}, 201)
    assert [each["role"] for each in owner.get(path)["items"]] == ["clinician_billing", "supervisor"]
    assert is_problem(owner.post(path, {"role": "clinician_basic"}, 409), 409)
    assert is_problem(owner.post(path, {"role": "biller", "until": "2026-11-18"}, 422), 422, "until")
    owner.delete(f"/roles/{made['id']}")
    assert is_problem(owner.post(f"/members/{NOBODY}/roles", {"role": "biller"}, 404), 404)


def test_a_record_is_closed_and_opened_again(cast, owner, mia):
    kim = Caller(cast, "kim")
    path = f"/clients/{mia}"
    assert {"Helen Marsh", "Dr June Kim"} <= {each["name"] for each in kim.get(f"{path}/openers")["items"]}
    members = [str(cast.members["kim"])]
    body = {"kind": "all_but_named", "reason": "A colleague's child", "members": members}
    made = kim.put(f"{path}/restriction", body)
    assert (made["kind"], made["members"], made["closed_by"]) == ("all_but_named", members, "Dr June Kim")
    told = kim.get(f"{path}/openers")
    assert [each["name"] for each in told["items"]] == ["Dr June Kim"]
    assert told["restriction"]["id"] == made["id"]
    assert is_problem(owner.get(path, 404), 404)
    assert owner.get("/clients")["items"] == []
    assert is_problem(kim.put(f"{path}/restriction", {**body, "members": [NOBODY]}, 422), 422, "members")
    kim.delete(f"{path}/restriction")
    assert is_problem(kim.delete(f"{path}/restriction", 409), 409)
    assert owner.get(path)["id"] == str(mia)


def test_an_owner_opens_a_closed_record_in_an_emergency(cast, owner, mia):
    members = [str(cast.members["kim"])]
    body = {"kind": "all_but_named", "reason": "Why", "members": members}
    Caller(cast, "kim").put(f"/clients/{mia}/restriction", body)
    (row,) = owner.get("/restrictions")["items"]
    assert (row["clinicians"], row["open_until"]) == ("Dr June Kim", None)
    assert "client_id" not in row
    assert is_problem(owner.post(f"/clients/{mia}/emergency", {"reason": "In danger"}, 404), 404)
    assert is_problem(owner.post(f"/restrictions/{row['id']}/emergency", {"reason": " "}, 422), 422, "reason")
    made = owner.post(f"/restrictions/{row['id']}/emergency", {"reason": "In danger"}, 201)
    assert made["client_id"] == str(mia)
    assert owner.get(f"/clients/{mia}")["id"] == str(mia)
    owner.delete(f"/clients/{mia}/emergency")
    assert is_problem(owner.get(f"/clients/{mia}", 404), 404)
    assert is_problem(Caller(cast, "manager").get("/restrictions", 403), 403)


def test_a_read_only_token_of_an_owner_opens_nothing(cast, owner, mia):
    looking = Caller(cast, read_only=True)
    assert is_problem(looking.post(f"/clients/{mia}/emergency", {"reason": "In danger"}, 403), 403)
    assert is_problem(looking.put(f"/clients/{mia}/restriction", {"kind": "administrative", "reason": "x"}, 403), 403)


def test_a_member_hands_over_and_leaves(cast, owner, mia):
    path = f"/members/{cast.members['kim']}/hand-over"
    body = {"to_id": str(cast.members["entire"]), "on": "2026-11-18", "leaves": True}
    assert is_problem(owner.post(path, {**body, "leaves": False}, 422), 422, "back_on")
    assert is_problem(owner.post(path, {**body, "to_id": NOBODY}, 409), 409)
    assert owner.post(path, body, 200) == {"clients": 1, "appointments": 0, "supervisees": 0, "conversations": 0}
    assert owner.get(f"/members/{cast.members['kim']}")["left_on"] == "2026-11-18"
    assert is_problem(owner.post(path, body, 409), 409)
