"""Learning from the database who of a stretch of records is here already, in the same few queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from kinbook.exchange.models import Held
from kinbook.exchange.planning.cleaning import home_of, is_under_age
from kinbook.exchange.planning.known import MOST_CHILDREN, Known, KnownClient, KnownHeld
from kinbook.exchange.reading.record import Source
from kinbook.people.models import Client, Contact, Email, Party, PartyKind, Phone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.exchange.planning.cleaning import Clean
    from kinbook.exchange.planning.known import Directory
    from kinbook.tenancy.viewer import Viewer

BY_SOURCE = """
SELECT source.system, source.value, source.party_id, source.held_id
FROM unnest(%s::text[], %s::text[]) AS asked (system, value)
JOIN exchange_source AS source
  ON source.practice_id = %s AND source.system = asked.system AND source.value = asked.value
"""
PARTY = (
    "pk",
    "kind",
    "sort_name",
    "date_of_birth",
    "deceased_on",
    "goes_by",
    "street",
    "city",
    "postal_code",
    "merged_into_id",
)


def learn(viewer: Viewer, directory: Directory, people: Sequence[Clean], more: Iterable[Source] = ()) -> None:
    """Add to the directory everyone in the database whom these people, or other programs' names, may mean."""
    asked = {source for person in people for source in person.sources} | set(more)
    rows = _sources(viewer, [each for each in asked if directory.by_source(each) is None])
    names = {person.sort_name for person in people}
    _learn_parties(directory, Q(sort_name__in=names) | Q(pk__in=[row[2] for row in rows if row[2]]), viewer.today)
    _learn_held(directory, Q(sort_name__in=names) | Q(pk__in=[row[3] for row in rows if row[3]]), rows)
    for system, value, party_id, _ in rows:
        if party_id in directory.by_id:
            directory.add_source(Source(system, value), directory.by_id[party_id])


def _sources(viewer: Viewer, asked: Sequence[Source]) -> list[tuple[Any, ...]]:
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BY_SOURCE, [[each.system for each in asked], [each.value for each in asked], viewer.practice_id])
        return list(cursor.fetchall())


def _learn_held(directory: Directory, condition: Q, rows: list[tuple[Any, ...]]) -> None:
    found = {
        pk: KnownHeld(pk, *rest)
        for pk, *rest in Held.objects.filter(condition).values_list("pk", "sort_name", "born", "state", "told")
        if pk not in directory.held_ids
    }
    for held in found.values():
        directory.add_held(held)
    for system, value, _, held_id in rows:
        if held_id in found:
            directory.add_source(Source(system, value), found[held_id])


def _learn_parties(directory: Directory, condition: Q, today: date) -> None:
    found = _parties(directory, condition, today)
    clients: dict[UUID, KnownClient] = {}
    for pk, party_id, type_, status in Client.objects.filter(party_id__in=found).values_list(
        "pk", "party_id", "type", "status"
    ):
        clients[pk] = found[party_id].client = KnownClient(pk, type_, status)
    links = _links(clients, found)
    beside = _parties(directory, Q(pk__in={party_id for _, party_id in links} - set(directory.by_id)), today)
    everyone = {**found, **beside}
    _learn_reach(everyone)
    for party_id, known in everyone.items():
        directory.add(known)
        directory.by_id[party_id] = known
    for client_id, party_id in links:
        known_contact = directory.by_id.get(party_id)
        if known_contact:
            client = clients.setdefault(client_id, KnownClient(client_id, "", ""))
            client.contacts.append(known_contact)
            known_contact.clients += (client,)
            known_contact.is_contact = True


def _links(clients: Iterable[UUID], found: Mapping[UUID, Known]) -> list[tuple[UUID, UUID]]:
    """Return the contacts of these clients, and of the children whose contact one of those found is."""
    people = [party_id for party_id, known in found.items() if known.kind == PartyKind.PERSON]
    theirs: dict[UUID, list[UUID]] = defaultdict(list)
    for party_id, client_id in Contact.objects.filter(party_id__in=people).values_list("party_id", "client_id"):
        found[party_id].is_contact = True
        theirs[party_id].append(client_id)
    # whoever is a contact of many, such as a case worker, is no family
    children = {client_id for many in theirs.values() if len(many) <= MOST_CHILDREN for client_id in many}
    links = Contact.objects.filter(client_id__in=children.union(clients))
    return list(links.order_by("position", "pk").values_list("client_id", "party_id"))


def _parties(directory: Directory, condition: Q, today: date) -> dict[UUID, Known]:
    """Return the parties not known yet by their ids; a merged one is the one that stands for it, by its name too."""
    rows = list(Party.objects.filter(condition).values_list(*PARTY))
    merged = [row for row in rows if row[-1]]
    if merged:
        rows += Party.objects.filter(pk__in={row[-1] for row in merged}).values_list(*PARTY)
    found = {row[0]: _known(row, today) for row in rows if row[-1] is None and row[0] not in directory.by_id}
    for row in merged:
        stands = found.get(row[-1]) or directory.by_id.get(row[-1])
        if stands and row[0] not in directory.by_id:
            stands.also = (*stands.also, row[2])
            found[row[0]] = stands
    return found


def _known(row: tuple[Any, ...], today: date) -> Known:
    pk, kind, sort_name, born, deceased_on, goes_by, street, city, postal_code, _ = row
    known = Known(pk, kind, sort_name, is_new=False)
    known.born = born
    known.is_deceased = deceased_on is not None
    known.goes_by = bool(goes_by)
    known.home = home_of(street, postal_code, city)
    if born:
        known.is_minor = is_under_age(born, today)
    return known


def _learn_reach(everyone: dict[UUID, Known]) -> None:
    addresses: dict[UUID, list[str]] = defaultdict(list)
    for party_id, address in Email.objects.filter(party_id__in=everyone).values_list("party_id", "address"):
        addresses[everyone[party_id].id].append(address.lower())
    digits: dict[UUID, list[str]] = defaultdict(list)
    for party_id, number in Phone.objects.filter(party_id__in=everyone).values_list("party_id", "digits"):
        digits[everyone[party_id].id].append(number)
    for known in everyone.values():
        known.addresses = tuple(dict.fromkeys((*known.addresses, *addresses.get(known.id, ()))))
        known.digits = tuple(dict.fromkeys((*known.digits, *digits.get(known.id, ()))))
