"""Caps on a payer: what is over the cap goes to the named payer, else to the others in list order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.rules.arrangement import Per
from kinbook.rules.money import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import Cap, PayerId, Rule
    from kinbook.rules.books import Page
    from kinbook.rules.facts import Charge, Payer

SPANS = {Per.MONTH: "a month", Per.YEAR: "a year", Per.ALL: "in all"}


@dataclass(frozen=True, slots=True)
class Moved:
    """Cents that a cap moved from one payer to another."""

    cap: Cap
    used_cents: int
    used_sessions: int
    cents: int
    to: PayerId


def apply_caps(
    given: dict[PayerId, int], rule: Rule, charge: Charge, page: Page
) -> tuple[dict[PayerId, int], list[Moved]] | None:
    """Return what each payer is billed and what moved; None where nobody may take the excess any more."""
    billed = dict(given)
    moves: list[Moved] = []
    for cap in rule.caps:
        used = page.used_by(cap.payer, charge.on, cap.per)
        excess = billed.get(cap.payer, 0) - _room(cap, page, charge)
        if excess <= 0:
            continue
        for other in _takers(cap, rule):
            cents = min(excess, _room_of(other, rule, charge, page) - billed.get(other, 0))
            if cents <= 0:
                continue
            billed[cap.payer] -= cents
            billed[other] = billed.get(other, 0) + cents
            moves.append(Moved(cap, used.cents, used.sessions, cents, other))
            excess -= cents
        if excess > 0:
            return None
    return billed, moves


def _takers(cap: Cap, rule: Rule) -> list[PayerId]:
    """Return who takes the excess: whom the cap names, whom that one's own caps name, then the others in list order."""
    named: list[PayerId] = []
    waiting = [cap.excess_to]
    while waiting:
        taker = waiting.pop(0)
        if taker and taker != cap.payer and taker not in named:
            named.append(taker)
            waiting += [other.excess_to for other in rule.caps if other.payer == taker]
    return [*named, *(payer for payer in rule.method.payers if payer != cap.payer and payer not in named)]


def _room(cap: Cap, page: Page, charge: Charge) -> int:
    """Return how many cents the payer may still be billed for this charge under the cap."""
    used = page.used_by(cap.payer, charge.on, cap.per)
    room = charge.cents
    if cap.cents is not None:
        room = min(room, max(0, cap.cents - used.cents))
    if cap.sessions is not None and charge.kind.is_appointment and used.sessions >= cap.sessions:
        room = 0
    return room


def _room_of(payer: PayerId, rule: Rule, charge: Charge, page: Page) -> int:
    rooms = (_room(cap, page, charge) for cap in rule.caps if cap.payer == payer)
    return min(rooms, default=charge.cents)


def spoken_moves(payer: PayerId, moves: list[Moved], payers: Mapping[PayerId, Payer]) -> str:
    """Return what caps did to a payer's share, as the end of a reason; empty where nothing moved."""
    parts = []
    for move in moves:
        if move.cap.payer == payer:
            parts.append(f"{_spoken_cap(move)}: {spoken(move.cents)} moved to {payers[move.to].name}")
        if move.to == payer:
            parts.append(f"takes {spoken(move.cents)} over {payers[move.cap.payer].name}'s cap, {_spoken_cap(move)}")
    return "".join(f"; {part}" for part in parts)


def _spoken_cap(move: Moved) -> str:
    cap = move.cap
    if cap.cents is not None:
        return f"at most {spoken(cap.cents)} {SPANS[cap.per]}, {spoken(move.used_cents)} used"
    return f"at most {cap.sessions} sessions {SPANS[cap.per]}, {move.used_sessions} used"
