"""What becomes of a decision whose invoice is voided or given to somebody else, and of money that comes in."""

from dataclasses import replace
from datetime import date

import pytest

from kinbook.rules.afterwards import freed, readdressed
from kinbook.rules.allocate import Open, in_order, oldest_first
from kinbook.rules.arrangement import ByAmount, ByAppointment, ByPercent, Coverage, Kind, Rule, Single
from kinbook.rules.books import Page
from kinbook.rules.decide import Undecided
from kinbook.rules.facts import Share, Source
from kinbook.rules.periods import Period
from kinbook.rules.readdress import readdressed_share, refuse_gone, refuse_guardians
from tests.rules.family import ANA, BEN, CY, PAYERS, charge, facts, fix, paid
from tests.rules.test_worked_examples import nov

HALF = ByPercent((ANA, BEN), (5000, 5000))
IN_TURN = ByAppointment((ANA, BEN), (1, 1))


def invoiced(method, **more):
    """One session that was invoiced, with one of 0.11 after it that is still to be decided."""
    known = facts([charge(nov(2), 11), charge(nov(4), 11)], method, **more)
    return fix(known, known.charges[0].id)


def with_first(known, stands):
    return replace(known, charges=(replace(known.charges[0], fixed=stands), *known.charges[1:]))


def to(payer, cents=11):
    return Share(payer, cents, source=Source.READDRESS)


def test_freed_it_waits_for_the_same_payers_and_keeps_its_turn():
    known = invoiced(IN_TURN)
    stands = freed(known.charges[0].fixed)
    assert (stands.shares, stands.turn) == (known.charges[0].fixed.shares, ANA)
    assert paid(with_first(known, stands)) == [{BEN: 11}]


def test_freed_it_leaves_the_account():
    known = invoiced(HALF)
    assert paid(known) == [{ANA: 5, BEN: 6}]
    assert paid(with_first(known, freed(known.charges[0].fixed))) == [{ANA: 6, BEN: 5}]


def test_of_which_a_share_is_given_away_it_leaves_the_account_whole():
    known = invoiced(HALF)
    stands = known.charges[0].fixed
    given = readdressed(stands, [share for share in stands.shares if share.payer == BEN], [to(ANA, 5)])
    assert [(share.payer, share.cents) for share in given.shares] == [(ANA, 6), (ANA, 5)]
    assert paid(with_first(known, given)) == [{ANA: 6, BEN: 5}]


@pytest.mark.parametrize(
    ("new", "turn", "then"), [([to(BEN)], BEN, ANA), ([to(CY)], CY, ANA), ([to(ANA, 6), to(BEN, 5)], None, ANA)]
)
def test_the_turn_goes_with_the_share_and_divided_it_is_nobodys(new, turn, then):
    known = invoiced(IN_TURN)
    stands = known.charges[0].fixed
    given = readdressed(stands, stands.shares, new)
    assert given.turn == turn
    assert paid(with_first(known, given)) == [{then: 11}]


def test_what_a_school_covered_takes_no_turn_along():
    school = Coverage("c", "school", Period(), fixed_cents=5, max_sessions=1)
    known = invoiced(ByAppointment(("school", ANA), (1, 1)), coverages=(school,))
    stands = known.charges[0].fixed
    covered = [share for share in stands.shares if share.source is Source.COVERAGE]
    assert readdressed(stands, covered, [to(BEN, 5)]).turn == "school"


def given(method, *cents, page=None):
    page = page or Page()
    return [
        {
            share.payer: share.cents
            for share in readdressed_share(
                Share(ANA, each), Rule(method), charge(nov(2), each), PAYERS, page, by="Sam", why="moved"
            )
        }
        for each in cents
    ]


def test_the_lines_of_an_invoice_are_given_by_turns_and_to_the_cent():
    assert given(IN_TURN, 5, 5, 5) == [{ANA: 5}, {BEN: 5}, {ANA: 5}]
    assert given(HALF, 11, 11) == [{ANA: 6, BEN: 5}, {ANA: 5, BEN: 6}]
    assert given(ByAmount(((BEN, 8),), CY), 11, 7) == [{BEN: 8, CY: 3}, {BEN: 7}]


def test_it_is_refused_to_who_was_gone_on_the_day_and_not_the_day_before():
    gone = {**PAYERS, BEN: replace(PAYERS[BEN], until=nov(3))}
    refuse_gone(charge(nov(2)), [to(BEN)], gone)
    with pytest.raises(Undecided, match="Ben was not a contact any more on 3 November 2026"):
        refuse_gone(charge(nov(3)), [to(BEN)], gone)


def test_a_confidential_one_goes_to_a_guardian_only_where_the_practice_allows_it():
    closed, plain = charge(nov(2), confidential=True), charge(nov(2))
    refuse_guardians(plain, [to(BEN)], PAYERS, allowed=False)
    refuse_guardians(closed, [to(BEN)], PAYERS, allowed=True)
    refuse_guardians(closed, [to("mia"), to("school")], PAYERS, allowed=False)
    with pytest.raises(Undecided, match="Confidential"):
        refuse_guardians(closed, [to("mia"), to(BEN)], PAYERS, allowed=False)


def test_money_settles_the_oldest_due_date_first_then_the_lowest_number():
    open_ones = [
        Open("late", date(2026, 12, 1), 1, 50_00),
        Open("second", date(2026, 11, 1), 3, 50_00),
        Open("first", date(2026, 11, 1), 2, 50_00),
    ]
    assert oldest_first(120_00, open_ones) == [("first", 50_00), ("second", 50_00), ("late", 20_00)]
    assert oldest_first(50_00, open_ones) == [("first", 50_00)]
    assert in_order(60_00, [("b", 50_00), ("c", 0), ("a", 50_00)]) == [("b", 50_00), ("a", 10_00)]


def test_the_practice_reads_who_had_it_and_why_it_moved_and_the_new_payer_neither():
    assert given(Single(BEN), 11) == [{BEN: 11}]
    product = charge(nov(2), 11, Kind.PRODUCT)
    (share,) = readdressed_share(Share(ANA, 11), Rule(Single(BEN)), product, PAYERS, Page(), by="Sam", why="moved")
    assert "Ana" not in share.payer_reason
    assert "moved" not in share.payer_reason
    assert share.reason == "Re-addressed from Ana by Sam: “moved”"
