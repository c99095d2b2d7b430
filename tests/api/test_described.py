"""The API against its own description: whatever fits it, and whatever nearly does, is answered as described."""

import copy
import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error

from tests.api.family import ANA, BEN, Seen

EXAMPLES = {GenerationMode.POSITIVE: 5, GenerationMode.NEGATIVE: 3}
"""So many of each for every call: about a minute in all, and the same ones every time."""

CONFORMANCE = {"status_code_conformance", "content_type_conformance", "response_schema_conformance"}
QUIET = settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def one_connection():
    """Keep the test's connection open over calls, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(cast, owner):
    """Ids of things there are, by the name that an address, a query or a body gives them."""
    mia = Seen(cast, owner, ANA, BEN)
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben"))
    billed, waiting = mia.book("2026-11-02"), mia.book("2026-11-30", "scheduled")
    school = owner.post("/organizations", {"name": "School"})["id"]
    invoice = mia.invoice("2026-11-02")["Ana"]
    body = {"payer_id": mia.payers["Ana"], "amount_cents": 50_00, "method": "cash", "received_on": "2026-11-03"}
    payment = owner.post("/payments", {**body, "allocations": []})
    return {
        "client_id": mia.id,
        "contact_id": mia.links["Ana"],
        "person_id": mia.payers["Ben"],
        "organization_id": school,
        "payer_id": mia.payers["Ana"],
        "clinician_id": mia.clinician,
        "primary_clinician_id": mia.clinician,
        "member_id": str(cast.members["scheduler"]),
        "service_id": mia.service,
        "location_id": str(cast.location_id),
        "appointment_id": waiting["id"],
        "charge_id": billed["id"],
        "invoice_id": invoice["id"],
        "run_id": invoice["run_id"],
        "job_id": invoice["run_id"],
        "payment_id": payment["id"],
    }


def with_known(value, known):
    """Put ids of things there are in the place of made-up ones, and a payer there is into a rule."""
    if isinstance(value, dict):
        named = {key: known[key] if key in known and isinstance(each, str) else each for key, each in value.items()}
        if isinstance(named.get("rule"), dict) and "mode" in named["rule"]:
            named["rule"] = {**named["rule"], "payers": [known["payer_id"]]}
        return {key: with_known(each, known) for key, each in named.items()}
    return [with_known(each, known) for each in value] if isinstance(value, list) else value


def test_every_answer_is_as_described_and_never_an_error_of_ours(owner, known, one_connection):
    load_all_checks()
    checks = [not_a_server_error, *(check for check in CHECKS.get_all() if check.__name__ in CONFORMANCE)]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asked = 0
    for operation in (result.ok() for result in schema.get_all_operations()):
        for mode, examples in EXAMPLES.items():
            asked += try_out(operation, mode, examples, owner, known, checks)
    assert asked > 300


def try_out(operation, mode, examples, owner, known, checks):
    """Make calls of one kind, each in a transaction that never was; returns how many."""
    asked = []

    @settings(QUIET, max_examples=examples)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case):
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = with_known(case.path_parameters, known)
        case.query = with_known(case.query, known)
        case.body = with_known(copy.deepcopy(case.body), known)
        point = transaction.savepoint()
        try:
            response = case.call(headers={"Authorization": f"Bearer {owner.secret}"})
            case.validate_response(response, checks=checks)
        finally:
            transaction.savepoint_rollback(point)
        asked.append(response.status_code)

    ask()
    return len(asked)


def test_the_page_of_the_api_shows_every_call_and_asks_no_other_host(db):
    response = Client().get("/api/v1/docs")
    assert response.status_code == 200
    page = response.content.decode()
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    for path, calls in described["paths"].items():
        assert f"<code>{path}</code>" in page
        for call in calls.values():
            assert {"401", "403", "404", "422"} <= set(call["responses"])
    assert not [link for link in ("https://", "http://", "<script>", " style=", " onclick=") if link in page]
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_every_schema_is_described_once(db):
    described = json.loads(Client().get("/api/v1/openapi.json").content)["components"]["schemas"]
    lines = described["LineShown"]["properties"], described["JournalLineShown"]["properties"]
    assert "payer_reason" in lines[0]
    assert "account" in lines[1]
