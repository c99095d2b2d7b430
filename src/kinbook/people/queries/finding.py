"""Finding people and clients."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, closed_to, may, reaches_all, reaches_practice
from kinbook.people.models import Client, Contact, Partner, Party, PartyKind, SearchWord
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.people.models.client import ClientQuerySet
    from kinbook.tenancy.viewer import Viewer

WORD = re.compile(r"[^\W_]+(?:[@.+\-'][^\W_]+)*")


def folded(text: str) -> str:
    """Return text as it is compared and sorted: lower case, without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).replace("\x00", "")


def words_of(text: str) -> list[str]:
    """Return the words of what somebody types into a search, folded."""
    return [folded(word) for word in WORD.findall(text)][:6]


def client_for(viewer: Viewer, client_id: UUID, action: Action = Action.CLIENT_OPEN) -> Client:
    """Return a client the viewer reaches with the action; unknown and forbidden look alike."""
    found = Client.objects.filter(clients_in_reach(viewer, action, "pk"), pk=client_id)
    client = found.select_related("party").first()
    if client is None:
        raise Unknown
    return client


def lock_clients(client_ids: Iterable[UUID]) -> None:
    """Lock clients in the one order of locks, by id."""
    rows = Client.objects.filter(pk__in=set(client_ids)).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def locked_client(client_id: UUID) -> Client:
    """Lock a client, and return it as it is now."""
    rows = Client.objects.filter(pk=client_id).select_related("party")
    client = rows.select_for_update(of=("self",)).first()
    if client is None:
        raise Unknown
    return client


def parties_visible_to(viewer: Viewer) -> QuerySet[Party]:
    """Return people and organizations the viewer may see: clients, partners and contacts of clients in reach.

    Organizations are the practice's directory: whoever opens any client sees them. A person tied to no client at all
    (a contact before its first client) is seen by whoever may open every client.
    """
    if reaches_all(viewer, Action.CLIENT_OPEN):
        return Party.objects.all()
    if not may(viewer, Action.CLIENT_OPEN):
        return Party.objects.none()
    if reaches_practice(viewer, Action.CLIENT_OPEN):
        return _not_of_closed_records_alone(viewer)
    reach = clients_in_reach(viewer, Action.CLIENT_OPEN, "client_id")
    own = Client.objects.filter(clients_in_reach(viewer, Action.CLIENT_OPEN, "pk"), party_id=OuterRef("pk"))
    linked = Contact.objects.filter(reach, party_id=OuterRef("pk"))
    partner = Partner.objects.filter(reach, party_id=OuterRef("pk"))
    directory = Q(kind=PartyKind.ORGANIZATION)
    return Party.objects.filter(directory | Exists(own) | Exists(linked) | Exists(partner))


def _not_of_closed_records_alone(viewer: Viewer) -> QuerySet[Party]:
    """Return everybody but those tied to closed records and to no other, whatever they were merged with."""
    closed = closed_to(viewer)
    of_closed, of_others = _tied_to(Q(client_id__in=closed)), _tied_to(~Q(client_id__in=closed))
    return Party.objects.filter(Q(kind=PartyKind.ORGANIZATION) | of_others | ~of_closed)


def _tied_to(clients: Q) -> Q:
    own, party = Client.objects.annotate(client_id=F("pk")), OuterRef("pk")
    same = Q(party_id=party) | Q(party__merged_into=party) | Q(party_id=OuterRef("merged_into_id"))
    tied = (each.filter(clients, same) for each in (own, Contact.objects, Partner.objects))
    return reduce(or_, (Q(Exists(rows)) for rows in tied))


def party_for(viewer: Viewer, party_id: UUID) -> Party:
    """Return a person or organization the viewer may see."""
    party = parties_visible_to(viewer).filter(pk=party_id).first()
    if party is None:
        raise Unknown
    return party


def matching(words: list[str], column: str = "party_id") -> Q:
    """Return the condition that the party in `column` has, for every word, one that begins with it."""
    condition = Q()
    for word in words:
        condition &= _has_word(word, column)
    return condition


MANY = 500
"""So many names found are fetched; of more, the list is walked by name until a page of it fits."""


def named(clients: ClientQuerySet, words: Sequence[str]) -> ClientQuerySet:
    """Return those clients who have, themselves or as a couple, a word beginning with each of these.

    The longest is looked up first: what few have is found by the index of words, what many have by the list of names,
    so that neither costs more in a larger practice.
    """
    first = max(words, key=len)
    own = Client.objects.filter(_has_word(first, "party_id")).values_list("pk", flat=True)
    couples = Partner.objects.filter(_has_word(first, "party_id")).values_list("client_id", flat=True)
    found = set(own.union(couples, all=True)[: MANY + 1])
    if len(found) <= MANY:
        clients = clients.filter(pk__in=found)
        words = [word for word in words if word is not first]
    for word in words:
        partners = Partner.objects.filter(_has_word(word, "party_id"), client_id=OuterRef("pk"))
        clients = clients.filter(_has_word(word, "party_id") | Exists(partners))
    return clients


def _has_word(word: str, column: str) -> Q:
    """Return the condition that the party in `column` has a word that begins so."""
    beginning = {"word__gte": word, "word__lt": word + chr(0x10FFFF)}
    return Q(Exists(SearchWord.objects.filter(party_id=OuterRef(column), **beginning)))


def roots(party_ids: Iterable[UUID]) -> dict[UUID, Party]:
    """Return for each id the party that stands for it now: itself, or the one it was merged into."""
    ids = {each for each in party_ids if each}
    found = Party.objects.filter(pk__in=ids).select_related("merged_into")
    return {party.pk: party.merged_into or party for party in found}


def same_person(party_id: UUID) -> list[UUID]:
    """Return all ids that stand for one party: its own and those merged into it."""
    return [party_id, *Party.objects.filter(merged_into_id=party_id).values_list("pk", flat=True)]


@dataclass(frozen=True, slots=True)
class Link:
    """A contact of a client with the party that stands for it."""

    contact: Contact
    party: Party


def links_of(client_ids: Iterable[UUID]) -> dict[UUID, list[Link]]:
    """Return the contacts of clients, ended ones too, in the order they were entered."""
    rows = (
        Contact.objects.filter(client_id__in=list(client_ids))
        .select_related("party__merged_into")
        .order_by("client_id", "position", "pk")
    )
    links: dict[UUID, list[Link]] = defaultdict(list)
    for contact in rows:
        links[contact.client_id].append(Link(contact, contact.party.merged_into or contact.party))
    return links
