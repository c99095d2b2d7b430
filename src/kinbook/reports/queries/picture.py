"""The picture of one client's months: what each payer was given, and who is ahead by then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from kinbook.reports.queries.asked import month_name, months, of_month
from kinbook.reports.queries.fair import family_shares
from kinbook.reports.queries.values import Drawn, Part, drawn
from kinbook.rules.money import spoken
from kinbook.rules.spoken import spoken_rule
from kinbook.whopays.models import Charge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.reports.queries.asked import Asked
    from kinbook.reports.queries.fair import Fair

BLOCKS = 8
"""So many sessions of a month are drawn one by one; of more, or of shared ones, a bar is drawn."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one payer was given in a month: as blocks, one a session, or as a bar."""

    party: Party
    cents: int
    count: int
    bar: tuple[Drawn, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the picture, and who has been given more by then."""

    name: str
    sides: list[Side]
    running: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One client's months: a side for every payer."""

    fair: Fair
    words: str
    months: list[Month]
    as_blocks: bool

    @property
    def totals(self) -> list[tuple[Party, int, int]]:
        """Return for each payer the cents and the charges given."""
        return [(party, self.fair.cents[party.pk], self.fair.charges[party.pk]) for party in self.fair.payers]


def picture_of(asked: Asked, fair: Fair) -> Picture:
    """Return one client's months, as far as they were asked for."""
    rows = family_shares(asked, [fair.client.pk]).annotate(month=TruncMonth("on_date"))
    rows = rows.values_list("month", "payer_id").annotate(
        sum=Sum("cents"), count=Count("charge_id", distinct=True), parts=Count("pk")
    )
    given: dict[tuple[date, UUID], tuple[int, int]] = {}
    for month, payer, cents, count, _ in rows:
        given[month, payer] = (cents, count)
    shown = [month for month in months(asked) if any(key[0] == month for key in given)]
    most = max((cents for cents, _ in given.values()), default=0)
    charges = Charge.objects.filter(shares__in=family_shares(asked, [fair.client.pk]).values("pk"))
    whole = charges.distinct().count() == sum(count for _, count in given.values())
    names = {str(party.pk): party.short_name for party in fair.payers}
    return Picture(
        fair=fair,
        words=spoken_rule(fair.rule, names),
        months=_months(asked, fair, given, shown, most),
        as_blocks=whole and all(count <= BLOCKS for _, count in given.values()),
    )


def _months(
    asked: Asked,
    fair: Fair,
    given: Mapping[tuple[date, UUID], tuple[int, int]],
    shown: Sequence[date],
    most: int,
) -> list[Month]:
    so_far: dict[UUID, int] = defaultdict(int)
    found = []
    for month in shown:
        sides = []
        for party in fair.payers:
            cents, count = given.get((month, party.pk), (0, 0))
            so_far[party.pk] += cents
            query = asked.query(client=fair.client.pk, payer=party.pk, **of_month(asked, month))
            bar = tuple(drawn([Part(party.name, cents, f"p{party.slot or 1}")], most))
            sides.append(Side(party, cents, count, bar, query))
        found.append(Month(month_name(month), sides, _ahead(fair, so_far)))
    return found


def _ahead(fair: Fair, so_far: Mapping[UUID, int]) -> str:
    """Say who has been given more than their exact share so far, by how much."""
    exact = fair.exact(so_far)
    if exact is None:
        return ""
    over = [
        (so_far[party.pk] - round(above / below), party)
        for party, (above, below) in zip(fair.payers, exact, strict=True)
    ]
    cents, party = max(over, key=lambda each: each[0])
    return f"{party.short_name} +{spoken(cents)}" if cents > 1 else "even"
