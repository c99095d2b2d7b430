"""A client's contacts as their tab and the Overview show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from kinbook.access.models import PortalGrant
from kinbook.people.models import Contact, Email, Phone
from kinbook.rules.reading import read_rule
from kinbook.whopays.queries.payers import arrangement_on

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact: who, how to reach them, what they are responsible for, what the portal lets them do."""

    contact: Contact
    party: Party
    email: str
    phone: str
    is_responsible: bool
    has_portal: bool
    has_ended: bool

    @property
    def relation(self) -> str:
        """What they are to the client, in a word."""
        return str(self.contact.get_relationship_display()).lower()


def contact_rows(viewer: Viewer, client: Client) -> list[ContactRow]:
    """Return the contacts in the order they were entered, two queries."""
    row = arrangement_on(client.pk, viewer.today)
    responsible = {UUID(payer) for payer in read_rule(row.rule).method.payers} if row else set()
    return rows_of(client, viewer.today, responsible)


def rows_of(client: Client, today: date, responsible: Collection[UUID]) -> list[ContactRow]:
    """Return the contacts in the order they were entered, one query."""
    email = Email.objects.filter(party_id=OuterRef("party_id")).order_by("position", "pk").values("address")[:1]
    phone = Phone.objects.filter(party_id=OuterRef("party_id")).order_by("position", "pk").values("number")[:1]
    portal = PortalGrant.objects.filter(client_id=OuterRef("client_id"), party_id=OuterRef("party_id"), access=True)
    rows: Any = (
        Contact.objects.filter(client=client)
        .select_related("party__merged_into")
        .annotate(email=Subquery(email), phone=Subquery(phone), has_portal=Exists(portal))
        .order_by("position", "pk")
    )
    return [_row(each, today, responsible) for each in rows]


def _row(found: Any, today: date, responsible: Collection[UUID]) -> ContactRow:
    party = found.party.merged_into or found.party
    return ContactRow(
        contact=found,
        party=party,
        email=found.email or "",
        phone=found.phone or "",
        is_responsible=bool({party.pk, found.party_id} & set(responsible)),
        has_portal=found.has_portal,
        has_ended=found.until is not None and found.until <= today,
    )
