"""Money is integer cents; nothing here knows a currency or a format."""

from __future__ import annotations

WHOLE = 10_000
"""One hundred percent, in hundredths of a percent."""

LARGEST = 100_000_000_00
"""No single amount may exceed this many cents: beyond it lies a typing error, and sums stay within 64 bits."""


def part_of(cents: int, percent: int) -> int:
    """Return `percent` (hundredths of a percent) of `cents`, rounded down to the cent."""
    return cents * percent // WHOLE


def spoken(cents: int) -> str:
    """Return cents as people read them in a reason: 12050 is "120.50". The practice's currency goes without saying."""
    sign = "-" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{units:,}.{rest:02d}"


def spoken_percent(percent: int) -> str:
    """Return hundredths of a percent as people read them: 6000 is "60", 3333 is "33.33"."""
    units, rest = divmod(percent, 100)
    return f"{units}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(units)
