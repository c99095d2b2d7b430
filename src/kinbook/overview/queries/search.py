"""Search over clients, contacts and invoice numbers, as it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import reach
from kinbook.invoices.models import Invoice
from kinbook.people.models import Client, Party
from kinbook.people.queries import matching, parties_visible_to, words_of

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    name: str
    what: str
    url_name: str
    id: UUID
    party: Party | None = None

    @property
    def initials(self) -> str:
        """Two letters for a client's mark."""
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper() if words else "?"


def found(viewer: Viewer, text: str) -> list[Hit]:
    """Return what the words find: clients first, then contacts, then invoices by number."""
    words = words_of(text)
    if not words:
        return []
    clients = Client.objects.visible_to(viewer).filter(matching(words)).select_related("party")
    hits = [
        Hit(client.name, str(client.get_type_display()), "overview:client", client.pk)
        for client in clients.order_by("sort_name", "pk")[:MOST]
    ]
    people = parties_visible_to(viewer).filter(matching(words, "pk"), merged_into=None, clients=None)
    hits += [
        Hit(party.name, "Organization" if party.is_organization else "Contact", "people:party", party.pk, party)
        for party in people.order_by("sort_name", "pk")[:MOST]
    ]
    digits = "".join(letter for letter in text if letter.isdecimal())[:12]
    if digits and reach(viewer, Action.AMOUNTS_SEE):
        invoices = Invoice.objects.visible_to(viewer).filter(number=int(digits))
        hits += [Hit(each.name, "Invoice", "invoices:invoice", each.pk) for each in invoices]
    return hits
