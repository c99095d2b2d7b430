"""How fair who pays is between the parents of a client: turns, cents, and the share the rule means exactly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import TruncMonth

from kinbook.people.models import Client
from kinbook.reports.queries.asked import month_name, months, of_month
from kinbook.reports.queries.income import parties
from kinbook.reports.queries.reach import of_money
from kinbook.reports.queries.values import Column, Drawn, Part, Report, Row, amounts, counts, drawn
from kinbook.rules.arrangement import ByAmount, ByAppointment, ByPercent
from kinbook.rules.money import spoken
from kinbook.rules.spoken import spoken_rule
from kinbook.tenancy.models import holds_on
from kinbook.whopays.models import Arrangement, ArrangementPayer, Charge, ChargeState, Share, ShareSource
from kinbook.whopays.queries.facts import read_arrangement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from kinbook.people.models import Party
    from kinbook.reports.queries.asked import Asked
    from kinbook.rules.arrangement import Rule
    from kinbook.tenancy.viewer import Viewer

FAMILY = (ShareSource.RULE, ShareSource.OVERRIDE, ShareSource.READDRESS)
AT_ONCE = 200
CLIENTS = 15
"""Clients of a page: each has a row for every payer."""
BLOCKS = 8
"""So many sessions of a month are drawn one by one; of more, or of shared ones, a bar is drawn."""


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


def shared_clients(viewer: Viewer) -> QuerySet[Client]:
    """Return clients whose default rule of today names more than one payer."""
    named = ArrangementPayer.objects.filter(holds_on(viewer.today, "arrangement__"), by_default_rule=True)
    several = named.filter(client_id=OuterRef("pk")).order_by().values("client_id").annotate(n=Count("pk"))
    rows = Client.objects.filter(of_money(viewer, "pk"), Exists(several.filter(n__gt=1)))
    return rows.select_related("party").order_by("sort_name", "pk")


def fairness(viewer: Viewer, asked: Asked) -> Report:
    """Return what was given to the payers of each client with several, and the picture of one of them."""
    rows = shared_clients(viewer)
    clients = list(rows[asked.start : asked.start + CLIENTS + 1]) if asked.limit else []
    more = str(asked.start + CLIENTS) if len(clients) > CLIENTS else ""
    found = _fair(viewer, asked, clients[:CLIENTS])
    chosen = next((each for each in found if asked.client in {None, each.client.pk}), None)
    if chosen is None and asked.client and asked.limit:
        chosen = next(iter(_fair(viewer, asked, list(rows.filter(pk=asked.client)))), None)
    return Report(
        columns=[
            Column("client", "Client"),
            Column("rule", "Rule now"),
            Column("payer", "Payer"),
            *counts(charges="Charges", turns="Turns"),
            *amounts(given="Given", exact="Exact share", difference="Difference"),
            Column("verdict", "Fair"),
        ],
        rows=[row for each in found for row in _rows(asked, each)] if asked.limit else _all(viewer, asked, rows),
        more=more,
        picture=_picture(asked, chosen) if chosen else None,
        note="Charges whose date is in the period, third parties' parts left out; turns are all of the rule's.",
    )


def _all(viewer: Viewer, asked: Asked, rows: QuerySet[Client]) -> Iterator[Row]:
    ids = list(
        rows.filter(pk=asked.client).values_list("pk", flat=True) if asked.client else rows.values_list("pk", flat=True)
    )
    for start in range(0, len(ids), AT_ONCE):
        clients = Client.objects.select_related("party").in_bulk(ids[start : start + AT_ONCE])
        for each in _fair(viewer, asked, [clients[key] for key in ids[start : start + AT_ONCE]]):
            yield from _rows(asked, each)


def _fair(viewer: Viewer, asked: Asked, clients: Sequence[Client]) -> list[Fair]:
    """Return what the payers of these clients were given, in five queries."""
    if not clients:
        return []
    ids = [client.pk for client in clients]
    arrangements = {
        each.client_id: each for each in Arrangement.objects.filter(holds_on(viewer.today), client_id__in=ids)
    }
    rules = {key: read_arrangement(each).default for key, each in arrangements.items()}
    rows = list(
        _shares(asked, ids)
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


def _shares(asked: Asked, ids: Sequence[UUID]) -> QuerySet[Any]:
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


def _rows(asked: Asked, fair: Fair) -> Iterator[Row]:
    names = {str(party.pk): party.short_name for party in fair.payers}
    words = spoken_rule(fair.rule, names)
    exact = fair.exact(fair.cents)
    for place, party in enumerate(fair.payers):
        given = fair.cents[party.pk]
        meant = None if exact is None else round(exact[place][0] / exact[place][1])
        yield Row(
            (
                *(fair.client.name, words if place == 0 else "", party.name, fair.charges[party.pk]),
                *(fair.turns[party.pk] or None, given, meant, None if meant is None else given - meant),
                fair.verdict if place == 0 else "",
            ),
            id=fair.client.pk,
            place=("reports:report", "who-pays") if place == 0 else ("reports:report", "shares"),
            query=asked.query(client=fair.client.pk, **({} if place == 0 else {"payer": party.pk})),
            party=party,
        )


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


def _picture(asked: Asked, fair: Fair) -> Picture:
    rows = _shares(asked, [fair.client.pk]).annotate(month=TruncMonth("on_date"))
    rows = rows.values_list("month", "payer_id").annotate(
        sum=Sum("cents"), count=Count("charge_id", distinct=True), parts=Count("pk")
    )
    given: dict[tuple[date, UUID], tuple[int, int]] = {}
    for month, payer, cents, count, _ in rows:
        given[month, payer] = (cents, count)
    shown = [month for month in months(asked) if any(key[0] == month for key in given)]
    most = max((cents for cents, _ in given.values()), default=0)
    charges = Charge.objects.filter(shares__in=_shares(asked, [fair.client.pk]).values("pk"))
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
