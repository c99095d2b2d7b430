"""The last of the month through the API: what needs a hand, who is written to, how organizations and clients are billed."""

import pytest

from tests.api.caller import Caller, is_problem
from tests.api.family import Seen


@pytest.fixture
def mia(cast, owner):
    mia = Seen(cast, owner)
    mia.arrange(mia.rule("single", "Ana"))
    return mia


def counts(caller):
    return {each["kind"]: (each["count"], each["cents"]) for each in caller.get("/work-list")["items"]}


def test_counts_are_those_of_the_rows(owner, mia):
    for day in ("2026-11-02", "2026-11-04"):
        mia.book(day)
    assert counts(owner)["uninvoiced"] == (2, 240_00)
    told = owner.get("/work-list/rows", kind="uninvoiced")
    assert (told["count"], len(told["items"]), told["next"]) == (2, 2, None)
    assert told["items"][0]["client_id"] == mia.id
    assert told["items"][0]["payer_id"] == mia.payers["Ana"]
    assert owner.get("/work-list/rows", kind="credit") == {
        "kind": "credit",
        "count": 0,
        "cents": None,
        "items": [],
        "next": None,
    }
    is_problem(owner.get("/work-list/rows", 422, kind="everything"), 422)


def test_invoices_never_sent_are_sent_once_and_who_has_no_address_is_said(owner, mia):
    mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    preview = owner.post("/mailings/preview", {"kind": "send"}, 200)
    (letter,) = preview["letters"]
    assert (letter["payer_id"], letter["invoice_ids"]) == (mia.payers["Ana"], [invoice["id"]])
    made = owner.post("/mailings", {"kind": "send"}, 200)
    assert (made["state"], made["written"], made["cents"]) == ("done", 1, 120_00)
    assert made["letters"][0]["written"]
    assert owner.get(f"/mailings/{made['id']}") == made
    assert owner.post("/mailings", {"kind": "send"}, 200)["total"] == 0
    is_problem(owner.post(f"/mailings/{made['id']}/stop", {}, 409), 409)
    is_problem(owner.post("/mailings", {"kind": "charge"}, 422), 422, "kind")


def test_late_fees_are_switched_on_and_off(owner):
    said = owner.patch("/practice/billing", {"late_fee_days": 30, "late_fee_percent": 150})
    assert (said["late_fee_days"], said["late_fee_cents"], said["late_fee_percent"]) == (30, None, 150)
    is_problem(owner.patch("/practice/billing", {"late_fee_cents": 15_00}, 422), 422, "late_fee_cents")
    said = owner.patch("/practice/billing", {"late_fee_cents": 15_00, "late_fee_percent": None})
    assert (said["late_fee_cents"], said["late_fee_percent"]) == (15_00, None)
    said = owner.patch("/practice/billing", {"late_fee_days": None})
    assert (said["late_fee_days"], said["late_fee_cents"]) == (None, None)


def test_reminders_are_paused_with_a_reason_and_resumed(owner, mia):
    path = f"/payers/{mia.payers['Ana']}"
    is_problem(owner.post(f"{path}/remind", {}, 409), 409)
    told = owner.put(f"{path}/reminders/pause", {"reason": "Pays in instalments", "until": "2026-12-24"})
    assert (told["paused"], told["reason"], told["until"]) == (True, "Pays in instalments", "2026-12-24")
    assert owner.get(f"{path}/reminders") == told
    owner.delete(f"{path}/reminders/pause")
    is_problem(owner.delete(f"{path}/reminders/pause", 409), 409)
    is_problem(owner.put(f"{path}/reminders/pause", {"reason": ""}, 422), 422, "reason")
    is_problem(owner.put(f"{path}/reminders/pause", {"reason": "x", "until": "2026-11-01"}, 422), 422, "until")


def test_an_organization_says_how_it_wants_its_invoices(owner, mia):
    made = owner.post("/organizations", {"name": "County Agency", "kind": "agency"}, 201)
    assert (made["invoices"], made["clients_named"], made["reference"]) == ("per_client", "full_name", None)
    path = f"/organizations/{made['id']}"
    told = owner.patch(path, {"invoices": "monthly", "clients_named": "file_number", "reference": "PO-77"})
    assert (told["invoices"], told["clients_named"], told["reference"]) == ("monthly", "file_number", "PO-77")
    cover = {"organization_id": made["id"], "from": None, "authorization": "A-1", "file_number": "F-1"}
    owner.post(f"/clients/{mia.id}/coverages", cover, 201)
    mia.book("2026-11-02")
    (invoice,) = owner.post("/invoices", {"through": "2026-11-30"}, 200)["invoices"]
    line = invoice["lines"][0]
    assert (invoice["reference"], line["client_named"], line["authorization"]) == ("PO-77", "F-1", "A-1")
    is_problem(owner.patch(path, {"clients_named": "shoe size"}, 422), 422, "clients_named")


def test_a_client_is_invoiced_as_it_says_or_as_the_practice_does(owner, mia):
    path = f"/clients/{mia.id}/invoicing"
    assert owner.get(path) == {"client_id": mia.id, "mode": None, "in_force": "manually"}
    assert owner.put(path, {"mode": "monthly"})["in_force"] == "monthly"
    told = owner.patch("/practice/billing", {"automatic_invoices": "daily", "invoice_day": 5, "overdue_days": [30, 3]})
    assert (told["automatic_invoices"], told["invoice_day"], told["overdue_days"]) == ("daily", 5, [3, 30])
    assert owner.put(path, {"mode": None})["in_force"] == "daily"
    is_problem(owner.put(path, {"mode": "hourly"}, 422), 422, "mode")
    is_problem(owner.patch("/practice/billing", {"overdue_days": [0]}, 422), 422, "overdue_days")
    is_problem(owner.patch("/practice/billing", {"terms_days": None}, 422), 422, "terms_days")


def test_a_clinician_sees_the_own_work_and_no_settings(cast, owner, mia):
    mia.book("2026-11-02")
    assert counts(Caller(cast, "kim"))["uninvoiced"] == (0, 0)
    is_problem(Caller(cast, "kim").get("/practice/billing", 403), 403)
    is_problem(Caller(cast, "scheduler").get("/work-list", 403), 403)
