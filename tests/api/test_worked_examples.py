"""The worked examples of who pays through the API: to the cent, in order, each with its reasons."""

import pytest

from tests.api.family import ANA, BEN, CY, Seen

TURN = "Alternate by appointment: {}'s turn, after {}"
OWN = "Your share under the payment arrangement"


@pytest.fixture
def mia(cast, owner):
    return Seen(cast, owner, ANA, BEN, CY)


@pytest.fixture(autouse=True)
def payers_read_of_themselves_only(mia):
    """Whatever the example: a payer's own reason names nobody else, no share but the payer's, and no rule in numbers."""
    yield
    names = {name: payer for name, payer in mia.payers.items() if name in {"Ana", "Ben", "Cy"}}
    for one in mia.who_pays():
        for share in one["shares"]:
            others = [name for name, payer in names.items() if payer != share["payer_id"]]
            assert share["payer_reason"].startswith("Your share")
            assert not [name for name in others if name in share["payer_reason"]]
            assert "%" not in share["payer_reason"]


def test_1_one_payer(mia):
    mia.arrange(mia.rule("single", "Ana"))
    mia.book("2026-11-02")
    assert mia.shares() == [{"Ana": 120_00}]
    (one,) = mia.who_pays()
    assert (one["state"], one["amount_cents"]) == ("forecast", 120_00)
    assert one["explanation"] == "Ana 120.00: One payer: Ana"
    assert one["shares"][0]["reason"] == "One payer: Ana"
    assert one["shares"][0]["payer_reason"] == OWN


def test_2_alternate_by_appointment(mia):
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben"))
    for on, status in ((2, "show"), (3, "cancelled"), (4, "show"), (5, "no_show"), (6, "show")):
        mia.book(f"2026-11-0{on}", status)
    assert mia.shares() == [{"Ana": 120_00}, {"Ben": 120_00}, {"Ana": 60_00}, {"Ben": 120_00}]
    assert mia.reasons() == [
        [TURN.format("Ana", "Ana 0, Ben 0")],
        [TURN.format("Ben", "Ana 1, Ben 0")],
        [TURN.format("Ana", "Ana 1, Ben 1")],
        [TURN.format("Ben", "Ana 2, Ben 1")],
    ]


def test_3_a_swap_evens_out_by_itself(mia):
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben"))
    ids = [mia.book(on)["id"] for on in ("2026-11-02", "2026-11-04", "2026-11-06", "2026-11-09")]
    own = {"rule": mia.rule("single", "Ana"), "note": "Ben is travelling"}
    told = mia.caller.put(f"/appointments/{ids[1]}/payer", own)
    assert (told["rule"], told["note"], told["set_by"]) == (own["rule"], own["note"], "Helen Marsh")
    assert mia.shares() == [{"Ana": 120_00}, {"Ana": 120_00}, {"Ben": 120_00}, {"Ben": 120_00}]
    assert mia.reasons()[1:] == [
        ["Set for this appointment by Helen Marsh: “Ben is travelling”"],
        [TURN.format("Ben", "Ana 2, Ben 0")],
        [TURN.format("Ben", "Ana 2, Ben 1")],
    ]
    assert mia.who_pays()[1]["shares"][0]["payer_reason"] == "Your share, as arranged for 4 November 2026"


def test_4_alternate_with_weights(mia):
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben", weights=[2, 1]))
    for day in range(2, 8):
        mia.book(f"2026-11-0{day}")
    assert [list(each) for each in mia.shares()] == [["Ana"], ["Ben"], ["Ana"], ["Ana"], ["Ben"], ["Ana"]]
    assert mia.reasons()[4] == [TURN.format("Ben", "Ana 3 (weight 2), Ben 1 (weight 1)")]


def test_5_alternate_by_week(mia):
    mia.arrange(mia.rule("by_week", "Ana", "Ben", anchor="2026-11-02"))
    for on in ("2026-11-04", "2026-11-06", "2026-11-11", "2026-11-18"):
        mia.book(on)
    assert mia.shares() == [{"Ana": 120_00}, {"Ana": 120_00}, {"Ben": 120_00}, {"Ana": 120_00}]
    assert mia.reasons()[2] == ["Alternate by week: Ben's week, counted from 2 November 2026"]


def test_6_custody_calendar(mia):
    ana, ben = mia.payers["Ana"], mia.payers["Ben"]
    cycle = [ana] * 2 + [ben] * 2 + [ana] * 5 + [ben] * 5
    mia.arrange(mia.rule("custody", "Ana", "Ben", anchor="2026-11-02", cycle=cycle, dates={"2026-11-23": ben}))
    for on in (2, 4, 6, 11, 20, 23):
        mia.book(f"2026-11-{on:02d}")
    assert [list(each) for each in mia.shares()] == [["Ana"], ["Ben"], ["Ana"], ["Ben"], ["Ana"], ["Ben"]]
    reasons = mia.reasons()
    assert reasons[0] == ["Custody calendar 2-2-5-5: Ana's day, 1 of 14 from 2 November 2026"]
    assert reasons[5][0].startswith("Custody calendar: exception on 23 November 2026, Ben's day")


def test_7_odd_cents_take_turns(mia):
    mia.arrange(mia.rule("percent", "Ana", "Ben", weights=[5000, 5000]))
    for on in (2, 4, 6):
        mia.book(f"2026-11-{on:02d}", fee_cents=125_01)
    assert mia.shares() == [
        {"Ana": 62_51, "Ben": 62_50},
        {"Ana": 62_50, "Ben": 62_51},
        {"Ana": 62_51, "Ben": 62_50},
    ]
    assert mia.reasons()[1] == [
        "Split 50/50: 50% of 250.02 so far, less 62.51 before",
        "Split 50/50: 50% of 250.02 so far, less 62.50 before",
    ]


def test_8_thirds(mia):
    mia.arrange(mia.rule("percent", "Ana", "Ben", "Cy", weights=[3333, 3333, 3334]))
    for on, cents in ((2, 100_00), (4, 100_00), (6, 100_01)):
        mia.book(f"2026-11-{on:02d}", fee_cents=cents)
    assert [list(each.values()) for each in mia.shares()] == [
        [33_33, 33_33, 33_34],
        [33_33, 33_33, 33_34],
        [33_33, 33_33, 33_35],
    ]
    assert mia.reasons()[2][2] == "Split 33.33/33.33/33.34: 33.34% of 300.01 so far, less 66.68 before"


def test_9_one_pays_an_amount_the_other_the_rest(mia):
    mia.arrange(mia.rule("amount", "Ben", "Ana", amounts={mia.payers["Ben"]: 50_00}))
    mia.book("2026-11-02")
    mia.book("2026-11-04", fee_cents=40_00)
    assert mia.shares() == [{"Ana": 70_00, "Ben": 50_00}, {"Ben": 40_00}]
    assert mia.reasons()[0] == ["Split by amount: 50.00 of each charge", "Split by amount: the rest after 50.00"]


def test_10_a_cap_a_month(mia):
    cap = {"payer": mia.payers["Ben"], "cents": 100_00, "per": "month", "excess_to": mia.payers["Ana"]}
    mia.arrange(mia.rule("percent", "Ana", "Ben", weights=[6000, 4000], caps=[cap]))
    for on in ("2026-11-02", "2026-11-09", "2026-11-16", "2026-12-02"):
        mia.book(on)
    assert [list(each.values()) for each in mia.shares()] == [
        [72_00, 48_00],
        [72_00, 48_00],
        [116_00, 4_00],
        [72_00, 48_00],
    ]
    assert mia.reasons()[2][1].endswith("at most 100.00 a month, 96.00 used: 44.00 moved to Ana")


def test_11_a_third_party_first(mia):
    school = mia.caller.post("/organizations", {"name": "Hillside School", "kind": "school"})["id"]
    mia.payers["School"] = school
    mia.arrange(mia.rule("percent", "Ana", "Ben", weights=[5000, 5000]))
    covers = {"organization_id": school, "from": None, "fixed_cents": 80_00, "max_sessions": 2}
    mia.caller.post(f"/clients/{mia.id}/coverages", covers, 201)
    for on in (2, 4, 6):
        mia.book(f"2026-11-{on:02d}")
    assert mia.shares() == [
        {"School": 80_00, "Ana": 20_00, "Ben": 20_00},
        {"School": 80_00, "Ana": 20_00, "Ben": 20_00},
        {"Ana": 60_00, "Ben": 60_00},
    ]
    assert mia.reasons()[1][0] == "Third party first: Hillside School covers 80.00 a session, session 2 of 2"


def test_12_a_new_arrangement_begins_on_its_day(mia):
    mia.arrange(mia.rule("single", "Ana"))
    mia.arrange(mia.rule("by_appointment", "Ben", "Ana"), **{"from": "2026-11-15"})
    for on in (14, 15, 16):
        mia.book(f"2026-11-{on:02d}")
    assert mia.shares() == [{"Ana": 120_00}, {"Ben": 120_00}, {"Ana": 120_00}]
    assert mia.reasons()[1:] == [[TURN.format("Ben", "Ben 0, Ana 0")], [TURN.format("Ana", "Ben 1, Ana 0")]]
    assert mia.who_pays()[1]["shares"][0]["payer_reason"] == f"{OWN} from 15 November 2026"


def test_13_readdressed_after_it_was_paid(mia):
    mia.arrange(mia.rule("single", "Ana"))
    mia.book("2026-11-02")
    wrong = mia.invoice()["Ana"]
    paid = {"payer_id": mia.payers["Ana"], "amount_cents": 120_00, "method": "check", "received_on": "2026-11-03"}
    assert mia.caller.post("/payments", paid)["unallocated_cents"] == 0
    assert mia.caller.get(f"/invoices/{wrong['id']}")["status"] == "paid"
    told = mia.caller.post(f"/invoices/{wrong['id']}/readdress", {"payer_id": mia.payers["Ben"], "reason": "Wrong"})
    (right,) = told["issued"]
    assert (told["voided"]["id"], told["voided"]["status"], told["voided"]["due_cents"]) == (wrong["id"], "void", 0)
    assert (right["payer_id"], right["status"], right["due_cents"]) == (mia.payers["Ben"], "issued", 120_00)
    assert (mia.owes("Ana")["credit_cents"], mia.owes("Ana")["balance_cents"]) == (120_00, -120_00)
    assert mia.owes("Ben")["balance_cents"] == 120_00
    assert right["lines"][0]["reason"] == "Re-addressed from Ana by Helen Marsh: “Wrong”"
    assert "Ana" not in right["lines"][0]["payer_reason"]


def test_14_a_minor_without_an_arrangement(mia):
    mia.book("2026-11-02")
    (one,) = mia.who_pays()
    assert (one["state"], one["shares"]) == ("needs_payer", [])
    assert one["explanation"] == "No arrangement in force on 2 November 2026"
    told = mia.caller.post("/invoices", {"through": "2026-11-30"}, 200)
    assert told["invoices"] == []
    (skipped,) = told["skipped"]
    assert skipped["reason"] == one["explanation"]
    assert (skipped["client_id"], skipped["charge_id"]) == (mia.id, one["appointment_id"])
