"""The worked examples of who pays, one test each: they are law."""

from datetime import date

from kinbook.rules.afterwards import readdressed
from kinbook.rules.arrangement import (
    ByAmount,
    ByAppointment,
    ByCustody,
    ByPercent,
    ByWeek,
    Cap,
    Coverage,
    Kind,
    Per,
    Rule,
    Single,
)
from kinbook.rules.custody import CustodyCalendar
from kinbook.rules.decide import decide
from kinbook.rules.facts import Override, Share, Source
from kinbook.rules.periods import Period
from tests.rules.family import ANA, BEN, CY, arrangement, charge, facts, fix, paid

NOV = 11


def nov(day: int) -> date:
    return date(2026, NOV, day)


def test_1_one_payer_owes_it_all():
    assert paid(facts([charge(nov(2))], Single(ANA))) == [{ANA: 120_00}]


def test_2_alternating_counts_billable_appointments_only():
    monday, wednesday, friday = charge(nov(2)), charge(nov(4)), charge(nov(6))
    no_show = charge(nov(5), cents=60_00, kind=Kind.MISSED)
    both = ByAppointment((ANA, BEN), (1, 1))
    assert paid(facts([monday, wednesday, no_show, friday], both)) == [
        {ANA: 120_00},
        {BEN: 120_00},
        {ANA: 60_00},
        {BEN: 120_00},
    ]


def test_3_an_override_takes_the_turn_and_evens_out():
    swap = Override(Rule(Single(ANA)), set_by="Sam", note="Ben is travelling")
    charges = [charge(nov(2)), charge(nov(4), override=swap), charge(nov(6)), charge(nov(9))]
    known = facts(charges, ByAppointment((ANA, BEN), (1, 1)))
    assert [list(shares) for shares in paid(known)] == [[ANA], [ANA], [BEN], [BEN]]
    reason = decide(known)[1].shares[0].reason
    assert "Sam" in reason
    assert "Ben is travelling" in reason


def test_4_weights_two_to_one():
    charges = [charge(nov(day)) for day in range(2, 8)]
    shares = paid(facts(charges, ByAppointment((ANA, BEN), (2, 1))))
    assert [next(iter(each)) for each in shares] == [ANA, BEN, ANA, ANA, BEN, ANA]


def test_5_a_week_each():
    charges = [charge(nov(day)) for day in (4, 6, 11, 18)]
    shares = paid(facts(charges, ByWeek((ANA, BEN), nov(2))))
    assert [next(iter(each)) for each in shares] == [ANA, ANA, BEN, ANA]


def test_6_whoever_has_the_child_that_day():
    cycle = (ANA,) * 2 + (BEN,) * 2 + (ANA,) * 5 + (BEN,) * 5
    calendar = CustodyCalendar(nov(2), cycle, {nov(23): BEN})
    charges = [charge(nov(day)) for day in (2, 4, 6, 11, 20, 23)]
    known = facts(charges, ByCustody((ANA, BEN), calendar))
    assert [next(iter(each)) for each in paid(known)] == [ANA, BEN, ANA, BEN, ANA, BEN]
    assert "2-2-5-5" in decide(known)[0].shares[0].reason


def test_7_the_odd_cent_goes_back_and_forth():
    charges = [charge(nov(day), cents=125_01) for day in (2, 4, 6)]
    assert paid(facts(charges, ByPercent((ANA, BEN), (5000, 5000)))) == [
        {ANA: 62_51, BEN: 62_50},
        {ANA: 62_50, BEN: 62_51},
        {ANA: 62_51, BEN: 62_50},
    ]


def test_8_three_thirds():
    charges = [charge(nov(2), cents=100_00), charge(nov(4), cents=100_00), charge(nov(6), cents=100_01)]
    assert paid(facts(charges, ByPercent((ANA, BEN, CY), (3333, 3333, 3334)))) == [
        {ANA: 33_33, BEN: 33_33, CY: 33_34},
        {ANA: 33_33, BEN: 33_33, CY: 33_34},
        {ANA: 33_33, BEN: 33_33, CY: 33_35},
    ]


def test_9_a_fixed_amount_and_the_rest():
    charges = [charge(nov(2)), charge(nov(4), cents=40_00)]
    assert paid(facts(charges, ByAmount(((BEN, 50_00),), ANA))) == [
        {ANA: 70_00, BEN: 50_00},
        {BEN: 40_00},
    ]


def test_10_a_cap_a_month_is_never_claimed_back():
    charges = [charge(nov(2)), charge(nov(4)), charge(nov(6)), charge(date(2026, 12, 2))]
    cap = Cap(BEN, cents=100_00, per=Per.MONTH, excess_to=ANA)
    known = facts(charges, ByPercent((ANA, BEN), (6000, 4000)), caps=(cap,))
    assert paid(known) == [
        {ANA: 72_00, BEN: 48_00},
        {ANA: 72_00, BEN: 48_00},
        {ANA: 116_00, BEN: 4_00},
        {ANA: 72_00, BEN: 48_00},
    ]
    assert "at most 100.00 a month, 96.00 used" in decide(known)[2].explanation


def test_11_the_school_first_then_half_each():
    school = Coverage("c", "school", Period(), fixed_cents=80_00, max_sessions=2)
    charges = [charge(nov(day)) for day in (2, 4, 6)]
    known = facts(charges, ByPercent((ANA, BEN), (5000, 5000)), coverages=(school,))
    assert paid(known) == [
        {"school": 80_00, ANA: 20_00, BEN: 20_00},
        {"school": 80_00, ANA: 20_00, BEN: 20_00},
        {ANA: 60_00, BEN: 60_00},
    ]


def test_12_a_new_arrangement_from_its_first_day():
    before = arrangement(Single(ANA), Period(None, nov(15)), name="before")
    after = arrangement(ByAppointment((BEN, ANA), (1, 1)), Period(nov(15), None), name="after")
    known = facts([charge(nov(day)) for day in (14, 15, 16)], arrangements=(before, after))
    assert [next(iter(each)) for each in paid(known)] == [ANA, BEN, ANA]


def test_13_readdressed_to_the_other_parent():
    known = fix(facts([charge(nov(2))], Single(ANA)))
    stands = known.charges[0].fixed
    after = readdressed(stands, stands.shares, [Share(BEN, 120_00, source=Source.READDRESS)])
    assert [(share.payer, share.cents) for share in after.shares] == [(BEN, 120_00)]


def test_14_a_minor_without_an_arrangement_needs_a_payer():
    decision = decide(facts([charge(nov(2))]))[0]
    assert decision.shares == ()
    assert decision.needs == "No arrangement in force on 2 November 2026"


def test_an_excess_goes_on_along_the_caps_to_whoever_has_room():
    caps = (Cap(ANA, cents=150_00, excess_to=BEN), Cap(BEN, cents=50_00, excess_to=CY))
    known = facts([charge(nov(2)), charge(nov(4)), charge(nov(6))], Single(ANA), caps=caps)
    assert paid(known) == [{ANA: 120_00}, {ANA: 30_00, BEN: 50_00, CY: 40_00}, {CY: 120_00}]


def test_caps_that_send_each_other_the_excess_bill_nobody_once_both_are_used_up():
    caps = (Cap(ANA, cents=100_00, excess_to=BEN), Cap(BEN, cents=50_00, excess_to=ANA))
    known = facts([charge(nov(2)), charge(nov(4))], Single(ANA), caps=caps)
    assert paid(known) == [{ANA: 100_00, BEN: 20_00}, {}]


def test_the_reasons_name_the_numbers_they_used():
    cycle = CustodyCalendar(nov(2), (ANA, ANA, BEN, BEN, *(ANA,) * 5, *(BEN,) * 5))
    (decision,) = decide(facts([charge(nov(4))], ByCustody((ANA, BEN), cycle)))
    assert decision.shares[0].reason == "Custody calendar 2-2-5-5: Ben's day, 3 of 14 from 2 November 2026"
    (small,) = decide(facts([charge(nov(4), cents=40_00)], ByAmount(((BEN, 50_00),), ANA)))
    assert small.shares[0].reason == "Split by amount: 40.00 is left towards 50.00 of each charge"
