"""The invariants of who pays, over random histories: voids, decisions anew and re-addressing included."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from kinbook.rules.arrangement import ByAppointment, Kind
from kinbook.rules.decide import decide, in_order
from kinbook.rules.money import WHOLE
from tests.rules.family import ANA, BEN, CY, PAYERS, charge, facts, fix
from tests.rules.histories import START, charges, families, lived, percents


@given(lived())
def test_shares_add_up_to_the_charge_and_none_is_negative(known):
    amounts = {each.id: each.cents for each in known.charges}
    for decision in decide(known):
        assert all(share.cents > 0 for share in decision.shares)
        if decision.shares:
            assert sum(share.cents for share in decision.shares) == amounts[decision.charge]
        else:
            assert decision.needs or amounts[decision.charge] == 0


@given(lived(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_arrive_changes_nothing(known, shuffle: random.Random):
    mixed = list(known.charges)
    shuffle.shuffle(mixed)
    arrangements = list(known.arrangements)
    shuffle.shuffle(arrangements)
    assert decide(replace(known, charges=tuple(mixed), arrangements=tuple(arrangements))) == decide(known)


@given(lived())
def test_invoicing_what_comes_next_changes_no_later_decision(known):
    """Why a run may trust the forecast: fixing the first of the order leaves every other decision as it was."""
    before = decide(known)
    first = next((each for each in in_order(known.charges) if not each.scheduled), None)
    assume(first is not None)
    through = [each.id for each in in_order(known.charges) if not each.scheduled][: len(before) // 2]
    after = {each.charge: each for each in decide(fix(known, *through, "none"))}
    assert all(after.get(each.charge, each) == each for each in before)


@given(percents(), st.lists(charges(cents=st.integers(100_00, 300_00)), min_size=1, max_size=30), st.data())
def test_after_voids_and_readdressing_the_next_decision_is_exact_again(method, entered, data):
    plain = [replace(each, override=None, confidential=False, scheduled=False) for each in entered]
    assume(all(each.cents * weight >= 50 * WHOLE for each in plain for weight in method.weights))
    known = data.draw(lived(st.just(facts(plain, method))))
    decisions = decide(known)
    assume(decisions)
    account = Counter()
    for each in [*(each.fixed for each in known.charges if each.fixed), *decisions]:
        account.update(each.given or {})
    for payer, weight in zip(method.payers, method.weights, strict=True):
        assert abs(account[payer] - Fraction(account.total() * weight, WHOLE)) < 1


@given(percents(), st.lists(st.integers(100_00, 300_00), min_size=1, max_size=40))
def test_percent_shares_are_exact_after_every_charge(method, amounts):
    known = facts([charge(START + timedelta(day), cents) for day, cents in enumerate(amounts)], method)
    assume(all(cents * weight >= WHOLE for cents in amounts for weight in method.weights))
    total, given_cents = 0, Counter()
    for decision in decide(known):
        given_cents.update(decision.given)
        total += sum(decision.given.values())
        for payer, weight in zip(method.payers, method.weights, strict=True):
            assert abs(given_cents[payer] - Fraction(total * weight, WHOLE)) < 1


@given(st.lists(st.sampled_from([None, ANA, BEN, CY]), max_size=30), st.data())
def test_unweighted_turns_differ_by_one_or_go_to_the_one_behind(overrides, data):
    both = ByAppointment((ANA, BEN, CY), (1, 1, 1))
    entered = [charge(START + timedelta(day)) for day in range(len(overrides) + 5)]
    known = data.draw(lived(st.just(facts(entered, both))))
    turns = Counter(dict.fromkeys(both.payers, 0))
    turns.update(each.fixed.turn for each in known.charges if each.fixed and each.fixed.turn)
    for decision in decide(known):
        behind = min(turns[payer] for payer in both.payers)
        assert turns[decision.turn] == behind
        turns[decision.turn] += 1


def test_unforced_turns_never_differ_by_more_than_one():
    both = ByAppointment((ANA, BEN, CY), (1, 1, 1))
    known = facts([charge(START + timedelta(day)) for day in range(20)], both)
    turns = Counter()
    for decision in decide(known):
        turns[decision.turn] += 1
        counts = [turns[payer] for payer in both.payers]
        assert max(counts) - min(counts) <= 1


@given(families())
def test_every_share_says_why_and_the_payer_reads_nothing_of_another(known):
    for decision in decide(known):
        for share in decision.shares:
            assert share.reason
            assert share.payer_reason
            for payer, who in PAYERS.items():
                assert who.name not in share.payer_reason, payer
            assert "%" not in share.payer_reason
            assert "swap" not in share.payer_reason


@given(families())
def test_nobody_is_billed_after_their_link_ended(known):
    ended = {payer: replace(who, until=START + timedelta(60)) for payer, who in PAYERS.items() if payer in {ANA, BEN}}
    known = replace(known, payers={**PAYERS, **ended}, coverages=())
    dates = {each.id: each.on for each in known.charges}
    for decision in decide(known):
        for share in decision.shares:
            assert share.payer not in ended or dates[decision.charge] < START + timedelta(60)


@given(lived())
def test_a_confidential_charge_never_reaches_a_guardian(known):
    known = replace(known, guardians_pay_confidential=False)
    closed = {each.id for each in known.charges if each.confidential}
    for decision in decide(known):
        if decision.charge in closed:
            assert decision.turn is None
            assert decision.given is None
            assert not {share.payer for share in decision.shares} & {ANA, BEN, CY}


@given(families())
def test_caps_hold(known):
    known = replace(known, arrangements=tuple(replace(each, counts_with="") for each in known.arrangements))
    paid = Counter()
    kinds = {each.id: each for each in known.charges}
    caps = {}
    for each in known.arrangements:
        for kind in Kind:
            key, rule = each.rule_for(None, kind)
            caps[key] = rule.caps
    for decision in decide(known):
        for share in decision.shares:
            if share.source == "rule":
                month = (kinds[decision.charge].on.year, kinds[decision.charge].on.month)
                paid[decision.rule_key, share.payer, month] += share.cents
    for (key, payer, month), cents in paid.items():
        for cap in caps.get(key, ()):
            if cap.payer == payer and cap.cents is not None and cap.per == "month":
                assert cents <= cap.cents, month
