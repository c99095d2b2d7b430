"""The sentences that say why: full ones for the practice, discreet ones for the payer's own papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules.money import spoken, spoken_percent
from kinbook.rules.periods import spoken_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import (
        Arrangement,
        ByAmount,
        ByAppointment,
        ByCustody,
        ByPercent,
        ByWeek,
        PayerId,
    )
    from kinbook.rules.facts import Charge, Override, Payer


def turn_reason(
    payer: PayerId,
    rule: ByAppointment,
    charge: Charge,
    turns: Mapping[PayerId, int],
    payers: Mapping[PayerId, Payer],
) -> str:
    """Say whose turn it is, with the turns counted before."""
    name = payers[payer].name
    weighted = len(set(rule.weights)) > 1
    counts = [
        f"{payers[each].name} {turns.get(each, 0)}{f' (weight {weight})' if weighted else ''}"
        for each, weight in zip(rule.payers, rule.weights, strict=True)
    ]
    if charge.kind.is_appointment:
        return f"Alternate by appointment: {name}'s turn, after {', '.join(counts)}"
    return f"Alternate by appointment: {name} is next after {', '.join(counts)}; a {charge.kind} takes no turn"


def week_reason(name: str, rule: ByWeek) -> str:
    """Say whose week it is, with the date the weeks count from."""
    return f"Alternate by week: {name}'s week, counted from {spoken_day(rule.anchor)}"


def custody_reason(payer: PayerId, rule: ByCustody, charge: Charge, payers: Mapping[PayerId, Payer]) -> str:
    """Say whose day it is by the custody calendar, or which dated exception made it so."""
    calendar, name = rule.calendar, payers[payer].name
    if calendar.is_exception(charge.on):
        usual = payers[calendar.usually_has_child(charge.on)].name
        return (
            f"Custody calendar: exception on {spoken_day(charge.on)}, {name}'s day "
            f"(the {calendar.name()} calendar alone says {usual})"
        )
    place = (charge.on - calendar.anchor).days % len(calendar.cycle) + 1
    since = spoken_day(calendar.anchor)
    return f"Custody calendar {calendar.name()}: {name}'s day, {place} of {len(calendar.cycle)} from {since}"


def percent_reason(weight: int, rule: ByPercent, total_cents: int, given_cents: int) -> str:
    """Say the payer's percentage of everything so far, and what they were given before."""
    parts = "/".join(spoken_percent(each) for each in rule.weights)
    so_far = f"of {spoken(total_cents)} so far"
    return f"Split {parts}: {spoken_percent(weight)}% {so_far}, less {spoken(given_cents)} before"


def amount_reason(payer: PayerId, rule: ByAmount, cents: int) -> str:
    """Say the payer's fixed amount, or that the rest is theirs; what is less, where the charge is too small."""
    fixed = dict(rule.fixed)
    if payer == rule.remainder:
        return f"Split by amount: the rest after {spoken(sum(fixed.values()))}"
    if cents < fixed[payer]:
        return f"Split by amount: {spoken(cents)} is left towards {spoken(fixed[payer])} of each charge"
    return f"Split by amount: {spoken(fixed[payer])} of each charge"


def override_reason(override: Override, charge: Charge) -> str:
    """Say who set the charge's own payer, and why."""
    thing = "appointment" if charge.kind.is_appointment else charge.kind
    note = f": “{override.note}”" if override.note else ""
    return f"Set for this {thing} by {override.set_by}{note}"


def own_reason(arrangement: Arrangement) -> str:
    """Return what the payer's own papers print for a share under an arrangement."""
    since = arrangement.period.starts_on
    return "Your share under the payment arrangement" + (f" from {spoken_day(since)}" if since else "")


def own_override_reason(charge: Charge) -> str:
    """Return what the payer's own papers print for a share set by hand: no note, no name."""
    return f"Your share, as arranged for {spoken_day(charge.on)}"
