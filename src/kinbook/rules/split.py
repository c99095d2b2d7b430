"""Splitting one amount between payers, exact to the cent and fair over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules.money import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import ByAmount, ByPercent, PayerId


def by_percent(cents: int, rule: ByPercent, given: Mapping[PayerId, int]) -> list[int]:
    """Return each payer's cents of a charge, in list order, under the running account of WHO_PAYS.

    A payer's exact claim is their percent of everything so far, this charge included, less what they were given
    before. Everyone gets its floor; the cents left over go to the largest fractions, ties by list order.
    """
    before = [given.get(payer, 0) for payer in rule.payers]
    total = sum(before) + cents
    claims = [total * weight - had * WHOLE for weight, had in zip(rule.weights, before, strict=True)]
    shares = [claim // WHOLE for claim in claims]
    left = cents - sum(shares)
    by_fraction = sorted(range(len(shares)), key=lambda place: -(claims[place] % WHOLE))
    for place in by_fraction[:left]:
        shares[place] += 1
    return _without_negatives(shares)


def _without_negatives(shares: list[int]) -> list[int]:
    """Raise negative shares to zero and take their cents from the largest share, first in list order."""
    for place, share in enumerate(shares):
        owed = -share
        if owed > 0:
            shares[place] = 0
        while owed > 0:
            largest = max(range(len(shares)), key=lambda at: (shares[at], -at))
            taken = min(owed, shares[largest])
            shares[largest] -= taken
            owed -= taken
    return shares


def by_amount(cents: int, rule: ByAmount) -> list[int]:
    """Return each payer's cents in the order of `rule.payers`; a charge too small is used up in list order."""
    shares = []
    left = cents
    for _, amount in rule.fixed:
        share = min(amount, left)
        shares.append(share)
        left -= share
    return [*shares, left]
