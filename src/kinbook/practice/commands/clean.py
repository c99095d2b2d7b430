"""Reading what is typed into settings: texts without what cannot be seen, and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules.money import LARGEST
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.db.models import Model

LONGEST = 200


def clean(text: str, *, longest: int = LONGEST, lines: bool = False) -> str:
    """Return text without what cannot be seen, cut to its longest."""
    visible = "".join(letter for letter in text if letter >= " " or (lines and letter == "\n"))
    return (visible.strip() if lines else " ".join(visible.split()))[:longest]


def set_fields(row: Model, fields: Mapping[str, object], allowed: Collection[str]) -> None:
    """Set fields of a row, texts cleaned; raises Invalid beside one that cannot be changed. Stores nothing."""
    for name, value in fields.items():
        if name not in allowed:
            raise Invalid(**{name: "This cannot be changed."})
        setattr(row, name, clean(value) if isinstance(value, str) else value)


def is_amount(cents: object) -> bool:
    """Tell whether this is an amount in cents, not negative and not beyond what can be."""
    return isinstance(cents, int) and 0 <= cents <= LARGEST
