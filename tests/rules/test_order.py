"""Who comes when: the order of decisions, whose turn each takes, and the books that each rule keeps for itself."""

from dataclasses import replace
from datetime import date

from kinbook.rules.arrangement import ByAppointment, ByPercent, ByWeek, Cap, ExceptionRule, Kind, Rule, Single
from kinbook.rules.decide import CONFIDENTIAL, decide
from kinbook.rules.facts import Override
from kinbook.rules.periods import Period
from kinbook.rules.split import by_percent
from tests.rules.family import ANA, BEN, CY, PAYERS, arrangement, charge, facts, paid
from tests.rules.test_worked_examples import nov

IN_TURN = ByAppointment((ANA, BEN), (1, 1))


def who(known):
    return [next(iter(shares), None) for shares in paid(known)]


def test_what_is_only_scheduled_comes_after_all_that_is_billable():
    scheduled, shown, later = charge(nov(2), scheduled=True), charge(nov(4)), charge(nov(6))
    decisions = decide(facts([scheduled, shown, later], IN_TURN))
    assert [(each.charge, each.turn) for each in decisions] == [(shown.id, ANA), (later.id, BEN), (scheduled.id, ANA)]


def test_a_product_comes_at_the_end_of_its_day():
    product, session = charge(nov(2), kind=Kind.PRODUCT), charge(nov(2))
    assert [each.charge for each in decide(facts([product, session], IN_TURN))] == [session.id, product.id]
    assert who(facts([product, session], IN_TURN)) == [ANA, BEN]


def test_weeks_before_the_anchor_count_backwards():
    charges = [charge(date(2026, 10, day)) for day in (18, 19, 25, 26, 31)] + [charge(nov(1)), charge(nov(2))]
    assert who(facts(charges, ByWeek((ANA, BEN), nov(2)))) == [BEN, ANA, ANA, BEN, BEN, BEN, ANA]


def test_an_exception_keeps_turns_of_its_own():
    late = ExceptionRule(Rule(IN_TURN), kind=Kind.MISSED)
    agreed = arrangement(IN_TURN, exceptions=(late,))
    kinds = (Kind.SESSION, Kind.MISSED, Kind.SESSION, Kind.MISSED)
    charges = [charge(nov(day), kind=kind) for day, kind in enumerate(kinds, start=2)]
    assert who(facts(charges, arrangements=(agreed,))) == [ANA, ANA, BEN, BEN]


def test_each_exception_keeps_an_account_and_caps_of_its_own():
    half, cap = ByPercent((ANA, BEN), (5000, 5000)), Cap(BEN, cents=10, excess_to=ANA)
    exceptions = tuple(
        ExceptionRule(Rule(half, (cap,)), service=service, kind=kind)
        for service, kind in (("yoga", None), ("art", None), (None, Kind.FEE))
    )
    agreed = arrangement(half, exceptions=exceptions)
    charges = [
        charge(nov(2), 11),
        charge(nov(3), 11, service="yoga"),
        charge(nov(4), 11, service="art"),
        charge(nov(5), 11, kind=Kind.FEE),
        charge(nov(6), 11),
        charge(nov(7), 13, service="yoga"),
    ]
    assert paid(facts(charges, arrangements=(agreed,))) == [
        *[{ANA: 6, BEN: 5}] * 4,
        {ANA: 5, BEN: 6},
        {ANA: 8, BEN: 5},
    ]


def test_the_first_exception_that_matches_wins():
    first, second = (ExceptionRule(Rule(Single(payer)), kind=Kind.MISSED) for payer in (BEN, CY))
    agreed = arrangement(Single(ANA), exceptions=(first, second))
    assert who(facts([charge(nov(2), kind=Kind.MISSED)], arrangements=(agreed,))) == [BEN]


def test_a_confidential_charge_given_to_the_client_takes_no_turn_of_theirs():
    alone = Override(Rule(Single("mia")), set_by="Sam")
    charges = [charge(nov(2), confidential=True, override=alone), charge(nov(4)), charge(nov(6))]
    method = ByAppointment(("mia", ANA), (1, 1))
    assert who(facts(charges, method)) == ["mia", "mia", ANA]
    assert who(facts(charges, method, guardians_pay_confidential=True)) == ["mia", ANA, "mia"]


def test_a_confidential_charge_is_given_to_no_guardian_by_hand():
    by_hand = Override(Rule(Single(BEN)), set_by="Sam")
    (decision,) = decide(facts([charge(nov(2), confidential=True, override=by_hand)], Single(ANA)))
    assert (decision.shares, decision.needs) == ((), CONFIDENTIAL)


def test_whose_link_ended_is_billed_neither_by_rule_nor_cap_nor_hand():
    gone = {**PAYERS, BEN: replace(PAYERS[BEN], until=nov(3))}
    by_hand, cap = Override(Rule(Single(BEN)), set_by="Sam"), Cap(ANA, cents=0, excess_to=BEN)

    def last_days(method, caps=(), override=None):
        charges = [charge(nov(day), override=override) for day in (2, 3)]
        return who(facts(charges, method, caps=caps, payers=gone))

    assert last_days(Single(BEN)) == [BEN, None]
    assert last_days(Single(ANA), (cap,)) == [BEN, None]
    assert last_days(Single(ANA), override=by_hand) == [BEN, None]


def test_an_override_of_a_product_or_to_somebody_else_takes_no_turn():
    to_ana, to_cy = (Override(Rule(Single(payer)), set_by="Sam") for payer in (ANA, CY))
    charges = [charge(nov(2), kind=Kind.PRODUCT, override=to_ana), charge(nov(3), override=to_cy), charge(nov(4))]
    assert who(facts(charges, IN_TURN)) == [ANA, CY, ANA]


def test_a_split_set_by_hand_starts_from_nothing_and_enters_no_account():
    half = ByPercent((ANA, BEN), (5000, 5000))
    by_hand = Override(Rule(half), set_by="Sam")
    charges = [charge(nov(2), 11), charge(nov(3), 11, override=by_hand), charge(nov(4), 11)]
    assert paid(facts(charges, half)) == [{ANA: 6, BEN: 5}, {ANA: 6, BEN: 5}, {ANA: 5, BEN: 6}]


def test_a_negative_share_is_taken_from_the_largest_the_first_in_the_list():
    two_two_one = ByPercent((ANA, BEN, CY), (4000, 4000, 2000))
    # Cy was given 10.00 of 20.00, 6.00 too much
    assert by_percent(10_00, two_two_one, {CY: 10_00}) == [2_00, 8_00, 0]


def test_turns_and_cents_are_carried_on_where_the_arrangement_says_so():
    def after(counts_with):
        before = arrangement(IN_TURN, Period(None, nov(5)), name="before")
        then = arrangement(IN_TURN, Period(nov(5), None), name="then", counts_with=counts_with)
        return who(facts([charge(nov(2)), charge(nov(6))], arrangements=(before, then)))

    assert after("") == [ANA, ANA]
    assert after("before") == [ANA, BEN]
