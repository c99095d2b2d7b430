"""Parties as pages draw them, fetched along with what they belong to: no query of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField

from kinbook.people.models import Party


class Mark(Func):
    """The party of a column as JSON; a merged one as the one that stands for it."""

    function = "people_mark"
    output_field = JSONField()


def mark(column: str) -> Mark:
    """Return the expression that fetches the party of a column."""
    return Mark(F(column))


def party_of(mark_of_it: dict[str, Any]) -> Party:
    """Return the party that a mark describes: good for names and marks, not for saving."""
    return Party(**{**mark_of_it, "id": UUID(mark_of_it["id"])})
