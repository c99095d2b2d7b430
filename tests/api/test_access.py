"""What one practice or member has, another never meets through the API: every id looks as unknown as any."""

import pytest

from tests.api.caller import Caller, is_problem
from tests.api.family import ANA, BEN, Seen
from tests.cast import ELSEWHERE, Cast


@pytest.fixture
def theirs(cast, owner):
    """Everything another practice has, by the name an address or a body gives it."""
    mia = Seen(cast, owner, ANA, BEN)
    mia.arrange(mia.rule("single", "Ana"))
    shown = mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    payer = mia.payers["Ana"]
    body = {"payer_id": payer, "amount_cents": 1_00, "method": "cash", "received_on": "2026-11-03"}
    return {
        "client": mia.id,
        "contact": mia.links["Ana"],
        "payer": payer,
        "appointment": shown["id"],
        "invoice": invoice["id"],
        "job": invoice["run_id"],
        "payment": owner.post("/payments", body)["id"],
        "member": str(cast.members["kim"]),
        "service": str(cast.service_id),
        "location": str(cast.location_id),
        "organization": owner.post("/organizations", {"name": "School"})["id"],
    }


@pytest.fixture
def vera(theirs):
    return Seen(elsewhere := Cast.enter(ELSEWHERE, "elsewhere.example"), Caller(elsewhere), ANA)


READS = [
    *("/clients/{client}", "/clients/{client}/contacts", "/clients/{client}/contacts/{contact}"),
    *("/clients/{client}/arrangements", "/clients/{client}/coverages", "/organizations/{organization}"),
    *("/appointments/{appointment}", "/charges/{appointment}", "/invoices/{invoice}", "/invoices/{invoice}.pdf"),
    *("/jobs/{job}", "/payments/{payment}", "/payers/{payer}/balance", "/members/{member}", "/services/{service}"),
    *("/appointments?client_id={client}", "/appointments?clinician_id={member}", "/charges?client_id={client}"),
    *("/invoices?client_id={client}", "/invoices?payer_id={payer}", "/payments?client_id={client}"),
    *("/payments?payer_id={payer}", "/journal?client_id={client}", "/journal?payer_id={payer}"),
    *("/journal.beancount?payer_id={payer}", "/audit?client_id={client}", "/audit?member_id={member}"),
    *("/clients?clinician_id={member}", "/clients/{client}/who-pays?from=2026-11-01&to=2026-11-30"),
]
WHY = {"reason": "Wrong"}
WRITES = [
    ("PATCH", "/clients/{client}", {"status": "inactive"}),
    ("POST", "/clients/{client}/contacts", {"first_name": "A", "last_name": "B", "relationship": "other"}),
    ("PATCH", "/clients/{client}/contacts/{contact}", {"legal_guardian": True}),
    ("POST", "/clients/{client}/arrangements", {"rule": {"mode": "single", "payers": ["{payer}"]}}),
    ("POST", "/clients/{client}/coverages", {"organization_id": "{organization}"}),
    ("PATCH", "/services/{service}", {"name": "X"}),
    ("PATCH", "/members/{member}", {"first_name": "X"}),
    ("PATCH", "/appointments/{appointment}", {"status": "cancelled"}),
    ("DELETE", "/appointments/{appointment}", None),
    ("PUT", "/appointments/{appointment}/payer", {"rule": {"mode": "single", "payers": ["{payer}"]}}),
    ("DELETE", "/appointments/{appointment}/payer", None),
    ("POST", "/invoices/preview", {"client_ids": ["{client}"], "through": "2026-11-30"}),
    ("POST", "/invoices", {"client_ids": ["{client}"], "through": "2026-11-30"}),
    ("POST", "/invoices/{invoice}/void", WHY),
    ("POST", "/invoices/{invoice}/recreate", {}),
    ("POST", "/invoices/{invoice}/send", {}),
    ("POST", "/invoices/{invoice}/readdress", WHY),
    ("POST", "/payments/{payment}/allocations", {"invoice_id": "{invoice}", "cents": 1}),
    ("POST", "/payments/{payment}/reverse", WHY),
    ("POST", "/write-offs", {"invoice_id": "{invoice}", "cents": 1, **WHY}),
    ("POST", "/write-offs", {"charge_id": "{appointment}", "payer_id": "{payer}", "cents": 1, **WHY}),
    ("POST", "/payments", {"payer_id": "{payer}", "amount_cents": 1, "method": "cash", "received_on": "2026-11-03"}),
    (
        "POST",
        "/charges",
        {"client_id": "{client}", "kind": "fee", "description": "x", "amount_cents": 1, "date": "2026-11-03"},
    ),
    (
        "POST",
        "/appointments",
        {
            "client_id": "{client}",
            "clinician_id": "{member}",
            "service_id": "{service}",
            "start": "2026-11-03T10:00:00-05:00",
        },
    ),
]


def filled(value, names):
    """Put ids where their names stand."""
    if isinstance(value, str):
        return value.format(**names)
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    return {key: filled(each, names) for key, each in value.items()} if isinstance(value, dict) else value


def test_nothing_of_another_practice_is_found_or_changed(owner, vera, theirs):
    for path in READS:
        assert is_problem(vera.caller("GET", path.format(**theirs), status=404).told, 404), path
    for method, path, body in WRITES:
        response = vera.caller(method, path.format(**theirs), filled(body, theirs))
        assert is_problem(response.told, 404), (method, path, response.told)
    for path in ("/appointments", "/charges", "/invoices", "/payments", "/journal"):
        assert vera.caller.get(path)["items"] == []
    assert owner.get(f"/invoices/{theirs['invoice']}")["status"] == "partly_paid"
    assert len(owner.get("/invoices")["items"]) == 1


def test_ids_of_another_practice_in_a_body_are_no_choice(vera, theirs):
    vera.arrange(vera.rule("single", "Ana"))
    own = vera.book("2026-11-02")
    invoice = vera.invoice()["Ana"]
    body = {"payer_id": vera.payers["Ana"], "amount_cents": 5, "method": "cash", "received_on": "2026-11-03"}
    named = [{"invoice_id": theirs["invoice"], "cents": 1}]
    path, charge = f"/appointments/{own['id']}", {"client_id": vera.id, "kind": "fee", "description": "x"}
    rule = {"rule": {"mode": "single", "payers": [theirs["payer"]]}}
    calls = [
        ("POST", "/payments", {**body, "allocations": named}, "allocations"),
        ("PATCH", path, {"clinician_id": theirs["member"]}, "clinician_id"),
        ("PATCH", path, {"service_id": theirs["service"]}, "service_id"),
        ("PATCH", path, {"location_id": theirs["location"]}, "location_id"),
        ("PUT", f"{path}/payer", rule, None),
        ("POST", f"/invoices/{invoice['id']}/readdress", {"payer_id": theirs["payer"], **WHY}, "payer_id"),
        ("POST", "/charges", {**charge, "amount_cents": 5, "date": "2026-11-03", **rule}, "rule"),
        ("POST", f"/clients/{vera.id}/coverages", {"organization_id": theirs["organization"]}, "organization_id"),
        ("POST", f"/clients/{vera.id}/arrangements", rule, "rule"),
    ]
    for method, address, sent, field in calls:
        response = vera.caller(method, address, sent)
        assert is_problem(response.told, 409 if field is None else 422, field), (method, address, response.told)
    assert is_problem(vera.caller.patch(path, {"client_id": theirs["client"]}, 404), 404)
    assert is_problem(vera.caller.post("/payments", {**body, "client_id": theirs["client"]}, 404), 404)
    assert vera.caller.get("/invoices", run_id=theirs["job"])["items"] == []


def test_a_colleagues_client_is_unknown_to_who_has_their_own(cast, owner, theirs):
    kim = Caller(cast, "kim")
    for path in READS:
        wide = any(name in path for name in ("{member}", "{service}", "{organization}"))
        refused = 403 if path.startswith("/journal.beancount") else 404
        response = kim("GET", path.format(**theirs))
        assert response.status_code == (200 if wide else refused), (path, response.told)
    for method, path, body in WRITES:
        response = kim(method, path.format(**theirs), filled(body, theirs))
        assert response.status_code in {403, 404}, (method, path, response.told)


@pytest.mark.parametrize("name", ["owner", "biller"])
def test_a_read_only_token_changes_nothing(cast, owner, theirs, name):
    reader = Caller(cast, name, read_only=True)
    for method, path, body in WRITES:
        if "preview" in path:
            continue
        response = reader(method, path.format(**theirs), filled(body, theirs))
        assert response.status_code == 403, (method, path, response.told)
    for path in READS:
        assert reader("GET", path.format(**theirs)).status_code == 200, path
