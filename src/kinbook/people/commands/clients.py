"""Clients and their contacts: entered, changed, linked and ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, PortalGrant
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.people.commands.clean import PersonDraft, organization_kind_of
from kinbook.people.commands.own_reach import require_own_reach
from kinbook.people.commands.parties import new_organization, new_person
from kinbook.people.models import (
    Client,
    ClientStatus,
    ClientType,
    Contact,
    Partner,
    Party,
    Relationship,
)
from kinbook.people.queries import locked_client, party_for
from kinbook.team.queries import clinicians_to_be
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

PORTAL = ("access", "messages", "appointments", "billing_documents", "payments", "documents")


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact as entered: somebody known (`party_id`), a new person, or a new organization."""

    relationship: str = Relationship.PARENT
    party_id: UUID | None = None
    person: PersonDraft | None = None
    organization_name: str = ""
    legal_guardian: bool = False
    emergency_contact: bool = False
    reminders: bool = False
    responsible: bool = False
    starts_on: date | None = None
    until: date | None = None
    portal: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartnerDraft:
    """One of a couple: somebody known, or a new person."""

    party_id: UUID | None = None
    person: PersonDraft | None = None
    responsible: bool = False


@dataclass(frozen=True, slots=True)
class ClientDraft:
    """A client as entered; a minor with its contacts, a couple with its partners."""

    type: str
    person: PersonDraft | None = None
    party_id: UUID | None = None
    partners: tuple[PartnerDraft, ...] = ()
    contacts: tuple[ContactDraft, ...] = ()
    status: str = ClientStatus.ACTIVE
    clinician_id: UUID | None = None
    portal: dict[str, bool] = field(default_factory=dict)


def new_client(viewer: Viewer, draft: ClientDraft) -> Client:
    """Add a client with its contacts or partners; part of a command that has asked whether the viewer may."""
    if draft.type not in ClientType.values:
        raise Invalid(type=f"The type is one of: {', '.join(ClientType.values)}.")
    if draft.status not in ClientStatus.values:
        raise Invalid(status=f"The status is one of: {', '.join(ClientStatus.values)}.")
    if draft.type == ClientType.MINOR and not draft.contacts:
        raise Invalid(contacts="A minor needs at least one contact: a parent, a guardian, an agency.")
    client = _new_couple(viewer, draft) if draft.type == ClientType.COUPLE else _new_person_client(viewer, draft)
    _assign(viewer, client, draft.clinician_id)
    for place, contact in enumerate(draft.contacts):
        new_contact(viewer, client, contact, position=place)
    if draft.portal and client.party:
        set_portal(viewer, client, client.party, draft.portal)
    return client


def _new_person_client(viewer: Viewer, draft: ClientDraft) -> Client:
    if draft.partners:
        raise Invalid(partners="Only a couple has partners.")
    party = _known_or_new(viewer, draft.party_id, draft.person)
    if Client.objects.filter(party=party).exists():
        raise Conflict(f"{party.name} is a client already. Nothing was added: open that client instead.")
    return Client.objects.create(
        practice_id=viewer.practice_id,
        type=draft.type,
        status=draft.status,
        party=party,
        sort_name=party.sort_name,
    )


def _new_couple(viewer: Viewer, draft: ClientDraft) -> Client:
    if len(draft.partners) != 2:
        raise Invalid(partners="A couple is two people.")
    if draft.person:
        raise Invalid(partners="A couple has partners, and no name of its own.")
    parties = [_known_or_new(viewer, each.party_id, each.person) for each in draft.partners]
    if parties[0].pk == parties[1].pk:
        raise Invalid(partners="A couple is two different people.")
    client = Client.objects.create(
        practice_id=viewer.practice_id,
        type=ClientType.COUPLE,
        status=draft.status,
        couple_name=couple_name(*parties),
        sort_name=parties[0].sort_name,
    )
    for position, party in enumerate(parties, start=1):
        Partner.objects.create(practice_id=viewer.practice_id, client=client, party=party, position=position)
    return client


def couple_name(one: Party, other: Party) -> str:
    """Return how a couple is listed: "Piet and Hannah de Vries", or both names in full."""
    if one.last_name == other.last_name:
        return f"{one.short_name} and {other.name}"
    return f"{one.name} and {other.name}"


def _known_or_new(viewer: Viewer, party_id: UUID | None, person: PersonDraft | None) -> Party:
    if party_id:
        party = party_for(viewer, party_id)
        if party.is_organization:
            raise Invalid(person_id="An organization cannot be a client.")
        return party.merged_into or party
    return new_person(viewer, person or PersonDraft())


def _assign(viewer: Viewer, client: Client, clinician_id: UUID | None) -> None:
    """Give the client its primary clinician; one whom a clinician enters without another is theirs."""
    clinicians = {role for role in viewer.roles if role.startswith("clinician")}
    if clinician_id is None and clinicians and not viewer.roles & {Role.OWNER, Role.MANAGER}:
        clinician_id = viewer.id
    if clinician_id is None:
        return
    if not clinicians_to_be(viewer).filter(pk=clinician_id).exists():
        raise Invalid(primary_clinician_id="There is no such clinician on the team.")
    Assignment.objects.create(
        practice_id=viewer.practice_id,
        client_id=client.pk,
        member_id=clinician_id,
        is_primary=True,
        starts_on=viewer.today,
    )


def new_contact(viewer: Viewer, client: Client, draft: ContactDraft, *, position: int) -> Contact:
    """Link a contact to a client; part of a command that has asked whether the viewer may."""
    if draft.relationship not in Relationship.values:
        raise Invalid(relationship=f"The relationship is one of: {', '.join(Relationship.values)}.")
    if draft.starts_on and draft.until and draft.until < draft.starts_on:
        raise Invalid(until="A contact ends after it begins.")
    party = _contact_party(viewer, draft)
    if client.party_id == party.pk or client.partners.filter(party=party).exists():
        raise Invalid(person_id="Nobody is their own contact.")
    try:
        with transaction.atomic():
            contact = Contact.objects.create(
                practice_id=viewer.practice_id,
                client=client,
                party=party,
                relationship=draft.relationship,
                legal_guardian=draft.legal_guardian,
                emergency_contact=draft.emergency_contact,
                reminders=draft.reminders,
                starts_on=draft.starts_on,
                until=draft.until,
                position=position,
            )
    except IntegrityError as twice:
        if "contact_once" not in str(twice):
            raise
        raise Conflict(f"{party.name} is a contact of {client.name} already at that time.") from None
    if draft.portal:
        set_portal(viewer, client, party, draft.portal)
    return contact


def _contact_party(viewer: Viewer, draft: ContactDraft) -> Party:
    if draft.party_id:
        party = party_for(viewer, draft.party_id)
        return party.merged_into or party
    if draft.organization_name:
        kind = organization_kind_of(draft.relationship)
        email = draft.person.emails[0].address if draft.person and draft.person.emails else ""
        return new_organization(viewer, name=draft.organization_name, kind=kind, email=email)
    return new_person(viewer, draft.person or PersonDraft())


def set_portal(viewer: Viewer, client: Client, party: Party, flags: dict[str, bool]) -> None:
    """Set what a person may do in the portal for the client; flags not named stay."""
    unknown = set(flags) - set(PORTAL)
    if unknown:
        raise Invalid(portal=f"The portal knows: {', '.join(PORTAL)}.")
    if flags.get("access") and client.is_minor and client.party_id == party.pk:
        require_own_reach(client)
    is_new = not PortalGrant.objects.filter(client_id=client.pk, party_id=party.pk).exists()
    if is_new and flags.get("access") and "messages" not in flags:
        flags = {**flags, "messages": messages_for_new(viewer.practice_id)}
    PortalGrant.objects.update_or_create(
        practice_id=viewer.practice_id, client_id=client.pk, party_id=party.pk, defaults=dict(flags)
    )


def messages_for_new(practice_id: UUID) -> bool:
    """Tell whether who is let into the portal may write there, unless it is said otherwise."""
    return Practice.objects.filter(pk=practice_id, messages_on=True, messages_for_new=True).exists()


@transaction.atomic
def change_client(
    viewer: Viewer,
    *,
    client_id: UUID,
    version: int | None = None,
    type: str | None = None,
    status: str | None = None,
    clinician_id: UUID | None = None,
) -> Client:
    """Change a client's type, status or primary clinician; what is not named stays."""
    require(viewer, Action.CLIENT_EDIT, client_id)
    client = locked_client(client_id)
    client.require_version(version)
    before = {"type": client.type, "status": client.status}
    if type is not None:
        client.type = _changed_type(client, type)
    if status is not None:
        if status not in ClientStatus.values:
            raise Invalid(status=f"The status is one of: {', '.join(ClientStatus.values)}.")
        client.status = status
    client.save()
    if clinician_id is not None:
        change_primary_clinician(viewer, client, clinician_id)
    after: dict[str, Any] = {"type": client.type, "status": client.status}
    record(viewer, "client.changed", client, client_id=client.pk, changed=changes(before, after))
    return client


def _changed_type(client: Client, type_: str) -> str:
    if type_ not in ClientType.values:
        raise Invalid(type=f"The type is one of: {', '.join(ClientType.values)}.")
    if (type_ == ClientType.COUPLE) != client.is_couple:
        raise Invalid(type="A couple stays a couple, and a person does not become one: enter a new client.")
    if type_ == ClientType.MINOR and not Contact.objects.filter(client=client).exists():
        raise Invalid(type="A minor needs a contact: add one first.")
    return type_


def change_primary_clinician(viewer: Viewer, client: Client, clinician_id: UUID) -> None:
    """Let another clinician be the primary one from today; the one before keeps the client as shared."""
    if not clinicians_to_be(viewer).filter(pk=clinician_id).exists():
        raise Invalid(primary_clinician_id="There is no such clinician on the team.")
    today = viewer.today
    current = Assignment.objects.filter(client_id=client.pk, until=None)
    if current.filter(member_id=clinician_id, is_primary=True).exists():
        return
    end_assignments(current.filter(member_id=clinician_id) | current.filter(is_primary=True), today)
    Assignment.objects.create(
        practice_id=viewer.practice_id,
        client_id=client.pk,
        member_id=clinician_id,
        is_primary=True,
        starts_on=today,
    )


def end_assignments(rows: Any, today: date) -> None:
    """End assignments today; those that began today or later never were."""
    rows.filter(starts_on__gte=today).delete()
    rows.filter(starts_on__lt=today).update(until=today)
