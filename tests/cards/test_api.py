"""Programs keep cards, charge them and set AutoPay; the same key asks once."""

import json
from datetime import UTC, datetime

import pytest
import requests
from django.test import Client

from kinbook.team.commands.tokens import make_token
from tests.cards.conftest import GOOD
from tests.money import promises_hold


@pytest.fixture
def call(billed):
    """Call the API as the owner."""
    with billed.cast.as_("owner", datetime.now(UTC)) as viewer:
        _, secret = make_token(viewer, label="Program")

    def ask(method, path, body=None, **headers):
        words = {"Authorization": f"Bearer {secret}", **headers}
        answer = Client().generic(
            method, f"/api/v1{path}", json.dumps(body) if body else "", content_type="application/json", headers=words
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return ask


def test_a_card_is_typed_in_kept_charged_and_forgotten(billed, server, call):
    ana = billed.cast.people["ana"]
    status, begun = call("POST", f"/payers/{ana}/card-set-ups")
    assert (status, begun["publishable_key"]) == (201, "pk_test_of_tests")
    # the browser's part: the number goes to the processor
    card = {"number": "5555555555554444", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    words = {"key": "pk_test_of_tests", "client_secret": begun["client_secret"]}
    words |= {"payment_method_data": {"type": "card", "card": card}}
    requests.post(f"{server.url}/v1/setup_intents/{begun['id']}/confirm", json=words, timeout=5)
    status, kept = call("POST", f"/payers/{ana}/cards", {"set_up_id": begun["id"], "nickname": "Program's"})
    assert (status, kept["brand"], kept["last_four"], kept["kind"]) == (201, "mastercard", "4444", "card")
    assert call("POST", f"/payers/{ana}/cards", {"set_up_id": begun["id"]})[1]["id"] == kept["id"]
    status, listed = call("GET", f"/payers/{ana}/cards")
    assert [each["last_four"] for each in listed["items"]] == ["4242", "4444"]
    assert call("DELETE", f"/payers/{ana}/cards/{kept['id']}")[0] == 204
    assert call("DELETE", f"/payers/{ana}/cards/{kept['id']}")[0] == 404


def test_a_set_up_of_somebody_else_is_refused(billed, call):
    people = billed.cast.people
    _, begun = call("POST", f"/payers/{people['ben']}/card-set-ups")
    assert call("POST", f"/payers/{people['ana']}/cards", {"set_up_id": begun["id"]})[0] == 409


def payment(billed, **more):
    ana, today = billed.cast.people["ana"], datetime.now(UTC).date().isoformat()
    body = {"payer_id": str(ana), "amount_cents": 50_00, "method": "card", "received_on": today}
    return {**body, "card_id": str(billed.card.pk), **more}


def test_a_card_is_charged_once_for_one_key(billed, server, call):
    for _ in range(2):
        status, charge = call("POST", "/payments", payment(billed), **{"Idempotency-Key": "one"})
        assert (status, charge["state"], charge["amount_cents"]) == (200, "succeeded", 50_00)
    assert server.charged() == 50_00
    status, read = call("GET", f"/card-charges/{charge['id']}")
    assert read["payment_id"] == charge["payment_id"]
    status, paid = call("GET", f"/payments/{charge['payment_id']}")
    assert (status, paid["method"], paid["unallocated_cents"]) == (200, "card", 0)
    with billed.cast.as_("owner"):
        promises_hold(billed.cast)


def test_a_declined_card_answers_how_it_ended(billed, call):
    card = billed.add("ana", "pm_card_chargeCustomerFail")
    status, charge = call("POST", "/payments", payment(billed, card_id=str(card.pk)))
    assert (status, charge["state"], charge["reason"]) == (200, "failed", "the bank declined it")


def test_without_an_answer_it_is_on_its_way(billed, server, call):
    server.makes("lost", r"/v1/payment_intents/\w+/confirm")
    status, charge = call("POST", "/payments", payment(billed))
    assert (status, charge["state"]) == (202, "unknown")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount_cents": 999_00}, "amount_cents"),
        ({"card_id": None}, "card_id"),
        ({"amount_cents": -5}, "amount_cents"),
    ],
)
def test_what_cannot_be_charged_is_told_beside_its_field(billed, call, more, field):
    status, problem = call("POST", "/payments", payment(billed, **more))
    assert (status, [each["field"] for each in problem["errors"]]) == (422, [field])


def test_the_others_card_is_no_card_of_this_payer(billed, call):
    bens = billed.add("ben", GOOD)
    status, problem = call("POST", "/payments", payment(billed, card_id=str(bens.pk)))
    assert (status, problem["errors"][0]["field"]) == (422, "card_id")


def test_autopay_is_set_and_ended(billed, call):
    ana, mia = billed.cast.people["ana"], billed.cast.clients["mia"]
    body = {"client_id": str(mia), "card_id": str(billed.card.pk), "max_cents": 200_00}
    status, held = call("PUT", f"/payers/{ana}/autopay", body)
    assert (status, held["max_cents"]) == (200, 200_00)
    assert call("GET", f"/payers/{ana}/cards")[1]["items"][0]["autopay_client_ids"] == [str(mia)]
    assert call("DELETE", f"/payers/{ana}/autopay?client_id={mia}")[0] == 204
    assert call("GET", f"/payers/{ana}/cards")[1]["items"][0]["autopay_client_ids"] == []
