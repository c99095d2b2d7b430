"""What needs a hand in billing today: counts from the tallies, and the rows behind each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count as RowCount
from django.db.models import Exists, F, Min, OuterRef, Subquery, Sum

from kinbook.access.actions import Action
from kinbook.access.matrix import Scope
from kinbook.access.policy import clients_in_reach, reach
from kinbook.invoices.models import InvoiceLine, Run, RunState, Standing
from kinbook.ledger.balances import open_credits
from kinbook.people.models import Client, Party
from kinbook.people.queries.marks import mark, party_of
from kinbook.tallies.models import Kind
from kinbook.tallies.queries import Count, read_tallies
from kinbook.whopays.models import Charge, ChargeState, Share

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

    Tallies = dict[tuple[str, date | None], Count]

NEEDS, UNINVOICED, OVERDUE, CREDIT = "needs_payer", "uninvoiced", "overdue", "credit"
AGES = (30, 60, 90)
FEW = 6
PAGE = 50


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile above the list: how many, how much, and what it opens."""

    key: str
    name: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One thing that needs a hand: whose, why it is here, and where it is mended."""

    client: Client | None
    party: Party | None
    why: str
    cents: int
    url_name: str
    id: UUID
    verb: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind, those shown and how many there are."""

    key: str
    name: str
    icon: str
    count: int
    cents: int
    rows: list[WorkRow]


@dataclass(frozen=True, slots=True)
class BillingPage:
    """The page: tiles, groups of work, and the run that is working."""

    tiles: list[Tile]
    groups: list[Group]
    ageing: list[tuple[str, int]]
    run: Run | None
    shown: str
    sees_all: bool

    @property
    def lists(self) -> int:
        """Return how many lists need a hand today, whichever is shown."""
        return sum(tile.count > 0 for tile in self.tiles if tile.key != UNINVOICED)


def billing_page(viewer: Viewer, shown: str) -> BillingPage:
    """Return what needs a hand: all kinds, a few rows each, or one kind with many."""
    everybody = Scope.ALL in reach(viewer, Action.AMOUNTS_SEE)
    tallies = read_tallies(viewer.practice_id) if everybody else {}
    counts = _counts(tallies, viewer.today) if everybody else {}
    keys = [shown] if shown in {NEEDS, UNINVOICED, OVERDUE, CREDIT} else [NEEDS, OVERDUE, CREDIT]
    limit = PAGE if len(keys) == 1 else FEW
    groups = [_group(viewer, key, counts, limit) for key in keys if key != CREDIT or everybody]
    return BillingPage(
        tiles=[Tile(key, name, counts[key].count, counts[key].cents) for key, name in TILES.items() if key in counts],
        groups=[group for group in groups if group.rows],
        ageing=ageing(tallies, viewer.today) if everybody else [],
        run=Run.objects.filter(state__in=[RunState.WORKING, RunState.PAUSED]).order_by("-started_at").first(),
        shown=shown if len(keys) == 1 else "",
        sees_all=everybody,
    )


TILES = {
    NEEDS: "Needs a payer",
    UNINVOICED: "Uninvoiced",
    OVERDUE: "Overdue",
    CREDIT: "Unapplied credit",
}
ICONS = {NEEDS: "help", UNINVOICED: "clock", OVERDUE: "alert", CREDIT: "coin"}


def _counts(tallies: Tallies, today: date) -> dict[str, Count]:
    """Return the counts of the whole practice."""
    overdue = [count for (kind, on), count in tallies.items() if kind == Kind.DUE and on is not None and on < today]
    return {
        NEEDS: tallies.get((Kind.NEEDS_PAYER, None), Count()),
        UNINVOICED: tallies.get((Kind.UNINVOICED, None), Count()),
        OVERDUE: sum(overdue, Count()),
        CREDIT: tallies.get((Kind.CREDIT, None), Count()),
    }


def ageing(tallies: Tallies, today: date) -> list[tuple[str, int]]:
    """Return overdue cents by age: up to 30 days, 60, 90, and more."""
    spans = [0, 0, 0, 0]
    for (kind, on), count in tallies.items():
        if kind == Kind.DUE and on is not None and on < today:
            days = (today - on).days
            spans[sum(days > age for age in AGES)] += count.cents
    return list(zip(("1–30 days", "31–60 days", "61–90 days", "over 90 days"), spans, strict=True))


def _group(viewer: Viewer, key: str, counts: dict[str, Count], limit: int) -> Group:
    rows = ROWS[key](viewer, limit)
    count = counts.get(key, Count(len(rows), sum(row.cents for row in rows)))
    return Group(key, TILES[key], ICONS[key], count.count, count.cents, rows)


def _needing(viewer: Viewer, limit: int) -> list[WorkRow]:
    rows = Charge.objects.visible_to(viewer).filter(state=ChargeState.BILLABLE).exclude(needs="")
    found = rows.select_related("client__party").order_by("on_date", "pk")[:limit]
    return [
        WorkRow(each.client, None, each.needs, each.cents, "whopays:choose_payer", each.pk, "Choose payer")
        for each in found
    ]


def _waiting(viewer: Viewer, limit: int) -> list[WorkRow]:
    """Return what waits to be invoiced, a row for each client and payer, the longest waiting first."""
    shares = Share.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), invoice_id=None, billable=True)
    rows = (
        shares.values_list("client_id", "payer_id")
        .annotate(mark=mark("payer_id"), count=RowCount("pk"), cents=Sum("cents"), first=Min("on_date"))
        .order_by("first", "client_id", "payer_id")[:limit]
    )
    found = list(rows)
    clients = Client.objects.select_related("party").in_bulk([row[0] for row in found])
    return [
        WorkRow(
            clients[client_id],
            party_of(payer),
            f"{count} charge{'s' if count > 1 else ''} since {first.day} {first:%b}",
            cents,
            "overview:client_billing",
            client_id,
            "Open",
        )
        for client_id, _, payer, count, cents, first in found
    ]


def _overdue(viewer: Viewer, limit: int) -> list[WorkRow]:
    seen = InvoiceLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), invoice_id=OuterRef("invoice_id"))
    rows: Any = (
        Standing.objects.filter(Exists(seen), due_cents__gt=0, due_on__lt=viewer.today)
        .annotate(mark=mark("payer_id"), name=F("invoice__name"), first_client=_first_client())
        .order_by("due_on", "invoice_id")[:limit]
    )
    found = list(rows)
    clients = Client.objects.select_related("party").in_bulk([row.first_client for row in found])
    return [
        WorkRow(
            clients.get(row.first_client),
            party_of(row.mark),
            f"{row.name}: overdue {(viewer.today - row.due_on).days} days",
            row.due_cents,
            "invoices:invoice",
            row.invoice_id,
            "Open",
            is_bad=True,
        )
        for row in found
    ]


def _first_client() -> Any:
    lines = InvoiceLine.objects.filter(invoice_id=OuterRef("invoice_id")).order_by("position")
    return Subquery(lines.values("client_id")[:1])


def _credits(_viewer: Viewer, limit: int) -> list[WorkRow]:
    found = open_credits(limit)
    parties = Party.objects.in_bulk([payer for payer, _ in found])
    return [
        WorkRow(None, parties[payer], "Paid and not applied to an invoice", cents, "payments:payer", payer, "Apply")
        for payer, cents in found
    ]


ROWS = {NEEDS: _needing, UNINVOICED: _waiting, OVERDUE: _overdue, CREDIT: _credits}
