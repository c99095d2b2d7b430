"""Who has the child on a day: a repeating cycle of days, with dated exceptions (holidays, swaps)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kinbook.rules.arrangement import PayerId

LONGEST_CYCLE = 28

WELL_KNOWN = {
    "Week on, week off": "AAAAAAABBBBBBB",
    "2-2-3": "AABBAAABBAABBB",
    "2-2-5-5": "AABBAAAAABBBBB",
    "Alternating weekends": "AAAAAAAAAAABBB",
}
"""Cycles by the name families use; A has the first day, B every other Friday to Sunday in the last."""


@dataclass(frozen=True, slots=True)
class CustodyCalendar:
    """A cycle of 1 to 28 days that repeats before and after the anchor date, and dates that differ from it."""

    anchor: date
    cycle: tuple[PayerId, ...]
    dates: Mapping[date, PayerId] = field(default_factory=dict)

    def has_child(self, day: date) -> PayerId:
        """Return who has the child on the day."""
        return self.dates.get(day) or self.usually_has_child(day)

    def usually_has_child(self, day: date) -> PayerId:
        """Return whose day it is by the cycle alone."""
        return self.cycle[(day - self.anchor).days % len(self.cycle)]

    def is_exception(self, day: date) -> bool:
        """Tell whether a dated exception stands on the day."""
        return day in self.dates

    def name(self) -> str:
        """Return the name families use for this cycle, or its length."""
        return cycle_name(self.cycle)


@lru_cache(maxsize=1024)
def cycle_name(cycle: tuple[PayerId, ...]) -> str:
    """Return the name families use for a cycle of two homes, or its length."""
    letters = "".join("A" if payer == cycle[0] else "B" for payer in cycle)
    homes = len(set(cycle))
    for name, known in WELL_KNOWN.items():
        if known == letters and homes == len(set(known)):
            return name
    return f"{len(cycle)}-day cycle"
