"""Where a new arrangement goes among those a client has: their ranges never overlap (WHO_PAYS, API)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kinbook.rules.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kinbook.rules.arrangement import Arrangement


class Swallows(Exception):
    """The new range would cover the beginning of a later arrangement."""

    def __init__(self, later: Arrangement) -> None:
        """Keep the arrangement in the way."""
        super().__init__("would swallow a later arrangement")
        self.later = later


def predecessor(existing: Iterable[Arrangement], starts_on: date | None) -> Arrangement | None:
    """Return the arrangement whose turns and cents a new one would carry on: replaced, cut, or the last that ended."""
    before = []
    for each in existing:
        period = each.period
        if period.starts_on == starts_on or (starts_on and period.holds(starts_on)):
            return each
        if starts_on and period.until and period.until <= starts_on:
            before.append((period.until, each))
    return max(before, key=lambda ended: ended[0])[1] if before else None


def place(existing: Iterable[Arrangement], new: Arrangement, rest_id: str) -> list[Arrangement]:
    """Return all arrangements once `new` stands, in no order.

    The one with the same start is replaced; the one it begins inside ends that day and, where the new one ends, goes
    on after it under the id `rest_id`; one that begins later within the new range is refused by Swallows.
    """
    placed = [new]
    for each in existing:
        start = each.period.starts_on
        if start == new.period.starts_on:
            continue
        if not each.period.overlaps(new.period):
            placed.append(each)
            continue
        if new.period.starts_on is None or (start is not None and start > new.period.starts_on):
            raise Swallows(each)
        placed.append(replace(each, period=Period(start, new.period.starts_on)))
        until = new.period.until
        if until is not None and (each.period.until is None or until < each.period.until):
            rest = replace(each, id=rest_id, period=Period(until, each.period.until))
            placed.append(replace(rest, counts_with=each.counts_with or each.id))
    return placed


def ended(existing: Iterable[Arrangement], on: date) -> list[Arrangement]:
    """Return the arrangements once the one in force on a day has ended that day."""
    left = []
    for each in existing:
        if not each.period.holds(on):
            left.append(each)
        elif each.period.starts_on != on:
            left.append(replace(each, period=Period(each.period.starts_on, on)))
    return left
