"""The journal through the API: balanced entries, and a Beancount file whose balances are those of the database."""

from collections import defaultdict
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction
from beancount.ops.validation import HARDCORE_VALIDATIONS

from kinbook.ledger.beancount import account_name, beancount_file
from kinbook.ledger.journal import JournalLine
from tests.api.caller import Caller, is_problem
from tests.api.family import ANA, BEN, Seen

NOBODY = "0199b0a0-0000-7000-8000-000000000000"


@pytest.fixture
def mia(cast, owner):
    """Everything that can happen to money: issued, paid, over-paid, written off, re-addressed, reversed, voided."""
    family = Seen(cast, owner, ANA, BEN)
    family.arrange(family.rule("percent", "Ana", "Ben", weights=[6000, 4000]))
    family.book("2026-11-02", fee_cents=125_01)
    charge = {"kind": "product", "description": "Workbook", "amount_cents": 19_99, "date": "2026-11-03"}
    owner.post("/charges", {**charge, "client_id": family.id})
    made = family.invoice()
    paid = {"payer_id": family.payers["Ana"], "amount_cents": 100_00, "received_on": "2026-11-04"}
    owner.post("/payments", {**paid, "method": "external_card"})
    wrong = owner.post("/payments", {**paid, "amount_cents": 7_77, "method": "check"})
    why = 'Entered "twice"\\ by\nmistake'
    owner.post(f"/payments/{wrong['id']}/reverse", {"reason": why}, 200)
    owner.post("/write-offs", {"invoice_id": made["Ben"]["id"], "cents": 1_00, "reason": "Kind"})
    to_ben = {"payer_id": family.payers["Ben"], "reason": "Wrong parent"}
    owner.post(f"/invoices/{made['Ana']['id']}/readdress", to_ben, 200)
    owner.post(f"/invoices/{made['Ben']['id']}/void", {"reason": "Wrong"}, 200)
    return family


def test_every_entry_balances_and_is_found_by_payer_client_and_date(owner, mia):
    told = owner.get("/journal")["items"]
    assert all(sum(line["cents"] for line in each["lines"]) == 0 for each in told)
    assert [each["date"] for each in told] == sorted(each["date"] for each in told)
    assert {each["event"] for each in told} == {
        *("invoice issued", "invoice voided", "payment received", "payment reversed"),
        *("payment allocated", "allocation undone", "written off", "write-off undone"),
    }
    assert told[0]["currency"] == "USD"
    bens = owner.get("/journal", payer_id=mia.payers["Ben"])["items"]
    assert {each["id"] for each in bens} < {each["id"] for each in told}
    assert all(any(line["payer_id"] == mia.payers["Ben"] for line in each["lines"]) for each in bens)
    with_client = owner.get("/journal", client_id=mia.id)["items"]
    assert "payment received" not in {each["event"] for each in with_client}
    assert [each["date"] for each in owner.get("/journal", to="2026-11-04")["items"]] == ["2026-11-04"] * 2
    first = owner.get("/journal", limit=3)
    second = owner.get("/journal", limit=200, cursor=first["next"])
    assert [*first["items"], *second["items"]] == told
    assert is_problem(owner.get("/journal", 404, payer_id=NOBODY), 404)
    assert is_problem(owner.get("/journal", 404, client_id=NOBODY), 404)


def test_balances_are_the_sums_of_the_journals_lines(owner, mia):
    sums = defaultdict(int)
    for entry in owner.get("/journal")["items"]:
        for line in entry["lines"]:
            sums[line["payer_id"], line["account"]] += line["cents"]
    for name, payer in mia.payers.items():
        told = mia.owes(name)
        assert told["invoiced_cents"] == -sums[payer, "income"]
        assert told["paid_cents"] == sums[payer, "cash"]
        assert told["written_off_cents"] == sums[payer, "write_off"]
        assert told["credit_cents"] == -sums[payer, "credit"]
        assert told["balance_cents"] + told["credit_cents"] == sums[payer, "receivable"]


def read(text):
    """Read a Beancount file as bean-check does."""
    entries, errors, options = loader.load_string(text, extra_validations=HARDCORE_VALIDATIONS)
    assert not errors, errors
    return entries, options


def test_the_whole_journal_is_a_beancount_file_that_asserts_its_own_balances(owner, mia):
    response = owner("GET", "/journal.beancount", status=200)
    assert response["Content-Type"].startswith("text/plain")
    entries, options = read(response.content.decode())
    told = owner.get("/journal")["items"]
    found = [each for each in entries if isinstance(each, Transaction)]
    assert {each.meta["entry"] for each in found} == {each["id"] for each in told}
    assert options["operating_currency"] == ["USD"]
    sums = defaultdict(Decimal)
    for each in found:
        for posting in each.postings:
            sums[posting.account] += posting.units.number
    expected = defaultdict(int)
    for entry in told:
        for line in entry["lines"]:
            names = ("account", "cents", "payer_id", "client_id", "invoice_id", "service_id", "method")
            value = JournalLine(**{name: line[name] for name in names[:-1]}, method=line["method"] or "")
            expected[account_name(value)] += line["cents"]
    assert {name: int(value * 100) for name, value in sums.items()} == dict(expected)
    asserted = {each.account: int(each.amount.number * 100) for each in entries if isinstance(each, Balance)}
    assert asserted == dict(expected)
    assert {each.account for each in entries if isinstance(each, Open)} == set(expected)
    notes = [each.meta["note"] for each in found if "note" in each.meta]
    assert 'Entered "twice"\\ by mistake' in notes


def test_the_file_holds_ids_and_no_names(owner, mia):
    text = owner("GET", "/journal.beancount").content.decode()
    assert not [name for name in ("Ortiz", "Mia", "Ana ", "Ben ") if name in text]


def test_a_part_of_the_journal_is_a_file_too_and_an_empty_one(cast, owner, mia):
    part = owner("GET", "/journal.beancount", status=200, query={"payer_id": mia.payers["Ben"]}).content.decode()
    entries, _ = read(part)
    assert 0 < sum(isinstance(each, Transaction) for each in entries) < len(owner.get("/journal")["items"])
    nothing = owner("GET", "/journal.beancount", status=200, query={"to": "2020-01-01"}).content.decode()
    assert not [each for each in read(nothing)[0] if isinstance(each, Transaction)]
    assert is_problem(Caller(cast, "kim")("GET", "/journal.beancount", status=403).told, 403)


def test_a_journal_too_large_for_one_fetch_is_whole(cast, owner, mia, monkeypatch):
    monkeypatch.setattr("kinbook.ledger.beancount.AT_ONCE", 2)
    with cast.as_("owner") as viewer:
        entries, _ = read(beancount_file(viewer))
    assert sum(isinstance(each, Transaction) for each in entries) == len(owner.get("/journal")["items"])


def test_who_sees_some_clients_sees_their_lines_and_one_line_of_the_rest(cast, owner):
    mia = Seen(cast, owner, ANA, primary_clinician_id=str(cast.members["kim"]), arrangement=None)
    ana = {"person_id": mia.payers["Ana"], "relationship": "parent", "portal": BILLED}
    owner.patch(f"/clients/{mia.id}/contacts/{mia.links['Ana']}", {"portal": BILLED, "responsible_for_billing": True})
    leo = Seen(cast, owner, {**ana, "responsible_for_billing": True}, first_name="Leo")
    for each in (mia, leo):
        each.book("2026-11-18", at="09:00")
        each.book("2026-11-18")
    made = owner.post("/invoices", {"through": "2026-11-30", "group": "family"}, 200)["invoices"]
    assert [each["total_cents"] for each in made] == [480_00]
    kim = Caller(cast, "kim")
    (entry,) = kim.get("/journal")["items"]
    assert sum(line["cents"] for line in entry["lines"]) == 0
    assert {line["client_id"] for line in entry["lines"]} == {mia.id, None}
    (rest,) = [line for line in entry["lines"] if line["account"] == "other_clients"]
    assert (rest["payer_id"], rest["client_id"], rest["cents"]) == (None, None, 0)
    seen = kim.get(f"/invoices/{made[0]['id']}")
    assert ({line["client_id"] for line in seen["lines"]}, seen["other_cents"]) == ({mia.id}, 240_00)
    assert is_problem(kim("GET", f"/invoices/{made[0]['id']}.pdf", status=403).told, 403)
    for call, body in (("void", {"reason": "x"}), ("readdress", {"reason": "x"}), ("send", {})):
        assert is_problem(kim.post(f"/invoices/{made[0]['id']}/{call}", body, 403), 403)
    assert is_problem(kim.get("/journal", 404, client_id=leo.id), 404)


BILLED = {"access": True, "billing_documents": True}
