"""A client's arrangements over time, as the history of Who pays shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from kinbook.people.models import Party
from kinbook.rules.spoken import spoken_rule
from kinbook.whopays.models import Arrangement, Charge
from kinbook.whopays.queries.facts import read_arrangement

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Client


@dataclass(frozen=True, slots=True)
class Era:
    """One arrangement: its words, its dates, and the turns it has given."""

    arrangement: Arrangement
    words: str
    exceptions: list[str]
    turns: list[tuple[str, int]]
    is_current: bool


def eras(client: Client, today: date) -> list[Era]:
    """Return the arrangements from first to last, with turns taken under each."""
    rows = list(Arrangement.objects.filter(client=client).order_by("starts_on"))
    rows.sort(key=lambda row: (row.starts_on is not None, row.starts_on))
    values = [read_arrangement(row) for row in rows]
    named = {payer for value in values for rule in value.rules for payer in rule.payers}
    parties = Party.objects.filter(pk__in=named).select_related("merged_into")
    names = {str(party.pk): (party.merged_into or party).short_name for party in parties}
    turns = _turns(client)
    return [
        Era(
            arrangement=row,
            words=spoken_rule(value.default, names),
            exceptions=[spoken_rule(each.rule, names) for each in value.exceptions],
            turns=[(names.get(str(payer), ""), count) for payer, count in turns.get(str(row.counts_with), {}).items()],
            is_current=value.period.holds(today),
        )
        for row, value in zip(rows, values, strict=True)
    ]


def _turns(client: Client) -> dict[str, dict[UUID, int]]:
    rows = (
        Charge.objects.filter(client=client, turn__isnull=False, state="billable")
        .values_list("rule_key", "turn_id")
        .annotate(count=Count("pk"))
        .order_by("rule_key", "turn_id")
    )
    found: dict[str, dict[UUID, int]] = {}
    for key, payer, count in rows:
        if payer:
            counts = found.setdefault(key.partition("/")[0], {})
            counts[payer] = counts.get(payer, 0) + count
    return found
