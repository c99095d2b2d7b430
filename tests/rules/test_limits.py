"""What coverages take and caps leave: each limit counts what it names and nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from kinbook.rules.arrangement import ByAppointment, ByPercent, Cap, Coverage, Kind, Per, Rule, Single
from kinbook.rules.decide import decide
from kinbook.rules.facts import Override
from kinbook.rules.periods import Period
from tests.rules.family import ANA, BEN, CY, charge, facts, fix, paid
from tests.rules.test_worked_examples import nov

HALF = ByPercent((ANA, BEN), (5000, 5000))


def test_a_percentage_is_of_the_charge_whatever_another_coverage_took_before():
    school = Coverage("c1", "school", Period(), percent=5000)
    insurer = Coverage("c2", "insurer", Period(), percent=4000)
    known = facts([charge(nov(2))], Single(ANA), coverages=(school, insurer))
    assert paid(known) == [{"school": 60_00, "insurer": 48_00, ANA: 12_00}]


def test_percentages_above_the_charge_take_what_is_left_of_it():
    school = Coverage("c1", "school", Period(), percent=7000)
    insurer = Coverage("c2", "insurer", Period(), percent=7000)
    known = facts([charge(nov(2))], Single(ANA), coverages=(school, insurer))
    assert paid(known) == [{"school": 84_00, "insurer": 36_00}]


def test_a_percentage_is_rounded_down_to_the_cent():
    school = Coverage("c", "school", Period(), percent=5000)
    assert paid(facts([charge(nov(2), cents=125_01)], Single(ANA), coverages=(school,))) == [
        {"school": 62_50, ANA: 62_51}
    ]


@pytest.mark.parametrize("kind", [Kind.PRODUCT, Kind.FEE])
def test_a_product_or_fee_is_never_covered(kind):
    everything = Coverage("c", "school", Period(), missed_fees=True)
    assert paid(facts([charge(nov(2), kind=kind)], Single(ANA), coverages=(everything,))) == [{ANA: 120_00}]


def test_a_missed_appointment_is_covered_where_the_coverage_says_so_and_counts_as_a_session():
    def shares(*, missed_fees):
        school = Coverage("c", "school", Period(), max_sessions=1, missed_fees=missed_fees)
        entered = [charge(nov(2), cents=60_00, kind=Kind.MISSED), charge(nov(4))]
        return paid(facts(entered, Single(ANA), coverages=(school,)))

    assert shares(missed_fees=True) == [{"school": 60_00}, {ANA: 120_00}]
    assert shares(missed_fees=False) == [{ANA: 60_00}, {"school": 120_00}]


def test_a_coverage_of_chosen_services_covers_no_other():
    school = Coverage("c", "school", Period(), services=frozenset({"speech"}))
    charges = [charge(nov(2), service="speech"), charge(nov(4), service="art"), charge(nov(6))]
    assert paid(facts(charges, Single(ANA), coverages=(school,))) == [{"school": 120_00}, {ANA: 120_00}, {ANA: 120_00}]


def test_a_coverage_that_runs_out_in_the_middle_of_a_charge_gives_what_is_left():
    school = Coverage("c", "school", Period(), max_cents=150_00)
    charges = [charge(nov(day)) for day in (2, 4, 6)]
    assert paid(facts(charges, Single(ANA), coverages=(school,))) == [
        {"school": 120_00},
        {"school": 30_00, ANA: 90_00},
        {ANA: 120_00},
    ]


def test_a_charge_of_which_a_coverage_leaves_nothing_takes_no_turn():
    school = Coverage("c", "school", Period(), max_sessions=1)
    known = facts([charge(nov(2)), charge(nov(4))], ByAppointment((ANA, BEN), (1, 1)), coverages=(school,))
    assert paid(known) == [{"school": 120_00}, {ANA: 120_00}]


def test_a_charge_of_nothing_takes_no_turn():
    known = facts([charge(nov(2), cents=0), charge(nov(4))], ByAppointment((ANA, BEN), (1, 1)))
    assert paid(known) == [{}, {ANA: 120_00}]


def test_what_was_invoiced_has_used_up_the_coverage_and_the_cap():
    school = Coverage("c", "school", Period(), fixed_cents=20_00, max_sessions=1)
    cap = Cap(BEN, cents=100_00, excess_to=ANA)
    known = fix(facts([charge(nov(4))], Single(BEN), caps=(cap,), coverages=(school,)))
    entered_late = replace(known, charges=(*known.charges, charge(nov(2))))
    assert paid(entered_late) == [{ANA: 120_00}]


@pytest.mark.parametrize(
    ("per", "ben"),
    [(Per.MONTH, [100_00, 100_00, 100_00]), (Per.YEAR, [100_00, 0, 100_00]), (Per.ALL, [100_00, 0, 0])],
)
def test_a_cap_counts_within_its_month_its_year_or_in_all(per, ben):
    charges = [charge(nov(2)), charge(date(2026, 12, 31)), charge(date(2027, 1, 1))]
    known = facts(charges, Single(BEN), caps=(Cap(BEN, cents=100_00, per=per, excess_to=ANA),))
    assert [shares.get(BEN, 0) for shares in paid(known)] == ben


def test_the_same_month_of_another_year_is_another_month():
    charges = [charge(nov(2)), charge(date(2027, 11, 2))]
    known = facts(charges, Single(BEN), caps=(Cap(BEN, cents=100_00, per=Per.MONTH, excess_to=ANA),))
    assert paid(known) == [{BEN: 100_00, ANA: 20_00}] * 2


def test_the_excess_goes_to_whom_the_cap_names_before_the_others():
    def shares(excess_to):
        return paid(facts([charge(nov(2))], HALF, caps=(Cap(BEN, cents=10_00, excess_to=excess_to),)))

    assert shares(CY) == [{ANA: 60_00, BEN: 10_00, CY: 50_00}]
    assert shares(None) == [{ANA: 110_00, BEN: 10_00}]


def test_without_a_name_the_excess_goes_to_the_others_in_list_order():
    thirds = ByPercent((ANA, BEN, CY), (3000, 4000, 3000))
    known = facts([charge(nov(2), cents=100_00)], thirds, caps=(Cap(BEN, cents=0), Cap(ANA, cents=50_00)))
    assert paid(known) == [{ANA: 50_00, CY: 50_00}]


def test_who_takes_an_excess_takes_it_within_every_cap_of_their_own():
    caps = (
        Cap(BEN, cents=30_00, per=Per.MONTH, excess_to=CY),
        Cap(BEN, cents=40_00, excess_to=CY),
        Cap(ANA, cents=10_00, excess_to=BEN),
    )
    charges = [charge(nov(2)), charge(date(2026, 12, 2))]
    assert paid(facts(charges, Single(ANA), caps=caps)) == [
        {ANA: 10_00, BEN: 30_00, CY: 80_00},
        {BEN: 10_00, CY: 110_00},
    ]


def test_an_override_fills_no_cap():
    swap = Override(Rule(Single(BEN)), set_by="Sam")
    charges = [charge(nov(2), override=swap), charge(nov(4)), charge(nov(6))]
    cap = Cap(BEN, cents=100_00, excess_to=ANA)
    # Ben had the first turn by hand, Ana the next: on the 6th they are even, and a tie goes by list order
    known = facts(charges, ByAppointment((BEN, ANA), (1, 1)), caps=(cap,))
    assert paid(known) == [{BEN: 120_00}, {ANA: 120_00}, {BEN: 100_00, ANA: 20_00}]


def test_a_cap_of_sessions_counts_appointments_and_stops_no_product():
    charges = [charge(nov(1), kind=Kind.PRODUCT), charge(nov(2)), charge(nov(4)), charge(nov(5), kind=Kind.PRODUCT)]
    known = facts(charges, Single(BEN), caps=(Cap(BEN, sessions=1, excess_to=ANA),))
    known = replace(known, arrangements=tuple(replace(each, period=Period()) for each in known.arrangements))
    assert paid(known) == [{BEN: 120_00}, {BEN: 120_00}, {ANA: 120_00}, {BEN: 120_00}]


def test_a_cap_moves_cents_never_a_turn():
    cap = Cap(ANA, cents=0, excess_to=BEN)
    known = facts([charge(nov(day)) for day in (2, 4, 6)], ByAppointment((ANA, BEN), (1, 1)), caps=(cap,))
    assert [decision.turn for decision in decide(known)] == [ANA, BEN, ANA]
    assert paid(known) == [{BEN: 120_00}] * 3
