"""To whom a document goes and from whom: names, addresses and language as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kinbook.invitations.queries.language import languages
from kinbook.invoices.commands.issue import address_of
from kinbook.papers.models import INK
from kinbook.papers.queries import footer_of, letterhead_in_force
from kinbook.papers.render import sender_of
from kinbook.people.models import Client, Party
from kinbook.people.queries import roots
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Addressee:
    """A payer with all ids that stand for them, and the language they read."""

    party: Party
    ids: tuple[UUID, ...]
    language: str

    @property
    def printed(self) -> dict[str, Any]:
        """Name and postal address as they stand on a paper."""
        lines = [line for line in address_of(self.party).split("\n") if line]
        return {"name": self.party.name, "lines": lines}


def addressees(practice: Practice, payer_ids: Iterable[UUID]) -> dict[UUID, Addressee]:
    """Return payers by the id asked for; one who was merged is the one that stands for both. Three queries."""
    asked = roots(payer_ids)
    parties = {party.pk: party for party in asked.values()}
    ids: dict[UUID, set[UUID]] = {key: {key} for key in parties}
    for party_id, stands in Party.objects.filter(merged_into__in=parties).values_list("pk", "merged_into_id"):
        ids[stands].add(party_id)
    read = languages(ids, practice.language)
    return {each: Addressee(party, tuple(sorted(ids[party.pk])), read[party.pk]) for each, party in asked.items()}


def addressee_of(practice: Practice, payer_id: UUID) -> Addressee:
    """Return one payer; raises Unknown."""
    found = addressees(practice, [payer_id])
    if payer_id not in found:
        raise Unknown
    return found[payer_id]


def practice_of(viewer: Viewer) -> Practice:
    """Return the practice."""
    return Practice.objects.get(pk=viewer.practice_id)


def sender(practice: Practice) -> dict[str, Any]:
    """Return what every document says of the practice, as it is kept in it."""
    letterhead = letterhead_in_force()
    return {
        **sender_of(practice),
        "currency": practice.currency,
        "tax_id": practice.tax_id,
        "letterhead": str(letterhead.pk) if letterhead else None,
        "colour": letterhead.colour if letterhead else INK,
        "footer": footer_of(practice, letterhead, "en"),
        "footer_es": footer_of(practice, letterhead, "es"),
    }


def clients_by_id(client_ids: Iterable[UUID]) -> dict[UUID, Client]:
    """Return clients with their names by id."""
    return Client.objects.select_related("party").in_bulk(list(set(client_ids)))


def client_names(client_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return clients' names by id."""
    return {key: each.name for key, each in clients_by_id(client_ids).items()}
