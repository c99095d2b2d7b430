"""What all calls have in common: tokens, problems, lists, first answers, lost updates."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from kinbook.access.models import Token
from kinbook.api.models import Answer
from kinbook.team.commands.tokens import revoke_token
from tests.api.caller import Caller, is_problem
from tests.cast import ELSEWHERE, NOW, Cast


def test_no_token_is_401_in_the_form_of_all_problems(cast, client):
    response = client.get("/api/v1/organizations")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"
    assert is_problem(response.json(), 401)


def test_a_revoked_token_is_401(cast, owner):
    with cast.as_("owner") as viewer:
        revoke_token(viewer, token_id=Token.objects.get().pk)
    assert is_problem(owner.get("/organizations", 401), 401)


def test_an_address_that_leads_nowhere_is_a_problem(owner):
    for method in ("GET", "POST", "DELETE"):
        response = owner(method, "/nothing/at/all", status=404)
        assert response["Content-Type"] == "application/problem+json"


def test_a_wrong_method_names_the_right_ones(owner):
    response = owner("DELETE", "/organizations", status=405)
    assert is_problem(response.told, 405)
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


def test_a_malformed_id_is_as_unknown_as_one_that_nothing_bears(owner):
    for each in ("nonsense", "1", "0199b0a0-0000-7000-8000-000000000000", "%00"):
        assert is_problem(owner.get(f"/organizations/{each}", 404), 404)


def test_invalid_input_is_422_by_field(owner):
    told = owner.post("/organizations", {"nmae": "School", "kind": 3}, status=422)
    assert is_problem(told, 422, "name")
    assert {each["field"] for each in told["errors"]} == {"name", "nmae", "kind"}
    assert is_problem(owner.post("/organizations", {"name": " "}, status=422), 422, "name")


@pytest.mark.parametrize(
    "raw",
    [
        *("", "{", "[]", "null", '"text"', "1e999", "\xff\xfe", "[" * 100_000),
        *('{"name": NaN}', '{"name": "\\u0000"}', '{"name": "\\ud800"}', '{"name": ' + "9" * 5000 + "}"),
        '{"name":' * 60 + "1" + "}" * 60,
    ],
)
def test_a_hostile_body_is_422(owner, raw):
    assert is_problem(owner("POST", "/organizations", raw=raw, status=422).told, 422)


def test_lists_come_in_pages(owner):
    for number in range(5):
        owner.post("/organizations", {"name": f"School {number}", "kind": "school"})
    first = owner.get("/organizations", limit=2)
    second = owner.get("/organizations", limit=2, cursor=first["next"])
    third = owner.get("/organizations", limit=2, cursor=second["next"])
    names = [each["name"] for page in (first, second, third) for each in page["items"]]
    assert names == [f"School {number}" for number in range(5)]
    assert third["next"] is None
    assert is_problem(owner.get("/organizations", 422, cursor="made up"), 422, "cursor")
    assert is_problem(owner.get("/organizations", 422, limit=0), 422, "limit")
    assert is_problem(owner.get("/organizations", 422, limit="many"), 422, "limit")
    assert len(owner.get("/organizations", limit=10_000)["items"]) == 5


def test_a_read_only_token_looks_and_changes_nothing(cast):
    reader = Caller(cast, read_only=True)
    assert reader.get("/organizations") == {"items": [], "next": None}
    assert is_problem(reader.post("/organizations", {"name": "School"}, status=403), 403)


def test_the_same_key_and_body_get_the_first_answer(owner):
    first = owner("POST", "/organizations", {"name": "School"}, Idempotency_Key="one")
    again = owner("POST", "/organizations", {"name": "School"}, Idempotency_Key="one")
    assert (again.status_code, again.told) == (first.status_code, first.told)
    assert again["Idempotency-Replayed"] == "true"
    assert len(owner.get("/organizations")["items"]) == 1


def test_the_same_key_with_something_else_is_409(owner):
    owner("POST", "/organizations", {"name": "School"}, Idempotency_Key="one")
    assert is_problem(owner.post("/organizations", {"name": "Other"}, 409, Idempotency_Key="one"), 409)
    assert is_problem(owner.post("/charges", {"name": "School"}, 409, Idempotency_Key="one"), 409)


def test_a_refusal_is_kept_too(owner):
    first = owner("POST", "/organizations", {"name": ""}, status=422, Idempotency_Key="one")
    again = owner("POST", "/organizations", {"name": ""}, status=422, Idempotency_Key="one")
    assert again.content == first.content
    assert again["Content-Type"] == "application/problem+json"
    assert again["Idempotency-Replayed"] == "true"


def test_a_key_is_one_members_and_one_practices_own(cast, owner):
    owner.post("/organizations", {"name": "School"}, Idempotency_Key="one")
    Caller(cast, "manager").post("/organizations", {"name": "Other"}, Idempotency_Key="one")
    elsewhere = Caller(Cast.enter(ELSEWHERE, "elsewhere.example"))
    elsewhere.post("/organizations", {"name": "Third"}, Idempotency_Key="one")
    assert [each["name"] for each in elsewhere.get("/organizations")["items"]] == ["Third"]


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "é"])
def test_a_key_that_is_none_is_422(owner, key):
    assert is_problem(owner.post("/organizations", {"name": "School"}, 422, Idempotency_Key=key), 422)


def test_two_at_once_with_one_key_do_it_once(lasting_cast):
    callers = [Caller(lasting_cast)] * 6
    start = threading.Barrier(len(callers))
    answers = []

    def call(caller):
        start.wait()
        answers.append(caller("POST", "/organizations", {"name": "School"}, Idempotency_Key="one"))
        connections.close_all()

    threads = [threading.Thread(target=call, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.told["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 5
    assert len(callers[0].get("/organizations")["items"]) == 1


def test_the_description_is_open_and_says_how_calls_are_refused(client, db):
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    post = told["paths"]["/api/v1/organizations"]["post"]
    assert {"201", "401", "403", "409", "422"} <= set(post["responses"])
    assert "application/problem+json" in post["responses"]["422"]["content"]
    assert "Idempotency-Key" in {each["name"] for each in post["parameters"]}


def test_a_key_holds_for_a_day(cast, owner):
    first = owner.post("/organizations", {"name": "School", "kind": "school"}, 201, Idempotency_Key="k")
    again = {"name": "Court", "kind": "court"}
    assert is_problem(owner.post("/organizations", again, 409, Idempotency_Key="k"), 409)
    with cast.as_("owner"):
        Answer.objects.update(made_at=NOW - timedelta(hours=25))
    told = owner.post("/organizations", again, 201, Idempotency_Key="k")
    assert told["id"] != first["id"]
    assert owner.post("/organizations", again, 201, Idempotency_Key="k") == told


def test_the_api_itself_answers_as_the_api(owner, client):
    assert client.get("/api/v1")["Content-Type"] == "application/problem+json"
    assert owner("GET", "/", status=404)["Content-Type"] == "application/problem+json"
