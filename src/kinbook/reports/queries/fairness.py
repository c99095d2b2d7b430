"""How fair who pays is between the parents of a client: turns, cents, and the share the rule means exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef

from kinbook.people.models import Client
from kinbook.reports.queries.fair import Fair, fair_of
from kinbook.reports.queries.picture import picture_of
from kinbook.reports.queries.reach import of_money
from kinbook.reports.queries.values import Column, Report, Row, amounts, counts
from kinbook.rules.spoken import spoken_rule
from kinbook.tenancy.models import holds_on
from kinbook.whopays.models import ArrangementPayer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 200
CLIENTS = 15
"""Clients of a page: each has a row for every payer."""


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
    found = fair_of(viewer, asked, clients[:CLIENTS])
    chosen = next((each for each in found if asked.client in {None, each.client.pk}), None)
    if chosen is None and asked.client and asked.limit:
        chosen = next(iter(fair_of(viewer, asked, list(rows.filter(pk=asked.client)))), None)
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
        picture=picture_of(asked, chosen) if chosen else None,
        note="Charges whose date is in the period, third parties' parts left out; turns are all of the rule's.",
    )


def _all(viewer: Viewer, asked: Asked, rows: QuerySet[Client]) -> Iterator[Row]:
    ids = list(
        rows.filter(pk=asked.client).values_list("pk", flat=True) if asked.client else rows.values_list("pk", flat=True)
    )
    for start in range(0, len(ids), AT_ONCE):
        clients = Client.objects.select_related("party").in_bulk(ids[start : start + AT_ONCE])
        for each in fair_of(viewer, asked, [clients[key] for key in ids[start : start + AT_ONCE]]):
            yield from _rows(asked, each)


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
