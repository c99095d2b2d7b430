"""Which open invoices a payment goes to by itself, and which lines of an invoice it settles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Open:
    """An invoice that is not yet paid, with what is due on it in cents."""

    invoice: str
    due_on: date
    number: int
    due_cents: int


def oldest_first(cents: int, invoices: Iterable[Open]) -> list[tuple[str, int]]:
    """Return how much of a payment goes to which invoice: oldest due date first, then number (WHO_PAYS)."""
    sooner = sorted(invoices, key=lambda open_one: (open_one.due_on, open_one.number))
    return in_order(cents, ((each.invoice, each.due_cents) for each in sooner))


def in_order(cents: int, due: Iterable[tuple[Key, int]]) -> list[tuple[Key, int]]:
    """Return how `cents` settle what is due, in the order given; what is left over is the caller's to refuse."""
    parts = []
    for key, owed in due:
        part = min(cents, owed)
        if part > 0:
            parts.append((key, part))
            cents -= part
    return parts
