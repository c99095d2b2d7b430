"""What a practice does in a month, through the API alone."""

from datetime import date, timedelta

from tests.api.caller import is_problem
from tests.api.family import ANA, BEN, Seen


def pay(owner, payer, cents, on="2026-11-15", **more):
    body = {"payer_id": payer, "amount_cents": cents, "method": "check", "received_on": on, **more}
    return owner.post("/payments", body, 201)


def test_two_parents_alternate_for_a_month(cast, owner):
    mia = Seen(cast, owner, ANA, BEN, primary_clinician_id=str(cast.members["kim"]))
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben"))
    first = mia.book("2026-11-02", "scheduled", repeat="FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261130T235959")
    booked = owner.get("/appointments", client_id=mia.id, from_="2026-11-01", to="2026-11-30")["items"]
    assert len(booked) == 9
    assert booked[0]["id"] == first["id"]
    assert [list(each) for each in mia.shares()] == [["Ana"], ["Ben"]] * 4 + [["Ana"]]
    for each, status in zip(booked, ["show", "cancelled", "show", "late_cancelled", *["show"] * 5], strict=True):
        owner.patch(f"/appointments/{each['id']}", {"status": status})
    told = mia.shares()
    assert [list(each) for each in told] == [["Ana"], ["Ben"]] * 4
    assert told[2] == {"Ana": 60_00}
    made = mia.invoice("2026-11-30")
    assert {name: each["total_cents"] for name, each in made.items()} == {"Ana": 420_00, "Ben": 480_00}
    assert made["Ben"]["lines"][0]["reason"] == "Alternate by appointment: Ben's turn, after Ana 1, Ben 0"
    pay(owner, mia.payers["Ana"], 420_00)
    pay(owner, mia.payers["Ben"], 80_00)
    assert (mia.owes("Ana")["balance_cents"], mia.owes("Ben")["balance_cents"]) == (0, 400_00)
    assert mia.now()["balance_cents"] == 400_00


def test_a_split_of_60_and_40_stays_fair_for_a_year(cast, owner):
    mia = Seen(cast, owner, ANA, BEN)
    mia.arrange(mia.rule("percent", "Ana", "Ben", weights=[6000, 4000]))
    for week in range(12):
        mia.book(date(2026, 8, 3) + timedelta(weeks=week), fee_cents=125_01 + week)
    total = sum(125_01 + week for week in range(12))
    made = mia.invoice()
    assert sum(each["total_cents"] for each in made.values()) == total
    assert abs(made["Ana"]["total_cents"] * 10_000 - total * 6000) < 10_000
    again = mia.book("2026-11-02")
    owner.put(f"/appointments/{again['id']}/payer", {"rule": mia.rule("single", "Ben"), "note": "Ben's own idea"})
    assert mia.shares(since="2026-11-02") == [{"Ben": 120_00}]
    pay(owner, mia.payers["Ben"], made["Ben"]["total_cents"])
    assert owner.get(f"/invoices/{made['Ben']['id']}")["status"] == "paid"
    assert owner.get(f"/invoices/{made['Ana']['id']}")["status"] == "issued"


def test_the_wrong_parents_invoice_is_readdressed_in_one_step(cast, owner):
    mia = Seen(cast, owner, ANA, BEN)
    mia.arrange(mia.rule("single", "Ana"))
    for on in ("2026-11-02", "2026-11-09"):
        mia.book(on)
    wrong = mia.invoice()["Ana"]
    pay(owner, mia.payers["Ana"], 100_00)
    owner.post(f"/invoices/{wrong['id']}/send", {}, 200)
    before = mia.now()["balance_cents"]
    told = owner.post(
        f"/invoices/{wrong['id']}/readdress", {"payer_id": mia.payers["Ben"], "reason": "Ben pays from November"}, 200
    )
    (right,) = told["issued"]
    assert (told["voided"]["number"], right["number"]) == (1, 2)
    assert (right["total_cents"], right["due_cents"]) == (240_00, 240_00)
    assert mia.owes("Ana")["credit_cents"] == 100_00
    assert mia.owes("Ana")["invoiced_cents"] == 0
    assert mia.now()["balance_cents"] == before + 100_00
    assert {each["shares"][0]["payer_id"] for each in mia.who_pays()} == {mia.payers["Ben"]}
    again = {"payer_id": mia.payers["Ben"], "reason": "Once more"}
    assert is_problem(owner.post(f"/invoices/{right['id']}/readdress", again, 409), 409)
    assert is_problem(owner.post(f"/invoices/{wrong['id']}/readdress", again, 409), 409)
    paper = owner("GET", f"/invoices/{wrong['id']}.pdf", status=200)
    assert paper.content.startswith(b"%PDF-")


def test_siblings_share_a_parent_who_gets_one_invoice(cast, owner):
    flags = {"access": True, "billing_documents": True}
    mia = Seen(cast, owner, {**ANA, "portal": flags, "responsible_for_billing": True}, BEN)
    shared = {"person_id": mia.payers["Ana"], "relationship": "parent", "portal": flags}
    leo = Seen(cast, owner, {**shared, "responsible_for_billing": True}, first_name="Leo")
    assert leo.client["contacts"][0]["payer_id"] == mia.payers["Ana"]
    mia.book("2026-11-02")
    leo.book("2026-11-02", at="17:00")
    secret = leo.book("2026-11-09", confidential=True)
    seen = owner.post("/invoices/preview", {"through": "2026-11-30", "group": "family"}, 200)
    assert [each["total_cents"] for each in seen["invoices"]] == [240_00]
    assert [each["charge_id"] for each in seen["skipped"]] == [secret["id"]]
    (made,) = owner.post("/invoices", {"through": "2026-11-30", "group": "family"}, 200)["invoices"]
    assert [line["client_id"] for line in made["lines"]] == [mia.id, leo.id]
    pay(owner, mia.payers["Ana"], 150_00)
    balance = mia.owes("Ana")
    assert balance["balance_cents"] == 90_00
    assert {each["client_id"]: each["balance_cents"] for each in balance["by_client"]} == {mia.id: 0, leo.id: 90_00}
    assert (mia.now()["balance_cents"], leo.now()["balance_cents"]) == (0, 90_00)
    assert [each["id"] for each in owner.get("/invoices", client_id=leo.id)["items"]] == [made["id"]]
