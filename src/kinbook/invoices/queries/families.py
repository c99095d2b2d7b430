"""Families: clients joined by a person who pays for both. A run takes them whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kinbook.people.models import PartyKind
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID


def families(client_ids: Sequence[UUID]) -> list[list[UUID]]:
    """Return the clients in groups joined by persons who pay, each group and all groups in order of ids.

    Organizations join nobody: a school may pay for hundreds.
    """
    pairs = (
        Share.objects.filter(client_id__in=client_ids, invoice_id=None, billable=True, payer__kind=PartyKind.PERSON)
        .values_list("payer_id", "client_id")
        .distinct()
    )
    return joined(client_ids, pairs)


def joined(client_ids: Iterable[UUID], pairs: Iterable[tuple[UUID, UUID]]) -> list[list[UUID]]:
    """Return the groups that pairs of (payer, client) make of the clients."""
    head: dict[UUID, UUID] = {client_id: client_id for client_id in client_ids}

    def find(client_id: UUID) -> UUID:
        while head[client_id] != client_id:
            head[client_id] = head[head[client_id]]
            client_id = head[client_id]
        return client_id

    first: dict[UUID, UUID] = {}
    for payer_id, client_id in pairs:
        one, other = find(first.setdefault(payer_id, client_id)), find(client_id)
        head[max(one, other)] = min(one, other)
    groups: dict[UUID, list[UUID]] = defaultdict(list)
    for client_id in sorted(head):
        groups[find(client_id)].append(client_id)
    return [groups[key] for key in sorted(groups)]
