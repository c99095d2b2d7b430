"""Places in lists that are ordered by time: where one page ends, and the next begins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q


def place_of(at: datetime, key: UUID) -> str:
    """Return the place of a row, as addresses bear it."""
    return f"{at.isoformat()}_{key}"


def beyond(place: str, column: str, than: str) -> Q:
    """Return the condition that a row is beyond a place (`than` lt or gt); a made-up place is none."""
    moment, _, last = place.partition("_")
    try:
        at, key = datetime.fromisoformat(moment), UUID(last)
    except ValueError:
        return Q()
    if at.tzinfo is None:
        return Q()
    return Q(**{f"{column}__{than}": at}) | Q(**{column: at, f"pk__{than}": key})
