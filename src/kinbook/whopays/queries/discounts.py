"""A client's sliding fees, as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.practice.models import Service
from kinbook.rules.discount import Terms, spoken_terms
from kinbook.whopays.models import Discount

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class SlidingFee:
    """A sliding fee in words: how much, from when until when, for which services."""

    discount: Discount
    words: str
    services: str
    is_over: bool


def sliding_fees(client_id: UUID, today: date) -> list[SlidingFee]:
    """Return a client's sliding fees, the latest first: two queries at most."""
    rows = list(Discount.objects.filter(client_id=client_id, charge=None).order_by("-starts_on"))
    named = {str(each) for row in rows for each in row.service_ids}
    names = dict(Service.objects.filter(pk__in=named).values_list("pk", "name")) if named else {}
    called = {str(key): name for key, name in names.items()}
    return [
        SlidingFee(
            row,
            spoken_terms(Terms(row.percent, row.cents, row.fixed_cents)),
            ", ".join(called.get(each, "") for each in row.service_ids),
            row.until is not None and row.until <= today,
        )
        for row in rows
    ]
