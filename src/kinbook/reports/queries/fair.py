"""What the payers of clients were given: cents and charges, turns and account, and what their rule means exactly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Sum

from kinbook.reports.queries.income import parties
from kinbook.rules.arrangement import ByAmount, ByAppointment, ByPercent
from kinbook.rules.money import spoken
from kinbook.tenancy.models import holds_on
from kinbook.whopays.models import Arrangement, Charge, ChargeState, Share, ShareSource
from kinbook.whopays.queries.facts import read_arrangement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from kinbook.people.models import Client, Party
    from kinbook.reports.queries.asked import Asked
    from kinbook.rules.arrangement import Rule
    from kinbook.tenancy.viewer import Viewer

FAMILY = (ShareSource.RULE, ShareSource.OVERRIDE, ShareSource.READDRESS)


@dataclass(slots=True)
class Fair:
    """What one client's payers were given: cents and charges in the dates asked for, turns and account of the rule."""

    client: Client
    arrangement: Arrangement
    rule: Rule
    payers: list[Party]
    cents: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    charges: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    turns: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    account: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def weights(self) -> list[int]:
        """Return the payers' weights, in the rule's order."""
        method = self.rule.method
        return list(method.weights) if isinstance(method, (ByPercent, ByAppointment)) else [1] * len(self.payers)

    def exact(self, given: Mapping[UUID, int]) -> list[tuple[int, int]] | None:
        """Return what each should have of what all were given, as numerator and denominator; None by fixed amounts."""
        if isinstance(self.rule.method, ByAmount):
            return None
        total, weights = sum(given[party.pk] for party in self.payers), self.weights
        return [(total * weight, sum(weights)) for weight in weights]

    @property
    def verdict(self) -> str:
        """Say how fair it is, by what the rule promises: cents of a split, turns of alternation, else cents."""
        method = self.rule.method
        if isinstance(method, ByAmount):
            return "as agreed"
        if isinstance(method, ByPercent):
            return self._beyond(self.account, "exact")
        if isinstance(method, ByAppointment):
            even = "even" if len(set(method.weights)) == 1 else "as agreed"
            return self._beyond(self.turns, even)
        return self._beyond(self.cents, "even")

    def _beyond(self, given: Mapping[UUID, int], fair: str) -> str:
        """Return who has more than their exact share by a whole unit, and how much."""
        exact = self.exact(given) or []
        over = [
            (given[party.pk] * below - above, below, party)
            for party, (above, below) in zip(self.payers, exact, strict=True)
        ]
        most, below, party = max(over, key=lambda each: each[0])
        if most < below:
            return fair
        beyond = -(-most // below)
        told = turns(beyond) if given is self.turns else spoken(beyond)
        return f"{party.short_name} +{told}"


def turns(count: int) -> str:
    """Return a number of turns in words."""
    return f"{count} turn{'s' if count != 1 else ''}"


def fair_of(viewer: Viewer, asked: Asked, clients: Sequence[Client]) -> list[Fair]:
    """Return what the payers of these clients were given, in five queries."""
    if not clients:
        return []
    ids = [client.pk for client in clients]
    arrangements = {
        each.client_id: each for each in Arrangement.objects.filter(holds_on(viewer.today), client_id__in=ids)
    }
    rules = {key: read_arrangement(each).default for key, each in arrangements.items()}
    rows = list(
        family_shares(asked, ids)
        .values_list("client_id", "payer_id")
        .annotate(sum=Sum("cents"), count=Count("charge_id", distinct=True))
    )
    named = parties(
        [*{payer for _, payer, _, _ in rows}, *{UUID(payer) for rule in rules.values() for payer in rule.payers}]
    )
    by_id = {str(key): party for key, party in named.items()}
    found = {
        client.pk: Fair(client, arrangements[client.pk], rules[client.pk], _in_order(rules[client.pk], by_id))
        for client in clients
        if client.pk in arrangements
    }
    for client_id, payer, cents, count in rows:
        if client_id in found:
            found[client_id].cents[named[payer].pk] += cents
            found[client_id].charges[named[payer].pk] += count
    _count_turns(found, by_id)
    return list(found.values())


def family_shares(asked: Asked, ids: Sequence[UUID]) -> QuerySet[Any]:
    """Return the shares of these clients that the family owes, dated as asked."""
    rows = Share.objects.filter(client_id__in=ids, source__in=FAMILY, billable=True)
    return rows.filter(on_date__range=(asked.since, asked.through)).order_by()


def _in_order(rule: Rule, by_id: dict[str, Party]) -> list[Party]:
    return [by_id[payer] for payer in rule.payers]


def _count_turns(found: dict[UUID, Fair], by_id: dict[str, Party]) -> None:
    """Count turns and account of each client's default rule, over all its time."""
    keys = {f"{each.arrangement.counts_with}/": each for each in found.values()}
    rows = Charge.objects.filter(client_id__in=found, rule_key__in=keys, state=ChargeState.BILLABLE)
    for key, turn, given in rows.values_list("rule_key", "turn_id", "given"):
        fair = keys[key]
        if turn and str(turn) in by_id:
            fair.turns[by_id[str(turn)].pk] += 1
        for payer, cents in (given or {}).items():
            if payer in by_id:
                fair.account[by_id[payer].pk] += cents
