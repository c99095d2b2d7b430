"""Reading what is typed into settings: texts without what cannot be seen, and amounts."""

from __future__ import annotations

from kinbook.rules.money import LARGEST

LONGEST = 200


def clean(text: str, *, longest: int = LONGEST, lines: bool = False) -> str:
    """Return text without what cannot be seen, cut to its longest."""
    visible = "".join(letter for letter in text if letter >= " " or (lines and letter == "\n"))
    return (visible.strip() if lines else " ".join(visible.split()))[:longest]


def is_amount(cents: object) -> bool:
    """Tell whether this is an amount in cents, not negative and not beyond what can be."""
    return isinstance(cents, int) and 0 <= cents <= LARGEST
