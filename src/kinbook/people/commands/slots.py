"""A payer's colour and pattern: given once, never one already used in the same family, and kept."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kinbook.people.models import Client, Contact, Partner, Party, PartyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

SLOTS = range(1, 7)


def give_slots(viewer: Viewer, *, client_id: UUID, party_ids: Sequence[UUID]) -> None:
    """Give each party without a slot the first that nobody of the family has; with more than six, they come again."""
    give_slots_to_many(viewer, [(client_id, party_ids)])


def give_slots_to_many(viewer: Viewer, wanted: Sequence[tuple[UUID, Sequence[UUID]]]) -> None:
    """Give slots to the payers of many clients, in the order named."""
    named = {party_id for _, party_ids in wanted for party_id in party_ids}
    without = set(Party.objects.filter(pk__in=named, slot=None).values_list("pk", flat=True))
    lacking = [(client_id, [each for each in ids if each in without]) for client_id, ids in wanted]
    families = _families(client_id for client_id, ids in lacking if ids)
    given: dict[UUID, int] = {}
    for client_id, party_ids in lacking:
        family = families.get(client_id, {})
        used = [slot for party_id, known in family.items() if (slot := known or given.get(party_id))]
        for party_id in party_ids:
            if party_id not in given:
                given[party_id] = min(SLOTS, key=lambda each: (used.count(each), each))
                used.append(given[party_id])
    for slot in SLOTS:
        ids = [party_id for party_id, each in given.items() if each == slot]
        if ids:
            Party.objects.filter(pk__in=ids, slot=None, practice_id=viewer.practice_id).update(slot=slot)


def _families(client_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, int | None]]:
    """Return each client's family with slots: everyone tied to it, and to the clients who share a contact with it.

    A school or an agency makes no family of all its children.
    """
    asked = set(client_ids)
    if not asked:
        return {}
    own = _contacts(client_id__in=asked)
    people = Party.objects.filter(pk__in={party for _, party in own}, kind=PartyKind.PERSON).values_list(
        "pk", flat=True
    )
    sharing: dict[UUID, set[UUID]] = defaultdict(set)
    for client_id, party_id in _contacts(party_id__in=set(people)):
        sharing[party_id].add(client_id)
    relatives = {client_id: {client_id} for client_id in asked}
    for client_id, party_id in own:
        relatives[client_id] |= sharing[party_id]
    everyone = set().union(*relatives.values())
    tied: dict[UUID, set[UUID]] = defaultdict(set)
    clients = Client.objects.filter(pk__in=everyone, party__isnull=False).values_list("pk", "party_id")
    partners = Partner.objects.filter(client_id__in=everyone).values_list("client_id", "party_id")
    for client_id, party_id in (*_contacts(client_id__in=everyone), *partners, *clients):
        if party_id:
            tied[client_id].add(party_id)
    slots = dict(Party.objects.filter(pk__in=set().union(*tied.values())).values_list("pk", "slot"))
    return {
        client_id: {party_id: slots[party_id] for relative in around for party_id in tied[relative]}
        for client_id, around in relatives.items()
    }


def _contacts(**condition: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    return list(Contact.objects.filter(**condition).values_list("client_id", "party_id"))
