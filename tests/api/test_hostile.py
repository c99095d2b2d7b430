"""Whatever a program sends, in whatever field, header, address or form: it is refused as such, never an error of ours."""

import copy
import json

import pytest
from django.db import transaction
from django.test import Client

from tests.api.caller import BASE, is_problem
from tests.api.family import ANA, BEN, Seen

HOSTILE = [
    *(None, True, -1, 0, 2**31, 2**63, 10**400, 1.5, -0.0, 1e308),
    *("", " ", "\x00", "a\x00b", "\ud800", "\u202e\u0000", "ø" * 100_000, "'; DROP TABLE people_client; --"),
    *("0199b0a0-0000-7000-8000-000000000000", "{0199b0a0-0000-7000-8000-000000000000}", "%s %(x)s {0} ${x}"),
    *("2026-02-30", "0000-00-00", "10000-01-01", "2026-11-02T25:00:00Z", "9999-12-31T23:59:59-23:59", "-0001-01-01"),
    *([], {}, [[[[[]]]]], {"": None}, {"\x00": 1}, [None] * 1000, {"a": {"b": {"c": [1, "2", None]}}}),
]
EVERY = 7
RULES = [
    *({"mode": "single"}, {"mode": None}, {"mode": "single", "payers": "x"}, {"mode": "single", "payers": [5]}),
    {"mode": "percent", "payers": ["ana", "ben"], "weights": [10**30, -(10**30) + 10_000]},
    {"mode": "percent", "payers": ["ana", "ben"], "weights": {"ana": 5000, "nobody": 5000}},
    {"mode": "percent", "payers": ["ana", "ben"], "weights": ["5000", 5000]},
    {"mode": "amount", "payers": ["ana", "ben"], "amounts": {"ana": 10**30}},
    {"mode": "amount", "payers": ["ana", "ben"], "amounts": [1, 2]},
    {"mode": "by_week", "payers": ["ana", "ben"], "anchor": "0001-01-01"},
    {"mode": "by_week", "payers": ["ana", "ben"], "anchor": {"year": 2026}},
    {"mode": "custody", "cycle": ["ana"] * 29, "anchor": "2026-11-02"},
    {"mode": "custody", "cycle": ["ana", "ben"], "anchor": "2026-11-02", "dates": {"9999-12-31": "ana", "x": "ben"}},
    {"mode": "custody", "cycle": ["ana", "ben"], "anchor": "2026-11-02", "dates": [["2026-11-03", "ana"]]},
    {"mode": "by_appointment", "payers": ["ana", "ben"], "weights": [10**9, 1]},
    {"mode": "single", "payers": ["ana"], "caps": [{"payer": "ana", "cents": 10**30, "excess_to": "ben"}]},
    {"mode": "single", "payers": ["ana"], "caps": [{"payer": "ana", "sessions": "x", "per": "week"}]},
    {"mode": "single", "payers": ["ana"], "caps": "all"},
    {"mode": "single", "payers": ["ana"], "caps": [None]},
]


@pytest.fixture
def mia(cast, owner):
    family = Seen(cast, owner, ANA, BEN)
    family.arrange(family.rule("by_appointment", "Ana", "Ben"))
    return family


@pytest.fixture
def calls(cast, owner, mia):
    """Every call that takes a body, with one that would do."""
    billed, waiting = mia.book("2026-11-02"), mia.book("2026-11-30", "scheduled")
    invoice = mia.invoice("2026-11-02")["Ana"]
    ana = mia.payers["Ana"]
    school = owner.post("/organizations", {"name": "School"})["id"]
    received = {"payer_id": ana, "amount_cents": 50_00, "method": "cash", "received_on": "2026-11-03"}
    payment = owner.post("/payments", {**received, "allocations": []})["id"]
    piet = owner.post("/clients", {"type": "adult", "first_name": "Piet", "last_name": "Vos"})["person_id"]
    rule = mia.rule("single", "Ana")
    person = {"first_name": "Gil", "last_name": "Ortiz", "email": "gil@mail.example", "phone": "555-0100"}
    portal = {"access": True, "messages": False}
    contact = {**person, "relationship": "other", "from": "2026-01-01", "until": "2027-01-01", "portal": portal}
    client = {**person, "type": "adult", "date_of_birth": "1990-01-01", "goes_by": "G", "status": "active"}
    arrangement = {"rule": rule, "from": "2026-12-01", "until": "2027-01-01", "carry_over": False}
    exceptions = [{"service_id": mia.service, "rule": rule}, {"kind": "missed", "rule": rule}]
    cap = {"payer": ana, "cents": 5, "per": "month", "excess_to": mia.payers["Ben"]}
    one, two = {**person, "responsible_for_billing": True}, {"first_name": "Zed", "last_name": "Young"}
    appointment = {
        "client_id": mia.id,
        "clinician_id": mia.clinician,
        "service_id": mia.service,
        "start": "2026-11-25T16:00:00-05:00",
        "minutes": 50,
        "fee_cents": 100,
        "location_id": str(cast.location_id),
        "status": "scheduled",
        "confidential": False,
        "video_link": "https://video.example",
        "repeat": "FREQ=WEEKLY;COUNT=2",
    }
    coverage = {"organization_id": school, "from": "2026-01-01", "until": "2027-01-01", "percent": 5000, "position": 0}
    limits = {"authorization": "A1", "max_sessions": 5, "max_cents": 5, "service_ids": [mia.service]}
    charge = {"client_id": mia.id, "kind": "fee", "description": "x", "amount_cents": 5, "date": "2026-11-03"}
    through = {"client_ids": [mia.id], "through": "2026-11-30", "group": "family"}
    service = {"name": "Play", "code": "1", "fee_cents": 5, "minutes": 5, "missed_fee_cents": 5, "tax_percent": 0}
    member = {"email": "new@kinbook.example", "first_name": "N", "last_name": "M", "title": "Dr", "roles": ["biller"]}
    path, own = f"/clients/{mia.id}", f"/appointments/{waiting['id']}"
    bill = f"/invoices/{invoice['id']}"
    why = {"reason": "Wrong"}
    return [
        ("POST", "/clients", {**client, "primary_clinician_id": mia.clinician, "portal": portal}),
        ("POST", "/clients", {**client, "type": "minor", "contacts": [contact], "arrangement": {"rule": FIRST}}),
        ("POST", "/clients", {"type": "couple", "partners": [one, two]}),
        ("PATCH", path, {**client, "type": "minor", "portal": portal}),
        ("POST", f"{path}/contacts", {**contact, "effective_from": "2026-11-18", "legal_guardian": True}),
        ("POST", f"{path}/contacts", {"person_id": piet, "relationship": "other"}),
        ("PATCH", f"{path}/contacts/{mia.links['Ana']}", {**contact, "responsible_for_billing": True, "rule": rule}),
        ("POST", f"{path}/arrangements", {**arrangement, "exceptions": exceptions}),
        (
            "POST",
            f"{path}/arrangements",
            {"rule": mia.rule("percent", "Ana", "Ben", weights=[4000, 6000], caps=[cap])},
        ),
        ("POST", f"{path}/coverages", {**coverage, **limits, "missed_fees": True}),
        ("POST", f"{path}/coverages", {"organization_id": school, "fixed_cents": 500}),
        ("POST", "/organizations", {"name": "Court", "kind": "court", "email": "court@mail.example"}),
        ("POST", "/services", service),
        ("PATCH", f"/services/{mia.service}", {**{name: service[name] for name in service if name != "tax_percent"}}),
        ("POST", "/appointments", appointment),
        ("PATCH", own, {**appointment, "scope": "following"}),
        ("DELETE", own, {"scope": "one"}),
        ("PUT", f"{own}/payer", {"rule": rule, "note": "x"}),
        ("POST", "/charges", {**charge, "rule": rule, "note": "x"}),
        ("POST", "/invoices/preview", through),
        ("POST", "/invoices", through),
        ("POST", f"{bill}/void", why),
        ("POST", f"{bill}/send", {"message": "x"}),
        ("POST", f"{bill}/readdress", {**why, "payer_id": mia.payers["Ben"]}),
        ("POST", f"{bill}/readdress", {**why, "rule": mia.rule("single", "Ben")}),
        ("POST", "/payments", {**received, "reference": "x", "client_id": mia.id, "allocations": [SETTLES(invoice)]}),
        ("POST", f"/payments/{payment}/allocations", SETTLES(invoice)),
        ("POST", f"/payments/{payment}/reverse", why),
        ("POST", "/write-offs", {"invoice_id": invoice["id"], "cents": 5, **why}),
        ("POST", "/write-offs", {"charge_id": billed["id"], "payer_id": ana, "cents": 5, **why}),
        ("POST", "/members", member),
        ("PATCH", f"/members/{cast.members['basic']}", {"first_name": "N", "title": "Dr", "roles": ["biller"]}),
    ]


FIRST = {"mode": "single", "payers": ["contact:0"]}


def SETTLES(invoice):  # noqa: N802 - a body, not a deed
    return {"invoice_id": invoice["id"], "cents": 5}


def places(value, at=()):
    """Yield the way to every value inside a body, the body itself too."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*at, key))


def spoiled(body, at, value):
    """Return the body with another value in one place."""
    if not at:
        return value
    made = copy.deepcopy(body)
    inside = made
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = value
    return made


def ask(caller, method, path, raw, **more):
    """Make a call that never was, and return its answer; the caller fails on a server error."""
    point = transaction.savepoint()
    try:
        return caller(method, path, raw=raw, **more)
    finally:
        transaction.savepoint_rollback(point)


def test_every_call_would_do_as_it_is(owner, calls):
    for method, path, body in calls:
        response = ask(owner, method, path, json.dumps(body))
        assert response.status_code < 300, (method, path, response.told)


def test_no_value_in_any_field_is_an_error_of_ours(owner, calls):
    wrong = []
    for turn, (method, path, body) in enumerate(calls):
        for number, at in enumerate(places(body)):
            # a few of the values in every place, and all of them over the places
            for value in HOSTILE[(turn + number) % EVERY :: EVERY]:
                response = ask(owner, method, path, json.dumps(spoiled(body, at, value)))
                if response.status_code not in {200, 201, 202, 204, 404, 409, 422}:
                    wrong.append((method, path, at, str(value)[:50], response.status_code))
                if response.status_code >= 400:
                    assert is_problem(response.told, response.status_code)
    assert not wrong


def test_no_rule_is_an_error_of_ours(owner, mia, calls):
    def named(value):
        if isinstance(value, str):
            return {"ana": mia.payers["Ana"], "ben": mia.payers["Ben"]}.get(value, value)
        if isinstance(value, list):
            return [named(each) for each in value]
        return {named(key): named(each) for key, each in value.items()} if isinstance(value, dict) else value

    for method, path, body in calls:
        for at in [at for at in places(body) if at and at[-1] == "rule"]:
            for rule in RULES:
                response = ask(owner, method, path, json.dumps(spoiled(body, at, named(rule))))
                assert response.status_code in {200, 201, 409, 422}, (method, path, rule, response.told)


ADDRESSES = [
    *("/clients", "/organizations", "/services", "/locations", "/appointments", "/charges", "/invoices", "/payments"),
    *("/journal", "/journal.beancount", "/members", "/audit"),
]
FIELDS = [
    *("limit", "cursor", "from", "to", "search", "type", "status", "client_id", "clinician_id", "payer_id", "run_id"),
    *("member_id", "action", "uninvoiced", "overdue", "nothing"),
]
ASKED = [
    *("", " ", "\x00", "x" * 5000, "-1", "0", "1e5", "9" * 30, "null", "[]", "%", "\ufffd", "2026-02-30", "0000-00-00"),
    *("0199b0a0-0000-7000-8000-000000000000", "W10:1xVrIx:uUBlX6MfulUPe2QuF6ZpqLISCyvmNjKjddtAXFOsoXI"),
]


def test_no_query_is_an_error_of_ours(owner, mia):
    for turn, path in enumerate(ADDRESSES):
        for number, field in enumerate(FIELDS):
            for value in ASKED[(turn + number) % 4 :: 4]:
                response = ask(owner, "GET", path, "", query={field: value})
                assert response.status_code in {200, 404, 422}, (path, field, value, response.told)


def test_a_cursor_of_another_list_or_member_is_refused_or_harmless(cast, owner, mia):
    for name in ("A", "B", "C"):
        owner.post("/organizations", {"name": name})
    cursor = owner.get("/organizations", limit=1)["next"]
    for path in ADDRESSES:
        if path != "/journal.beancount":
            response = owner("GET", path, query={"cursor": cursor})
            assert response.status_code in {200, 422}, path
    assert is_problem(owner.get("/organizations", 422, cursor=cursor[:-3] + "abc"), 422, "cursor")


@pytest.mark.parametrize(
    "path",
    [
        *("//clients", "/clients/", "/clients/%00", "/clients/%ff%fe", "/clients/" + "x" * 5000, "/clients/../../etc"),
        *(
            "/invoices/.pdf",
            "/invoices/%00.pdf",
            "/invoices/x/y/z",
            "/journal.beancount/",
            "/payers//balance",
            "/%2e%2e",
        ),
    ],
)
def test_an_address_that_leads_nowhere_is_404(owner, path):
    for method in ("GET", "POST", "DELETE"):
        response = owner(method, path)
        assert response.status_code in {404, 405}, response.told


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xff\xfe\x00", "application/json"),
        (b'{"name": "\xc3\x28"}', "application/json"),
        ('{"name": "School"}'.encode("utf-16"), "application/json"),
        (b'\xef\xbb\xbf{"name": "School"}', "application/json"),
        (b'{"name": "School"}', "application/json; charset=nonsense"),
        (b"name=School", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; name=name\r\n\r\nSchool\r\n--x--", "multipart/form-data; boundary=x"),
        (b"broken", "multipart/form-data"),
        (b"<name>School</name>", "application/xml"),
        (b'{"name": "School", "name": "\\u0000"}', "application/json"),
        (b'{"name": 1' + b"0" * 5000 + b"}", "application/json"),
        (b'{"kind": "school", "name": ' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json"),
        (b"", "application/json"),
        (b"\x00", ""),
    ],
)
def test_a_body_of_any_form_is_read_or_refused(owner, raw, kind):
    headers = {"Authorization": f"Bearer {owner.secret}"}
    client = Client(raise_request_exception=False)
    response = client.generic("POST", f"{BASE}/organizations", raw, content_type=kind, headers=headers)
    assert response.status_code in {201, 422}, response.content
    if response.status_code == 422:
        assert is_problem(json.loads(response.content), 422)


def test_more_than_is_taken_at_once_is_413(owner):
    response = owner("POST", "/organizations", raw=json.dumps({"name": "x" * 11_000_000}))
    assert response.status_code in {413, 422}
    assert is_problem(response.told, response.status_code)


@pytest.mark.parametrize("secret", ["", " ", "\x00", "é", "x" * 10_000, "kinbook_", "'; --"])
def test_a_token_that_is_none_is_401(db, secret):
    client = Client(raise_request_exception=False)
    for kind in ("Bearer", "bearer", "Basic", ""):
        response = client.get(f"{BASE}/practice", headers={"Authorization": f"{kind} {secret}"})
        assert response.status_code == 401
        assert is_problem(response.json(), 401)


def test_headers_of_any_form_are_read_or_refused(owner, mia):
    path = f"/clients/{mia.id}"
    for match in ("", "*", "x", '"x"', 'W/"x"', '"a", "b"', "\x00", "é", "," * 1000):
        response = ask(owner, "PATCH", path, "{}", If_Match=match)
        assert response.status_code in {200, 412}, (match, response.told)
    for key in ("\x00", "é", "a" * 300, " a", "\t"):
        assert is_problem(ask(owner, "POST", "/organizations", '{"name": "x"}', Idempotency_Key=key).told, 422)
    assert ask(owner, "GET", path, "", Accept="image/png", Range="bytes=0-1").status_code == 200
    assert ask(owner, "OPTIONS", path, "").status_code == 405
