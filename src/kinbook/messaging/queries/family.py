"""Who of a family may be written to, alone or together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from kinbook.access.models import PortalOpen
from kinbook.messaging.models import Fact, FamilyFact
from kinbook.people.models import Partner, Party
from kinbook.people.queries.shown import current_links
from kinbook.tenancy.models import holds_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody around a client, and whether they may be written to."""

    party: Party
    relation: str
    is_client: bool
    is_guardian: bool
    is_open: bool


def open_parties(client_id: UUID) -> dict[UUID, bool]:
    """Return to whom messages about a client are open now, and whether they are the client."""
    return dict(PortalOpen.objects.filter(client_id=client_id, messages=True).values_list("party_id", "is_own"))


def reachable(viewer: Viewer, client: Client) -> list[Reachable]:
    """Return the client, or the couple, and its contacts of today."""
    opened = open_parties(client.pk)
    own = [client.party] if client.party else [each.party for each in _partners(client)]
    found = [Reachable(party, "client", is_client=True, is_guardian=False, is_open=party.pk in opened) for party in own]
    for link in current_links(viewer, client):
        contact = link.contact
        relation = contact.get_relationship_display().lower()
        found.append(
            Reachable(
                link.party,
                relation,
                is_client=False,
                is_guardian=contact.legal_guardian,
                is_open=link.party.pk in opened,
            )
        )
    return list({each.party.pk: each for each in reversed(found)}.values())[::-1]


def _partners(client: Client) -> Iterable[Partner]:
    return Partner.objects.filter(client=client).select_related("party").order_by("position")


@dataclass(frozen=True, slots=True)
class FactShown:
    """What was settled about two people around a client."""

    fact: FamilyFact
    one: Party
    other: Party


def facts_of(client: Client, on: date) -> list[FactShown]:
    """Return what holds about pairs around a client on a day."""
    rows = FamilyFact.objects.filter(holds_on(on), client=client).select_related("one", "other")
    return [FactShown(each, each.one, each.other) for each in rows.order_by("fact", "pk")]


def why_apart(viewer: Viewer, client: Client, people: Iterable[Reachable]) -> str:
    """Return why these people may not share a conversation, in words; "" where they may.

    Two people share one where it was recorded that they agreed; keeping apart goes before that. A child with one legal
    guardian, and the two of a couple, need no agreement.
    """
    people = list(people)
    held = {
        (each.one_id, each.other_id, each.fact)
        for each in FamilyFact.objects.filter(holds_on(viewer.today), client=client)
    }
    for one, other in combinations(people, 2):
        pair = ordered(one.party.pk, other.party.pk)
        if (*pair, Fact.APART) in held:
            return f"{one.party.name} and {other.party.name} must be kept apart: write to each alone."
        if (*pair, Fact.TOGETHER) not in held and not _is_natural(one, other, len(people)):
            return (
                f"It is not recorded that {one.party.name} and {other.party.name} may be written to together. "
                "Record it under the client's contacts, or write to each alone."
            )
    return ""


def _is_natural(one: Reachable, other: Reachable, number: int) -> bool:
    both_own = one.is_client and other.is_client
    child_with_guardian = one.is_client != other.is_client and (one.is_guardian or other.is_guardian)
    return both_own or (child_with_guardian and number == 2)


def ordered(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Return two ids, the smaller first."""
    return (one, other) if one < other else (other, one)
