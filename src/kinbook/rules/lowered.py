"""What each share of an invoiced charge comes to when its fee is lowered: nobody's share grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def lowered(shares: Sequence[tuple[str, int]], total: int, decided: Mapping[str, int] | None = None) -> list[int]:
    """Return what the shares (payer and cents) come to, in their order, when they add up to `total`, which is less.

    `decided` is what the rule would give each payer of the new total: it holds where each payer has one share and
    none grows. Otherwise each share is lowered in proportion; cents left over go to the largest fractions, in order.
    """
    by_rule = _by_rule(shares, total, decided or {})
    if by_rule is not None:
        return by_rule
    whole = sum(cents for _, cents in shares)
    floors = [cents * total // whole for _, cents in shares]
    fractions = sorted(range(len(shares)), key=lambda place: (-(shares[place][1] * total % whole), place))
    for place in fractions[: total - sum(floors)]:
        floors[place] += 1
    return floors


def _by_rule(shares: Sequence[tuple[str, int]], total: int, decided: Mapping[str, int]) -> list[int] | None:
    payers = [payer for payer, _ in shares]
    after = [decided.get(payer, 0) for payer in payers]
    fits = (
        len(set(payers)) == len(payers)
        and set(decided) <= set(payers)
        and sum(after) == total
        and all(new <= old for new, (_, old) in zip(after, shares, strict=True))
    )
    return after if fits else None
