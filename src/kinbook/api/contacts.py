"""Contacts of a client: linked, read and changed, with whether they are responsible for billing."""

from datetime import date
from typing import Any

from ninja import Query, Router

from kinbook.api.client_forms import AddedContactBody, ContactChange
from kinbook.api.client_shapes import ContactShown, contacts_shown
from kinbook.api.clients import draft_of
from kinbook.api.fields import Id
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.api.rule import renamed
from kinbook.audit.record import record
from kinbook.people.commands.parties import change_organization, change_person, lock_in_order
from kinbook.people.commands.reach import change_addresses, emails_of, phones_of
from kinbook.people.models import Client, Contact, Party
from kinbook.people.queries import client_for, lock_clients
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request
from kinbook.whopays.commands.arrange import Agreement, read_agreement
from kinbook.whopays.commands.responsible import add_contact as link
from kinbook.whopays.commands.responsible import change_contact as change

router = Router(tags=["Clients"], by_alias=True)

LINK = ("relationship", "legal_guardian", "emergency_contact", "reminders", "starts_on", "until")


@router.get("/clients/{client_id}/contacts", response=Page[ContactShown])
def list_contacts(request: Request, client_id: Id, asked: Query[Asked]) -> Page[ContactShown]:
    """A client's contacts in the order they were entered, ended ones too."""
    client = client_for(request.viewer, client_id)
    found, more = slice_of(contacts_shown(request.viewer, client), asked, lambda each: each.id)
    record(request.viewer, "contacts.listed", client, client_id=client.pk, count=len(found))
    return Page[ContactShown](items=found, next=more)


@router.get("/clients/{client_id}/contacts/{contact_id}", response=ContactShown)
def read_contact(request: Request, client_id: Id, contact_id: Id) -> ContactShown:
    """One contact of a client."""
    client = client_for(request.viewer, client_id)
    found = _shown(request.viewer, client, contact_id)
    record(request.viewer, "contact.viewed", client, client_id=client.pk)
    return found


def _shown(viewer: Viewer, client: Client, contact_id: object) -> ContactShown:
    for each in contacts_shown(viewer, client):
        if each.id == contact_id:
            return each
    raise Unknown


@router.post("/clients/{client_id}/contacts", response={201: ContactShown})
def create_contact(request: Request, client_id: Id, body: AddedContactBody) -> ContactShown:
    """Link a contact to a client: somebody known, a new person or a new organization."""
    viewer = request.viewer
    client = client_for(viewer, client_id)
    responsible, rule = body.responsible_for_billing, body.rule
    body.responsible_for_billing = None
    contact = link(viewer, client_id=client.pk, draft=body.draft())
    if responsible or rule is not None:
        on = body.effective_from or body.starts_on or viewer.today
        agreement = None
        if rule is not None:
            party = contact.party.merged_into_id or contact.party_id
            agreement = read_agreement(renamed(rule, {"contact": party}), starts_on=on)
        change(
            viewer,
            contact=contact,
            fields={},
            responsible=responsible or None,
            effective_from=on,
            agreement=agreement,
        )
    return _shown(viewer, client, contact.pk)


@router.patch("/clients/{client_id}/contacts/{contact_id}", response=ContactShown)
def change_contact(request: Request, client_id: Id, contact_id: Id, body: ContactChange) -> ContactShown:
    """Change a contact; what is left out stays.

    Ticking `responsible_for_billing` where nobody is starts `single` on `effective_from` (today); where somebody else
    is, or where one of several is unticked, say who pays from then in `rule`, else it is 409. Unticking the last ends
    the arrangement that day.
    """
    viewer = request.viewer
    client = client_for(viewer, client_id)
    lock_clients([client.pk])
    found = Contact.objects.filter(pk=contact_id, client=client).select_related("party__merged_into").first()
    if found is None:
        raise Unknown
    party = found.party.merged_into or found.party
    lock_in_order([party.pk])
    require_match(request, _shown(viewer, client, found.pk))
    _change_party(viewer, client, party, body)
    change(
        viewer,
        contact=found,
        fields=_link_fields(body),
        portal=body.portal.flags() if body.portal else None,
        responsible=body.responsible_for_billing,
        effective_from=body.effective_from,
        agreement=_agreement(body, viewer.today),
    )
    return _shown(viewer, client, found.pk)


def _agreement(body: ContactChange, today: date) -> Agreement | None:
    return None if body.rule is None else read_agreement(body.rule, starts_on=body.effective_from or today)


def _link_fields(body: ContactChange) -> dict[str, Any]:
    fields = {name: getattr(body, name) for name in LINK if name in body.given}
    return {name: value for name, value in fields.items() if value is not None or name in {"starts_on", "until"}}


def _change_party(viewer: Viewer, client: Client, party: Party, body: ContactChange) -> None:
    given = body.given
    if given & {"email", "phone"}:
        email = (body.email or "") if "email" in given else None
        phone = (body.phone or "") if "phone" in given else None
        change_addresses(viewer, party=party, client_id=client.pk, email=email, phone=phone)
    if "organization_name" in given:
        if not party.is_organization:
            raise Invalid(organization_name="This contact is a person.")
        name = body.organization_name or ""
        change_organization(viewer, party=party, name=name, emails=emails_of(party), phones=phones_of(party))
    named = {name: getattr(body, name) for name in ("first_name", "last_name") if name in given}
    if named:
        if party.is_organization:
            raise Invalid(first_name="This contact is an organization: change its organization_name.")
        change_person(viewer, party=party, draft=draft_of(party, **named))
