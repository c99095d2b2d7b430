"""Charges, invoices, payments, write-offs and balances through the API."""

import pytest

from kinbook.invoices.commands import runs
from tests.api.caller import Caller, is_problem
from tests.api.family import ANA, BEN, CY, Seen

NOBODY = "0199b0a0-0000-7000-8000-000000000000"
BOOK = {"kind": "product", "description": "Workbook", "amount_cents": 19_99, "date": "2026-11-03"}


@pytest.fixture
def mia(cast, owner):
    family = Seen(cast, owner, ANA, BEN, CY)
    family.arrange(family.rule("single", "Ana"))
    return family


def test_a_charge_is_owed_by_its_own_payer_or_the_familys(owner, mia):
    told = owner.post("/charges", {**BOOK, "client_id": mia.id}, 201)
    assert (told["kind"], told["amount_cents"], told["date"]) == ("product", 19_99, "2026-11-03")
    assert (told["appointment_id"], told["state"]) == (None, "forecast")
    assert mia.by_name(told["shares"]) == {"Ana": 19_99}
    assert owner.get(f"/charges/{told['id']}") == told
    own = {"rule": mia.rule("amount", "Ben", "Ana", amounts={mia.payers["Ben"]: 5_00}), "note": "Agreed"}
    told = owner.post("/charges", {**BOOK, **own, "client_id": mia.id}, 201)
    assert mia.by_name(told["shares"]) == {"Ben": 5_00, "Ana": 14_99}


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"client_id": NOBODY}, 404, None),
        ({"kind": "session"}, 422, "kind"),
        ({"description": " "}, 422, "description"),
        ({"description": "x" * 501}, 422, "description"),
        ({"amount_cents": 0}, 422, "amount_cents"),
        ({"amount_cents": -5}, 422, "amount_cents"),
        ({"amount_cents": 10**12}, 422, "amount_cents"),
        ({"date": "2026-02-30"}, 422, "date"),
        ({"date": "0000-01-01"}, 422, "date"),
        ({"rule": {"mode": "single", "payers": [NOBODY]}}, 422, "rule"),
        ({"rule": {"mode": "custody"}}, 422, "rule"),
        ({"rule": []}, 422, "rule"),
    ],
)
def test_what_cannot_be_charged_is_refused(owner, mia, wrong, status, field):
    assert is_problem(owner.post("/charges", {"client_id": mia.id, **BOOK, **wrong}, status), status, field)
    assert owner.get("/charges", client_id=mia.id)["items"] == []


def test_charges_of_every_kind_are_listed_and_those_that_wait(owner, mia):
    session, missed = mia.book("2026-11-02"), mia.book("2026-11-03", "no_show")
    mia.book("2026-11-04", "cancelled")
    mia.book("2026-12-04", "scheduled")
    book = owner.post("/charges", {**BOOK, "client_id": mia.id, "date": "2026-11-05"}, 201)
    fee = owner.post("/charges", {**BOOK, "kind": "fee", "client_id": mia.id, "date": "2026-11-06"}, 201)

    def ids(**asked):
        return [each["id"] for each in owner.get("/charges", client_id=mia.id, **asked)["items"]]

    everything = [session["id"], missed["id"], book["id"], fee["id"]]
    assert ids() == ids(uninvoiced="true") == everything
    told = owner.get("/charges", client_id=mia.id)["items"]
    assert [each["kind"] for each in told] == ["session", "missed", "product", "fee"]
    assert told[0]["appointment_id"] == session["id"]
    made = mia.invoice("2026-11-03")["Ana"]
    assert [line["charge_id"] for line in made["lines"]] == everything[:2]
    assert ids(uninvoiced="true") == everything[2:]
    assert ids(uninvoiced="false") == everything[:2]
    assert ids(from_="2026-11-03", to="2026-11-05") == everything[1:3]
    told = owner.get(f"/charges/{session['id']}")
    assert (told["state"], told["shares"][0]["invoice_id"]) == ("fixed", made["id"])
    assert is_problem(owner.get("/charges", 422, uninvoiced="perhaps"), 422, "uninvoiced")


def test_a_preview_says_what_creating_then_does(owner, mia):
    mia.book("2026-11-02")
    mia.book("2026-11-09")
    wanted = {"client_ids": [mia.id], "through": "2026-11-05"}
    seen = owner.post("/invoices/preview", wanted, 200)
    (to_be,) = seen["invoices"]
    assert "id" not in to_be
    assert (to_be["payer_id"], to_be["total_cents"]) == (mia.payers["Ana"], 120_00)
    assert owner.get("/invoices")["items"] == []
    done = owner.post("/invoices", wanted, 200)
    (made,) = done["invoices"]
    assert (made["lines"], made["total_cents"]) == (to_be["lines"], to_be["total_cents"])
    assert (made["status"], made["overdue"], made["due_cents"], made["paid_cents"]) == ("issued", False, 120_00, 0)
    assert made["run_id"] == done["run_id"]
    assert done["skipped"] == seen["skipped"] == []
    again = owner.post("/invoices", wanted, 200)
    assert again["invoices"] == []
    assert owner.get(f"/invoices/{made['id']}") == made
    told = owner.get(f"/jobs/{done['run_id']}")
    assert (told["state"], told["done"], told["total"]) == ("done", 1, 1)
    assert told["result"] == done


def test_all_clients_are_invoiced_where_none_are_named_and_none_where_the_list_is_empty(cast, owner, mia):
    leo = Seen(cast, owner, first_name="Leo")
    leo.arrange(leo.rule("single", "Ben"))
    mia.book("2026-11-02")
    leo.book("2026-11-02")
    assert owner.post("/invoices", {"client_ids": [], "through": "2026-11-30"}, 200)["invoices"] == []
    made = owner.post("/invoices", {"through": "2026-11-30"}, 200)["invoices"]
    assert sorted(each["number"] for each in made) == [1, 2]
    assert {each["lines"][0]["client_id"] for each in made} == {mia.id, leo.id}


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"through": None}, 422, "through"),
        ({"through": "2026-13-01"}, 422, "through"),
        ({"group": "street"}, 422, "group"),
        ({"client_ids": [NOBODY]}, 404, None),
        ({"client_ids": ["x"]}, 404, None),
        ({"client_ids": NOBODY}, 422, "client_ids"),
        ({"clients": []}, 422, "clients"),
    ],
)
def test_what_cannot_be_invoiced_is_refused(owner, mia, wrong, status, field):
    for path in ("/invoices/preview", "/invoices"):
        assert is_problem(owner.post(path, {"through": "2026-11-30", **wrong}, status), status, field)


def test_more_than_fits_at_once_becomes_a_job(cast, owner, mia, monkeypatch):
    mia.book("2026-11-02")
    mia.book("2026-11-03")
    monkeypatch.setattr("kinbook.api.invoicing.AT_ONCE", 1)
    told = owner.post("/invoices", {"through": "2026-11-30"}, 202)
    assert set(told) == {"job_id"}
    waiting = owner.get(f"/jobs/{told['job_id']}")
    assert (waiting["state"], waiting["done"], waiting["total"], waiting["result"]) == ("working", 0, 2, None)
    with cast.as_("owner") as viewer:
        while runs.advance_run(viewer, run_id=told["job_id"]):
            pass
    done = owner.get(f"/jobs/{told['job_id']}")
    assert (done["state"], done["done"], done["total"]) == ("done", 2, 2)
    assert [each["total_cents"] for each in done["result"]["invoices"]] == [240_00]
    assert is_problem(owner.get(f"/jobs/{NOBODY}", 404), 404)


def test_invoices_are_listed_by_client_payer_and_status(cast, owner, mia):
    mia.book("2026-11-02")
    first = mia.invoice()["Ana"]
    mia.arrange(mia.rule("percent", "Ana", "Ben", weights=[6000, 4000]))
    mia.book("2026-11-03")
    second = mia.invoice()
    owner.post(f"/invoices/{first['id']}/void", {"reason": "Wrong"}, 200)
    paid = {"payer_id": mia.payers["Ben"], "method": "cash", "received_on": "2026-11-04"}
    owner.post("/payments", {**paid, "amount_cents": 48_00})
    owner.post("/payments", {**paid, "payer_id": mia.payers["Ana"], "amount_cents": 1_00})

    def numbers(**asked):
        return [each["number"] for each in owner.get("/invoices", **asked)["items"]]

    assert numbers() == [3, 2, 1]
    assert numbers(client_id=mia.id) == [3, 2, 1]
    assert numbers(payer_id=mia.payers["Ben"]) == [second["Ben"]["number"]]
    assert numbers(status="void") == [1]
    assert numbers(status="paid") == [second["Ben"]["number"]]
    assert numbers(status="partly_paid") == [second["Ana"]["number"]]
    assert numbers(status="issued") == []
    assert numbers(overdue="true") == []
    assert numbers(overdue="false") == [3, 2, 1]
    assert numbers(run_id=first["run_id"]) == [1]
    page = owner.get("/invoices", limit=2)
    assert [each["number"] for each in owner.get("/invoices", limit=2, cursor=page["next"])["items"]] == [1]
    for wrong in ({"client_id": NOBODY}, {"payer_id": NOBODY}, {"payer_id": "x"}):
        assert is_problem(owner.get("/invoices", 404, **wrong), 404)
    assert is_problem(owner.get("/invoices", 422, status="lost"), 422, "status")


def test_a_voided_invoice_keeps_its_number_and_its_shares_wait(owner, mia):
    made = mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    path = f"/invoices/{invoice['id']}"
    assert is_problem(owner.post(f"{path}/void", {"reason": " "}, 422), 422, "reason")
    assert is_problem(owner.post(f"{path}/void", {}, 422), 422, "reason")
    told = owner.post(f"{path}/void", {"reason": "Wrong month"}, 200)
    assert (told["number"], told["status"], told["due_cents"]) == (invoice["number"], "void", 0)
    assert (told["total_cents"], told["void_reason"]) == (120_00, "Wrong month")
    assert is_problem(owner.post(f"{path}/void", {"reason": "Again"}, 409), 409)
    assert owner.get("/charges", uninvoiced="true")["items"][0]["id"] == made["id"]
    assert is_problem(owner.post(f"{path}/send", status=409), 409)
    again = mia.invoice()["Ana"]
    assert again["number"] == invoice["number"] + 1


def test_a_voided_invoice_is_recreated_by_who_pays_now(owner, mia):
    mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    path = f"/invoices/{invoice['id']}/recreate"
    assert is_problem(owner.post(path, status=409), 409)
    owner.post(f"/invoices/{invoice['id']}/void", {"reason": "Wrong"}, 200)
    mia.arrange(mia.rule("single", "Ben"))
    (made,) = owner.post(path, status=201)["issued"]
    assert (made["payer_id"], made["in_place_of"]) == (mia.payers["Ben"], [invoice["id"]])
    assert owner.get(f"/invoices/{invoice['id']}")["replaced_by"] == [made["id"]]


def test_an_invoice_goes_to_its_payer(owner, mia):
    mia.book("2026-11-02")
    mia.arrange(mia.rule("single", "Cy"), **{"from": "2026-11-03"})
    mia.book("2026-11-03")
    made = mia.invoice()
    told = owner.post(f"/invoices/{made['Ana']['id']}/send", {"message": "Thank you"}, 200)
    assert (told["to"], told["channel"]) == ("ana.ortiz@mail.example", "email")
    assert owner("POST", f"/invoices/{made['Ana']['id']}/send", status=200).told["to"] == told["to"]
    assert is_problem(owner.post(f"/invoices/{made['Cy']['id']}/send", status=422), 422, "payer")
    assert is_problem(owner.post(f"/invoices/{made['Ana']['id']}/send", {"message": "x" * 2001}, 422), 422, "message")
    paper = owner("GET", f"/invoices/{made['Ana']['id']}.pdf", status=200)
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert is_problem(owner("GET", f"/invoices/{NOBODY}.pdf", status=404).told, 404)
    assert is_problem(owner("GET", "/invoices/x.pdf", status=404).told, 404)


def test_readdressing_goes_by_payer_by_rule_or_by_the_arrangement(owner, mia):
    mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    path = f"/invoices/{invoice['id']}/readdress"
    why = {"reason": "Wrong parent"}
    assert is_problem(owner.post(path, {**why, "payer_id": mia.payers["Ana"]}, 409), 409)
    assert is_problem(owner.post(path, why, 409), 409)
    assert is_problem(owner.post(path, {**why, "payer_id": NOBODY}, 422), 422, "payer_id")
    assert is_problem(owner.post(path, {**why, "payer_id": "x"}, 422), 422, "payer_id")
    assert is_problem(owner.post(path, {**why, "rule": {"mode": "single", "payers": [NOBODY]}}, 422), 422, "rule")
    both = {"payer_id": mia.payers["Ben"], "rule": mia.rule("single", "Ben")}
    assert is_problem(owner.post(path, {**why, **both}, 422), 422, "payer_id")
    assert is_problem(owner.post(path, {"payer_id": mia.payers["Ben"]}, 422), 422, "reason")
    told = owner.post(path, {**why, "rule": mia.rule("percent", "Ana", "Ben", weights=[5000, 5000])}, 200)
    assert sorted(each["total_cents"] for each in told["issued"]) == [60_00, 60_00]
    assert is_problem(owner.post(path, {**why, "payer_id": mia.payers["Ben"]}, 409), 409)
    mia.arrange(mia.rule("single", "Ben"), **{"from": "2026-11-03"})
    mia.book("2026-11-03")
    second = mia.invoice()["Ben"]
    mia.arrange(mia.rule("single", "Cy"), **{"from": "2026-11-03"})
    told = owner.post(f"/invoices/{second['id']}/readdress", why, 200)
    assert [each["payer_id"] for each in told["issued"]] == [mia.payers["Cy"]]
    assert told["issued"][0]["in_place_of"] == [second["id"]]


def test_a_payment_settles_the_oldest_or_what_it_names(owner, mia):
    mia.book("2026-11-02")
    first = mia.invoice()["Ana"]
    mia.book("2026-11-03")
    second = mia.invoice()["Ana"]
    paid = {"payer_id": mia.payers["Ana"], "method": "check", "received_on": "2026-11-04", "reference": "No 7"}
    told = owner.post("/payments", {**paid, "amount_cents": 150_00}, 201)
    assert {each["invoice_id"]: each["cents"] for each in told["allocations"]} == {
        first["id"]: 120_00,
        second["id"]: 30_00,
    }
    assert (told["unallocated_cents"], told["reference"], told["reversed_at"]) == (0, "No 7", None)
    assert owner.get(f"/payments/{told['id']}") == told
    named = [{"invoice_id": second["id"], "cents": 10_00}]
    told = owner.post("/payments", {**paid, "amount_cents": 100_00, "allocations": named}, 201)
    assert told["unallocated_cents"] == 90_00
    told = owner.post(f"/payments/{told['id']}/allocations", {"invoice_id": second["id"], "cents": 80_00}, 201)
    assert told["unallocated_cents"] == 10_00
    assert told["allocations"] == [{"invoice_id": second["id"], "cents": 90_00}]
    assert owner.get(f"/invoices/{second['id']}")["status"] == "paid"
    over = {"invoice_id": second["id"], "cents": 1}
    assert is_problem(owner.post(f"/payments/{told['id']}/allocations", over, 422), 422, "invoice_id")
    credit = owner.post("/payments", {**paid, "amount_cents": 5_00, "allocations": []}, 201)
    assert (credit["unallocated_cents"], credit["allocations"]) == (5_00, [])


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"payer_id": NOBODY}, 404, None),
        ({"payer_id": "x"}, 404, None),
        ({"client_id": NOBODY}, 404, None),
        ({"amount_cents": 0}, 422, "amount_cents"),
        ({"amount_cents": 10**19}, 422, "amount_cents"),
        ({"amount_cents": True}, 422, "amount_cents"),
        ({"method": "shells"}, 422, "method"),
        ({"method": "card"}, 422, "card_id"),
        ({"received_on": "2199-01-01"}, 422, "received_on"),
        ({"reference": "x" * 201}, 422, "reference"),
        ({"allocations": [{"invoice_id": NOBODY, "cents": 5}]}, 422, "allocations"),
        ({"allocations": [{"invoice_id": "x", "cents": 5}]}, 422, "allocations.0.invoice_id"),
        ({"allocations": [{"cents": 5}]}, 422, "allocations.0.invoice_id"),
    ],
)
def test_what_cannot_be_received_is_refused(owner, mia, wrong, status, field):
    body = {"payer_id": mia.payers["Ana"], "amount_cents": 5, "method": "cash", "received_on": "2026-11-03"}
    assert is_problem(owner.post("/payments", {**body, **wrong}, status), status, field)
    assert owner.get("/payments")["items"] == []


def test_a_payment_settles_its_own_payers_invoices_only(owner, mia):
    mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    body = {"payer_id": mia.payers["Ben"], "amount_cents": 5, "method": "cash", "received_on": "2026-11-03"}
    named = [{"invoice_id": invoice["id"], "cents": 5}]
    assert is_problem(owner.post("/payments", {**body, "allocations": named}, 422), 422, "allocations")
    body["payer_id"] = mia.payers["Ana"]
    twice = named * 2
    assert is_problem(owner.post("/payments", {**body, "allocations": twice}, 422), 422, "allocations")
    over = [{"invoice_id": invoice["id"], "cents": 6}]
    assert is_problem(owner.post("/payments", {**body, "allocations": over}, 422), 422, "allocations")


def test_payments_are_listed_and_a_wrong_one_is_taken_back(cast, owner, mia):
    mia.book("2026-11-02")
    invoice = mia.invoice()["Ana"]
    body = {"payer_id": mia.payers["Ana"], "method": "cash", "client_id": mia.id}
    first = owner.post("/payments", {**body, "amount_cents": 20_00, "received_on": "2026-11-03"}, 201)
    second = owner.post(
        "/payments", {**body, "amount_cents": 5_00, "received_on": "2026-11-05", "payer_id": mia.payers["Ben"]}, 201
    )

    def ids(**asked):
        return [each["id"] for each in owner.get("/payments", **asked)["items"]]

    assert ids() == ids(client_id=mia.id) == [second["id"], first["id"]]
    assert ids(payer_id=mia.payers["Ana"]) == [first["id"]]
    assert ids(from_="2026-11-04") == [second["id"]]
    assert ids(to="2026-11-03") == [first["id"]]
    page = owner.get("/payments", limit=1)
    assert [each["id"] for each in owner.get("/payments", limit=1, cursor=page["next"])["items"]] == [first["id"]]
    path = f"/payments/{first['id']}/reverse"
    assert is_problem(owner.post(path, {"reason": ""}, 422), 422, "reason")
    told = owner.post(path, {"reason": "Entered twice"}, 200)
    assert (told["unallocated_cents"], told["allocations"], told["reversed_reason"]) == (0, [], "Entered twice")
    assert is_problem(owner.post(path, {"reason": "Again"}, 409), 409)
    assert owner.get(f"/invoices/{invoice['id']}")["due_cents"] == 120_00
    assert owner.get(f"/payments/{first['id']}") == told
    assert is_problem(owner.post(f"/payments/{NOBODY}/reverse", {"reason": "x"}, 404), 404)
    assert is_problem(Caller(cast, "kim").post(f"/payments/{second['id']}/reverse", {"reason": "x"}, 404), 404)


def test_a_write_off_is_at_most_what_is_due_and_says_who_and_why(owner, mia):
    mia.book("2026-11-02")
    other = mia.book("2026-11-03")
    invoice = mia.invoice()["Ana"]
    told = owner.post("/write-offs", {"invoice_id": invoice["id"], "cents": 20_00, "reason": "Hardship"}, 201)
    assert (told["cents"], told["reason"], told["posted_by"]) == (20_00, "Hardship", "Helen Marsh")
    assert {(line["account"], line["cents"]) for line in told["lines"]} == {
        ("write_off", 20_00),
        ("receivable", -20_00),
    }
    share = {"charge_id": other["id"], "payer_id": mia.payers["Ana"]}
    told = owner.post("/write-offs", {**share, "cents": 100_00, "reason": "Hardship"}, 201)
    assert (told["charge_id"], told["payer_id"], told["invoice_id"]) == (other["id"], mia.payers["Ana"], invoice["id"])
    over = {**share, "cents": 20_01, "reason": "Hardship"}
    assert is_problem(owner.post("/write-offs", over, 422), 422, "cents")
    assert is_problem(owner.post("/write-offs", {**over, "cents": 1, "reason": " "}, 422), 422, "reason")
    assert is_problem(owner.post("/write-offs", {"cents": 1, "reason": "x"}, 422), 422, "invoice_id")
    unnamed = {"charge_id": other["id"], "cents": 1, "reason": "x"}
    assert is_problem(owner.post("/write-offs", unnamed, 422), 422, "invoice_id")
    assert is_problem(owner.post("/write-offs", {**unnamed, "payer_id": mia.payers["Ben"]}, 409), 409)
    assert is_problem(owner.post("/write-offs", {"invoice_id": NOBODY, "cents": 1, "reason": "x"}, 404), 404)
    found = owner.get(f"/invoices/{invoice['id']}")
    assert (found["written_off_cents"], found["due_cents"], found["status"]) == (120_00, 120_00, "partly_paid")


def test_a_balance_is_what_was_invoiced_less_paid_less_written_off(cast, owner, mia):
    leo = Seen(cast, owner, {**ANA, "person_id": mia.payers["Ana"]} | NAMELESS, first_name="Leo")
    leo.payers["Ana"] = mia.payers["Ana"]
    leo.arrange(leo.rule("single", "Ana"))
    mia.book("2026-11-02")
    leo.book("2026-11-03")
    first = mia.invoice()["Ana"]
    second = leo.invoice()["Ana"]
    paid = {"payer_id": mia.payers["Ana"], "amount_cents": 150_00, "method": "cash", "received_on": "2026-11-04"}
    owner.post("/payments", {**paid, "allocations": [{"invoice_id": first["id"], "cents": 120_00}]})
    owner.post("/write-offs", {"invoice_id": second["id"], "cents": 20_00, "reason": "Kind"})
    told = mia.owes("Ana")
    whole = {"invoiced_cents": 240_00, "paid_cents": 150_00, "written_off_cents": 20_00, "balance_cents": 70_00}
    assert {name: told[name] for name in whole} == whole
    assert (told["credit_cents"], told["payer_id"], told["currency"]) == (30_00, mia.payers["Ana"], "USD")
    by_client = {each["client_id"]: each["balance_cents"] for each in told["by_client"]}
    assert by_client == {mia.id: 0, leo.id: 100_00}
    told = mia.owes("Ana", client_id=leo.id)
    part = {"invoiced_cents": 120_00, "paid_cents": 0, "written_off_cents": 20_00, "balance_cents": 100_00}
    assert {name: told[name] for name in part} == part
    assert (told["credit_cents"], [each["client_id"] for each in told["by_client"]]) == (0, [leo.id])
    owner.post(f"/invoices/{second['id']}/void", {"reason": "Wrong"}, 200)
    assert mia.owes("Ana")["balance_cents"] == -30_00
    assert mia.owes("Ben")["invoiced_cents"] == 0
    for path, asked in ((NOBODY, {}), ("x", {}), (mia.payers["Ana"], {"client_id": NOBODY})):
        assert is_problem(owner.get(f"/payers/{path}/balance", 404, **asked), 404)


NAMELESS = {"first_name": None, "last_name": None, "email": None}


def test_who_entered_a_payment_finds_it_again(cast, owner):
    mia = Seen(cast, owner, primary_clinician_id=str(cast.members["kim"]))
    for name in ("kim", "scheduler"):
        member = Caller(cast, name)
        body = {"payer_id": mia.payers["Ana"], "amount_cents": 10_00, "method": "cash", "received_on": "2026-11-03"}
        told = member.post("/payments", {**body, "allocations": []}, 201)
        assert owner.get(f"/payments/{told['id']}")["unallocated_cents"] == 10_00
        if name == "kim":
            assert member.get(f"/payments/{told['id']}") == told


def test_a_preview_says_what_an_invoice_would_but_its_id_and_number(owner, mia):
    mia.book("2026-11-02")
    (told,) = owner.post("/invoices/preview", {"through": "2026-12-31"}, 200)["invoices"]
    (made,) = mia.invoice().values()
    later = {"issued_on", "due_on", "lines"}
    assert {name: value for name, value in told.items() if name not in {"number", *later}} == {
        name: made[name] for name in told if name not in {"number", *later}
    }
    assert told["number"] is None
    assert [each["cents"] for each in told["lines"]] == [each["cents"] for each in made["lines"]]
