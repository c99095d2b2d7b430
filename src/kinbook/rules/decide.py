"""From facts to decisions: the only entry to the rules of who pays (WHO_PAYS, stages 1 and 2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kinbook.rules import words
from kinbook.rules.arrangement import (
    ByAmount,
    ByAppointment,
    ByCustody,
    ByPercent,
    ByWeek,
    Single,
)
from kinbook.rules.books import Books, Page
from kinbook.rules.caps import apply_caps, spoken_moves
from kinbook.rules.coverage import third_parties
from kinbook.rules.facts import Decision, PayerKind, Share, Source
from kinbook.rules.money import spoken
from kinbook.rules.periods import spoken_day
from kinbook.rules.split import by_amount, by_percent
from kinbook.rules.turns import whose_turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kinbook.rules.arrangement import Arrangement, Method, PayerId, Rule
    from kinbook.rules.facts import Charge, Facts, Override, Payer

CONFIDENTIAL = "Confidential: choose the client, an organization, or write it off"
CAPS_USED_UP = "The caps of all payers are used up"


class Given(NamedTuple):
    """What a method gives one payer of what is left of a charge, and why."""

    payer: PayerId
    cents: int
    reason: str


class Undecided(Exception):
    """Nobody can be billed; the message says what is missing."""


def decide(facts: Facts) -> list[Decision]:
    """Return a decision for every charge that is not fixed, in the order of decisions.

    The same facts give the same decisions in whatever order they arrive: fixed charges count first, in the order
    they were fixed; then the billable by moment and id; then the scheduled likewise. A charge of nothing gets a
    decision without shares.
    """
    books = Books()
    enter_fixed(facts.charges, books)
    decisions = []
    for charge in in_order(facts.charges):
        decision = decide_one(charge, facts, books)
        books.enter(charge, decision)
        decisions.append(decision)
    return decisions


def enter_fixed(charges: Iterable[Charge], books: Books) -> None:
    """Enter what was fixed into the books, in the order it was fixed."""
    fixed = [(charge.fixed.order, charge.id, charge, charge.fixed) for charge in charges if charge.fixed]
    for _, _, charge, stands in sorted(fixed, key=lambda each: each[:2]):
        books.enter(charge, stands)


def in_order(charges: Iterable[Charge]) -> list[Charge]:
    """Return the charges still to decide, in the order of decisions."""
    undecided = [charge for charge in charges if not charge.fixed]
    return sorted(undecided, key=lambda charge: (charge.scheduled, charge.moment, charge.id))


def decide_one(charge: Charge, facts: Facts, books: Books) -> Decision:
    """Return who pays one charge after what the books already hold; never bills anyone whose link has ended."""
    if charge.cents == 0:
        return Decision(charge.id, (), "Nothing is charged: the amount is 0.00")
    covered = third_parties(charge, facts, books)
    left = charge.cents - sum(share.cents for share in covered)
    if left == 0:
        return _decision(charge, facts, covered)
    try:
        if charge.override:
            return _by_override(charge, charge.override, facts, covered, left)
        return _by_arrangement(charge, facts, books, covered, left)
    except Undecided as missing:
        return Decision(charge.id, (), str(missing), needs=str(missing))


def arrangement_on(charge: Charge, facts: Facts) -> Arrangement | None:
    """Return the arrangement in force on the charge's local date."""
    for arrangement in facts.arrangements:
        if arrangement.period.holds(charge.on):
            return arrangement
    return None


def _by_arrangement(charge: Charge, facts: Facts, books: Books, covered: list[Share], left: int) -> Decision:
    if _is_closed(charge, facts):
        raise Undecided(CONFIDENTIAL)
    arrangement = arrangement_on(charge, facts)
    if arrangement is None:
        raise Undecided(f"No arrangement in force on {spoken_day(charge.on)}")
    key, rule = arrangement.rule_for(charge.service, charge.kind)
    page = books.pages[key]
    given = given_by(rule.method, left, charge, page, facts.payers)
    shares = _rule_shares(given, rule, charge, page, facts)
    own = words.own_reason(arrangement)
    takes_turn = isinstance(rule.method, ByAppointment) and charge.kind.is_appointment
    return _decision(
        charge,
        facts,
        covered + [Share(payer, cents, reason, own) for payer, cents, reason in shares],
        rule_key=key,
        turn=given[0].payer if takes_turn else None,
        given={each.payer: each.cents for each in given},
    )


def _rule_shares(given: list[Given], rule: Rule, charge: Charge, page: Page, facts: Facts) -> list[Given]:
    """Return what each payer is billed after the caps; everyone billed is still linked to the client."""
    if not rule.caps:
        return _present((each for each in given if each.cents), charge, facts)
    capped = apply_caps({each.payer: each.cents for each in given}, rule, charge, page)
    if capped is None:
        raise Undecided(CAPS_USED_UP)
    billed, moves = capped
    reasons = {each.payer: each.reason for each in given}
    return _present(
        (
            Given(payer, cents, reasons.get(payer, "Over a cap") + spoken_moves(payer, moves, facts.payers))
            for payer, cents in billed.items()
            if cents
        ),
        charge,
        facts,
    )


def _by_override(charge: Charge, override: Override, facts: Facts, covered: list[Share], left: int) -> Decision:
    """Return the shares set by hand: they stand outside the rule, but one payer of an alternation takes the turn."""
    given = given_by(override.rule.method, left, charge, Page(), facts.payers)
    billed = _present((each for each in given if each.cents), charge, facts)
    if _is_closed(charge, facts):
        _require_discreet(billed, facts)
    why, own = words.override_reason(override, charge), words.own_override_reason(charge)
    shares = [
        Share(payer, cents, f"{why}; {reason}" if len(billed) > 1 else why, own, Source.OVERRIDE)
        for payer, cents, reason in billed
    ]
    key, turn = _turn_taken(charge, override, facts)
    return _decision(charge, facts, covered + shares, rule_key=key, turn=turn)


def _turn_taken(charge: Charge, override: Override, facts: Facts) -> tuple[str, PayerId | None]:
    method = override.rule.method
    arrangement = arrangement_on(charge, facts)
    if arrangement and isinstance(method, Single) and charge.kind.is_appointment and not _is_closed(charge, facts):
        key, rule = arrangement.rule_for(charge.service, charge.kind)
        if isinstance(rule.method, ByAppointment) and method.payer in rule.method.payers:
            return key, method.payer
    return "", None


def given_by(method: Method, left: int, charge: Charge, page: Page, payers: Mapping[PayerId, Payer]) -> list[Given]:
    """Return what the method gives each payer of the cents left, caps aside, with the reason."""
    match method:
        case Single(payer):
            return [Given(payer, left, f"One payer: {payers[payer].name}")]
        case ByAppointment():
            payer = whose_turn(method, page.turns)
            return [Given(payer, left, words.turn_reason(payer, method, charge, page.turns, payers))]
        case ByWeek(everyone, anchor):
            payer = everyone[(charge.on - anchor).days // 7 % len(everyone)]
            return [Given(payer, left, words.week_reason(payers[payer].name, method))]
        case ByCustody(calendar=calendar):
            payer = calendar.has_child(charge.on)
            return [Given(payer, left, words.custody_reason(payer, method, charge, payers))]
        case ByPercent():
            return _by_percent(method, left, page)
        case ByAmount():
            return [
                Given(payer, cents, words.amount_reason(payer, method, cents))
                for payer, cents in zip(method.payers, by_amount(left, method), strict=True)
            ]


def _by_percent(method: ByPercent, left: int, page: Page) -> list[Given]:
    parts = by_percent(left, method, page.given)
    total = left + sum(page.given.get(payer, 0) for payer in method.payers)
    return [
        Given(payer, cents, words.percent_reason(weight, method, total, page.given.get(payer, 0)))
        for payer, cents, weight in zip(method.payers, parts, method.weights, strict=True)
    ]


def _present(billed: Iterable[Given], charge: Charge, facts: Facts) -> list[Given]:
    everyone = list(billed)
    for each in everyone:
        payer = facts.payers[each.payer]
        if payer.until is not None and payer.until <= charge.on:
            if payer.until == date.min:
                raise Undecided(f"{payer.name} is not a contact")
            raise Undecided(f"{payer.name}'s contact link ended on {spoken_day(payer.until)}")
    return everyone


def _is_closed(charge: Charge, facts: Facts) -> bool:
    """Tell whether the charge is confidential to the client and no guardian may be billed for it."""
    return charge.confidential and not facts.guardians_pay_confidential


def _require_discreet(billed: list[Given], facts: Facts) -> None:
    if any(facts.payers[each.payer].kind is PayerKind.CONTACT for each in billed):
        raise Undecided(CONFIDENTIAL)


def _decision(
    charge: Charge,
    facts: Facts,
    shares: list[Share],
    *,
    rule_key: str = "",
    turn: PayerId | None = None,
    given: Mapping[PayerId, int] | None = None,
) -> Decision:
    explanation = "; ".join(
        f"{facts.payers[share.payer].name} {spoken(share.cents)}: {share.reason}" for share in shares
    )
    return Decision(charge.id, tuple(shares), explanation, "", rule_key, turn, given)
