"""Payers with a balance: who would get a statement, and whom a mail would not reach."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.ledger.statements import clients_billed, payers_owing
from kinbook.people.models import Client
from kinbook.people.queries import roots
from kinbook.people.queries.mailbox import own_addresses

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Owing:
    """A payer who owes something: how many cents, and where a mail would go ("" where nowhere)."""

    payer: Party
    cents: int
    address: str


def owing(viewer: Viewer) -> list[Owing]:
    """Return the payers who owe something, by name: those of whom the viewer may see everything."""
    require(viewer, Action.DOCUMENT_MAKE)
    rows = payers_owing()
    stands = roots(payer for _, payer, _ in rows)
    owed: dict[UUID, int] = defaultdict(int)
    for _, payer, cents in rows:
        owed[stands[payer].pk] += cents
    parties = {party.pk: party for party in stands.values() if owed[party.pk] > 0}
    whole = parties.keys() - _partly_hidden(viewer, stands)
    addresses = own_addresses(whole)
    found = [Owing(parties[key], owed[key], addresses.get(key, "")) for key in whole]
    return sorted(found, key=lambda each: (each.payer.sort_name, each.payer.pk))


def _partly_hidden(viewer: Viewer, stands: dict[UUID, Party]) -> set[UUID]:
    """Return the payers who were ever billed for a client out of the viewer's reach."""
    reach = clients_in_reach(viewer, Action.DOCUMENT_MAKE, "pk")
    if not reach:
        return set()
    seen = set(Client.objects.filter(reach).values_list("pk", flat=True))
    billed = clients_billed(list(stands))
    return {stands[payer].pk for payer, client in billed if client not in seen}
