"""Clients and contacts as programs see them, any number in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, PortalGrant
from kinbook.access.policy import clients_in_reach
from kinbook.ledger.balances import client_balances
from kinbook.overview.queries.clients import ways_to_reach
from kinbook.people.commands.clients import PORTAL
from kinbook.people.models import Client, Partner, Party
from kinbook.people.queries import Link, links_of, roots
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.viewer import Viewer
from kinbook.whopays.queries.payers import responsible_on


class PortalShown(BaseModel):
    """What somebody may do in the portal for one client."""

    access: bool = False
    messages: bool = False
    appointments: bool = False
    billing_documents: bool = False
    payments: bool = False
    documents: bool = False


class ContactShown(BaseModel):
    """A contact of a client: `id` is the link; `payer_id` the person or organization, the same for all siblings."""

    id: UUID
    client_id: UUID
    payer_id: UUID
    person_id: UUID | None
    organization_id: UUID | None
    name: str
    first_name: str | None
    last_name: str | None
    organization_name: str | None
    email: str | None
    phone: str | None
    relationship: str
    legal_guardian: bool
    emergency_contact: bool
    reminders: bool
    responsible_for_billing: bool = Field(description="Named by the default rule in force today.")
    starts_on: date | None = Field(serialization_alias="from")
    until: date | None
    portal: PortalShown


class PartnerShown(BaseModel):
    """One of a couple."""

    person_id: UUID
    payer_id: UUID
    name: str
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    responsible_for_billing: bool


class ClientShown(BaseModel):
    """A client. What the member may not see is null, and the lists are empty."""

    id: UUID
    type: str
    status: str
    name: str
    person_id: UUID | None
    first_name: str | None
    last_name: str | None
    goes_by: str | None
    date_of_birth: date | None
    age: int | None
    email: str | None
    phone: str | None
    primary_clinician_id: UUID | None
    portal: PortalShown | None
    partner_ids: list[UUID]
    partners: list[PartnerShown]
    contacts: list[ContactShown]
    balance_cents: int | None = Field(description="What is due for the client, all payers together.")
    responsible_contact_ids: list[UUID] = Field(description="The contacts who pay today, by the default rule.")
    responsible_payer_ids: list[UUID] = Field(description="Everyone who pays today, the client or partners too.")


@dataclass(frozen=True, slots=True)
class _Around:
    """Everything around some clients, each kind fetched at once."""

    links: dict[UUID, list[Link]]
    partners: dict[UUID, list[Party]]
    pays: dict[UUID, list[UUID]]
    portals: dict[tuple[UUID, UUID], PortalShown]
    reach: dict[UUID, tuple[str, str]]
    clinicians: dict[UUID, UUID]
    balances: dict[UUID, int]
    open_ids: set[UUID]
    money_ids: set[UUID]


def shown(viewer: Viewer, clients: Sequence[Client]) -> list[ClientShown]:
    """Return clients as the viewer may see them, in the order given."""
    around = _around(viewer, clients)
    return [_client(viewer, each, around) for each in clients]


def contacts_shown(viewer: Viewer, client: Client) -> list[ContactShown]:
    """Return a client's contacts in the order they were entered."""
    around = _around(viewer, [client])
    return [_contact(link, around) for link in around.links.get(client.pk, [])]


def _around(viewer: Viewer, clients: Sequence[Client]) -> _Around:
    open_ids = _reached(viewer, clients, Action.CLIENT_OPEN)
    links = links_of(open_ids)
    partners: dict[UUID, list[Party]] = {}
    for each in Partner.objects.filter(client_id__in=open_ids).select_related("party").order_by("position"):
        partners.setdefault(each.client_id, []).append(each.party)
    parties = {link.party.pk for several in links.values() for link in several}
    parties |= {party.pk for several in partners.values() for party in several}
    parties |= {client.party_id for client in clients if client.party_id}
    money_ids = _reached(viewer, clients, Action.AMOUNTS_SEE)
    assigned = Assignment.objects.filter(holds_on(viewer.today), client_id__in=open_ids, is_primary=True)
    return _Around(
        links=links,
        partners=partners,
        pays=_payers(open_ids, viewer.today),
        portals=_portals(open_ids),
        reach=ways_to_reach(sorted(parties)),
        clinicians=dict(assigned.values_list("client_id", "member_id")),
        balances=client_balances(money_ids),
        open_ids=open_ids,
        money_ids=money_ids,
    )


def _reached(viewer: Viewer, clients: Sequence[Client], action: Action) -> set[UUID]:
    ids = [client.pk for client in clients]
    condition = clients_in_reach(viewer, action, "pk")
    return set(Client.objects.filter(condition, pk__in=ids).values_list("pk", flat=True)) if condition else set(ids)


def _payers(client_ids: set[UUID], today: date) -> dict[UUID, list[UUID]]:
    """Return who pays today, merged persons as those who stand for them."""
    named = responsible_on(client_ids, today)
    stands = roots(party for several in named.values() for party in several)
    return {
        client_id: list(dict.fromkeys(stands[each].pk for each in several if each in stands))
        for client_id, several in named.items()
    }


def _portals(client_ids: set[UUID]) -> dict[tuple[UUID, UUID], PortalShown]:
    grants = PortalGrant.objects.filter(client_id__in=client_ids)
    return {
        (grant.client_id, grant.party_id): PortalShown(**{name: getattr(grant, name) for name in PORTAL})
        for grant in grants
    }


def _client(viewer: Viewer, client: Client, around: _Around) -> ClientShown:
    party = client.party if client.pk in around.open_ids else None
    contacts = [_contact(link, around) for link in around.links.get(client.pk, [])]
    partners = around.partners.get(client.pk, [])
    email, phone = around.reach.get(party.pk, ("", "")) if party else ("", "")
    pays = around.pays.get(client.pk, [])
    return ClientShown(
        id=client.pk,
        type=client.type,
        status=client.status,
        name=client.name,
        person_id=client.party_id,
        first_name=party.first_name if party else None,
        last_name=party.last_name if party else None,
        goes_by=(party.goes_by or None) if party else None,
        date_of_birth=party.date_of_birth if party else None,
        age=party.age_on(viewer.today) if party else None,
        email=email or None,
        phone=phone or None,
        primary_clinician_id=around.clinicians.get(client.pk),
        portal=around.portals.get((client.pk, party.pk), PortalShown()) if party else None,
        partner_ids=[each.pk for each in partners],
        partners=[_partner(each, pays, around) for each in partners],
        contacts=contacts,
        balance_cents=around.balances.get(client.pk, 0) if client.pk in around.money_ids else None,
        responsible_contact_ids=[each.id for each in contacts if each.responsible_for_billing],
        responsible_payer_ids=pays,
    )


def _partner(party: Party, pays: Sequence[UUID], around: _Around) -> PartnerShown:
    email, phone = around.reach.get(party.pk, ("", ""))
    return PartnerShown(
        person_id=party.pk,
        payer_id=party.pk,
        name=party.name,
        first_name=party.first_name,
        last_name=party.last_name,
        email=email or None,
        phone=phone or None,
        responsible_for_billing=party.pk in pays,
    )


def _contact(link: Link, around: _Around) -> ContactShown:
    contact, party = link.contact, link.party
    email, phone = around.reach.get(party.pk, ("", ""))
    person = not party.is_organization
    return ContactShown(
        id=contact.pk,
        client_id=contact.client_id,
        payer_id=party.pk,
        person_id=party.pk if person else None,
        organization_id=None if person else party.pk,
        first_name=party.first_name if person else None,
        last_name=party.last_name if person else None,
        organization_name=None if person else party.last_name,
        starts_on=contact.starts_on,
        name=party.name,
        email=email or None,
        phone=phone or None,
        relationship=contact.relationship,
        legal_guardian=contact.legal_guardian,
        emergency_contact=contact.emergency_contact,
        reminders=contact.reminders,
        responsible_for_billing=party.pk in around.pays.get(contact.client_id, []),
        until=contact.until,
        portal=around.portals.get((contact.client_id, party.pk), PortalShown()),
    )
