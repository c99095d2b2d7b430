"""What a discount takes off a fee: a percentage, an amount, or what is above a fixed fee."""

from __future__ import annotations

from dataclasses import dataclass

from kinbook.rules.money import part_of, spoken, spoken_percent


@dataclass(frozen=True, slots=True)
class Terms:
    """One of a percentage (hundredths), an amount off in cents, and the fixed fee that is asked instead, in cents."""

    percent: int | None = None
    cents: int | None = None
    fixed_cents: int | None = None


def taken_off(fee_cents: int, terms: Terms) -> int:
    """Return what is taken off a fee, in cents: never more than it. A percentage is rounded down to the cent."""
    if terms.percent is not None:
        return part_of(fee_cents, terms.percent)
    if terms.fixed_cents is not None:
        return max(0, fee_cents - terms.fixed_cents)
    return min(fee_cents, terms.cents or 0)


def spoken_terms(terms: Terms) -> str:
    """Return the terms as people read them: "25 % off", "20.00 off", "80.00 instead of the fee"."""
    if terms.percent is not None:
        return f"{spoken_percent(terms.percent)} % off"
    if terms.fixed_cents is not None:
        return f"{spoken(terms.fixed_cents)} instead of the fee"
    return f"{spoken(terms.cents or 0)} off"
