"""The dry run: who would get what, for how much, why, and what is skipped. It reads forecasts, it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.queries.uninvoiced import grouped, open_shares, skipped
from kinbook.people.models import Client, Party

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.invoices.queries.uninvoiced import Open, Skipped
    from kinbook.tenancy.viewer import Viewer

SHOWN = 200


@dataclass(frozen=True, slots=True)
class InvoiceToBe:
    """One invoice the run would make."""

    payer: Party
    clients: str
    lines: list[Open]
    cents: int


@dataclass(frozen=True, slots=True)
class Left:
    """A charge the run would skip, and why."""

    client: Client
    cents: int
    reason: str
    charge_id: UUID


@dataclass(frozen=True, slots=True)
class DryRun:
    """The whole dry run: counts of all, and the first of the rows."""

    invoices: list[InvoiceToBe]
    count: int
    charges: int
    cents: int
    left: list[Left]
    left_count: int


def dry_run(
    viewer: Viewer, *, through: date, client_ids: Sequence[UUID] | None = None, by_family: bool = False
) -> DryRun:
    """Return what a run through a local date would do, of these clients or of all the viewer may invoice."""
    shares = open_shares(
        through=through, client_ids=client_ids, condition=clients_in_reach(viewer, Action.INVOICE_CREATE)
    )
    groups = grouped(shares, by_family=by_family)
    left = skipped(viewer, through=through, client_ids=client_ids)
    first = list(groups.items())[:SHOWN]
    parties = Party.objects.in_bulk({payer for (payer, _), _ in first})
    ids = {line.client_id for _, lines in first for line in lines} | {each.client_id for each in left[:SHOWN]}
    clients = Client.objects.select_related("party").in_bulk(list(ids))
    return DryRun(
        invoices=[_to_be(parties[payer], lines, clients) for (payer, _), lines in first],
        count=len(groups),
        charges=len({share.charge_id for share in shares}),
        cents=sum(share.cents for share in shares),
        left=[_left(each, clients) for each in left[:SHOWN]],
        left_count=len(left),
    )


def _to_be(payer: Party, lines: list[Open], clients: dict[UUID, Client]) -> InvoiceToBe:
    names = dict.fromkeys(clients[line.client_id].name for line in lines)
    return InvoiceToBe(payer, ", ".join(names), lines, sum(line.cents for line in lines))


def _left(each: Skipped, clients: dict[UUID, Client]) -> Left:
    return Left(clients[each.client_id], each.cents, each.reason, each.charge_id)
