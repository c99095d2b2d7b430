"""The Ortiz family as facts: Ana, Ben and Cy can pay for Mia; a school and an insurer cover."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from itertools import count

from kinbook.rules.arrangement import Arrangement, Kind, Rule
from kinbook.rules.decide import decide
from kinbook.rules.facts import Charge, Decision, Facts, Fixed, Payer, PayerKind
from kinbook.rules.periods import Period

ANA, BEN, CY = "ana", "ben", "cy"
PAYERS = {
    ANA: Payer("Ana"),
    BEN: Payer("Ben"),
    CY: Payer("Cy"),
    "mia": Payer("Mia", PayerKind.CLIENT),
    "school": Payer("Maple School", PayerKind.ORGANIZATION),
    "insurer": Payer("Harbor Health", PayerKind.ORGANIZATION),
}
_numbers = count(1)


def charge(on: date, cents: int = 120_00, kind: Kind = Kind.SESSION, **more) -> Charge:
    moment = datetime.combine(on, time(16) if kind.is_appointment else time.max)
    return Charge(f"{next(_numbers):06}", kind, cents, on, moment, **more)


def arrangement(method, period=None, *, caps=(), exceptions=(), name="arrangement", counts_with="") -> Arrangement:
    return Arrangement(name, period or Period(), Rule(method, caps), exceptions, counts_with)


def facts(charges: Iterable[Charge], method=None, *, caps=(), arrangements=(), **more) -> Facts:
    if method:
        arrangements = (arrangement(method, Period(date(2026, 1, 5)), caps=caps),)
    return Facts(tuple(charges), arrangements, payers=more.pop("payers", PAYERS), **more)


def paid(known: Facts) -> list[dict[str, int]]:
    """Who pays how much of each undecided charge, in the order of decisions."""
    return [{share.payer: share.cents for share in decision.shares} for decision in decide(known)]


def fix(known: Facts, *ids: str) -> Facts:
    """The facts after the decided charges (or those named) were invoiced, in the order of decisions."""
    order = max((each.fixed.order for each in known.charges if each.fixed), default=0)
    decisions = {each.charge: each for each in decide(known) if each.shares and (not ids or each.charge in ids)}
    places = {each: order + place for place, each in enumerate(decisions, start=1)}
    return replace(
        known,
        charges=tuple(
            replace(each, fixed=fixed(decisions[each.id], places[each.id])) if each.id in decisions else each
            for each in known.charges
        ),
    )


def fixed(decision: Decision, order: int) -> Fixed:
    return Fixed(order, decision.shares, decision.rule_key, decision.turn, decision.given)
