"""A rule in a few words, as pages name it: "Alternate by appointment, Ana first"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules.arrangement import (
    ByAmount,
    ByAppointment,
    ByCustody,
    ByPercent,
    ByWeek,
    Single,
)
from kinbook.rules.money import spoken, spoken_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import PayerId, Rule

MODE_NAMES = {
    "single": "One payer",
    "by_appointment": "Alternate by appointment",
    "by_week": "Alternate by week",
    "custody": "Custody calendar",
    "percent": "Split",
    "amount": "Split",
}


def spoken_rule(rule: Rule, names: Mapping[PayerId, str]) -> str:
    """Return the rule in a few words."""
    method = rule.method
    listed = [names.get(payer, "somebody") for payer in method.payers]
    match method:
        case Single():
            words = f"One payer: {listed[0]}"
        case ByAppointment(weights=weights):
            uneven = "" if len(set(weights)) == 1 else f", {':'.join(map(str, weights))}"
            words = f"Alternate by appointment{uneven}, {listed[0]} first"
        case ByWeek():
            words = f"Alternate by week, {listed[0]} first"
        case ByCustody(calendar=calendar):
            words = f"Custody calendar {calendar.name()}"
        case ByPercent(weights=weights):
            words = f"Split {'/'.join(spoken_percent(weight) for weight in weights)}: {', '.join(listed)}"
        case ByAmount(fixed=fixed):
            parts = [f"{names.get(payer, 'somebody')} {spoken(cents)}" for payer, cents in fixed]
            words = f"Split: {', '.join(parts)}, {listed[-1]} the rest"
    return words + (", with caps" if rule.caps else "")
