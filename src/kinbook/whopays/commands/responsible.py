"""Responsible for billing: ticked and unticked at a contact, kept as an arrangement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.people.commands.clients import new_client, new_contact, set_portal
from kinbook.people.models import ClientType, Contact, Relationship
from kinbook.people.queries import locked_client
from kinbook.rules.arrangement import Rule, Single
from kinbook.rules.periods import Period
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.arrange import Agreement, end_on, hold
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.queries.payers import responsible_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.people.commands.clients import ClientDraft, ContactDraft
    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer

TWO_RESPONSIBLE = (
    "Somebody else is responsible for billing already. Nothing was changed: say who pays from then (rule), by "
    "alternating, by the custody calendar, by percent or by amounts."
)
ONE_OF_SEVERAL = (
    "Several are responsible for billing. Nothing was changed: say who pays from then (rule) without this contact."
)


@transaction.atomic
def add_client(
    viewer: Viewer, *, draft: ClientDraft, agreement: Callable[[Sequence[UUID]], Agreement] | None = None
) -> Client:
    """Add a client with contacts or partners, and who pays from the beginning.

    `agreement` is asked with the payers' ids: contacts or partners in the order given, the client last. Without it
    one responsible contact or partner pays, an adult pays for themselves, and two responsible ones are Invalid.
    """
    require(viewer, Action.CLIENT_CREATE)
    client = new_client(viewer, draft)
    parties = _in_order(client)
    ticked = [*(each.responsible for each in draft.contacts), *(each.responsible for each in draft.partners)]
    responsible = [party for party, is_ticked in zip(parties, ticked, strict=False) if is_ticked]
    if agreement:
        agreed = agreement(parties)
        if not {str(party) for party in responsible} <= set(agreed.rule.method.payers):
            raise Invalid(arrangement="Somebody is ticked as responsible for billing whom the arrangement leaves out.")
        hold(viewer, client.pk, agreed)
    elif len(responsible) > 1:
        raise Invalid(arrangement="Two are responsible for billing: say how they share.")
    elif responsible:
        hold(viewer, client.pk, _one_payer(responsible[0], None))
    elif client.type == ClientType.ADULT and client.party_id:
        hold(viewer, client.pk, _one_payer(client.party_id, None))
    record(viewer, "client.added", client, client_id=client.pk, type=client.type, name=client.name)
    return client


def _in_order(client: Client) -> list[UUID]:
    contacts = Contact.objects.filter(client=client).order_by("position").values_list("party_id", flat=True)
    partners = client.partners.order_by("position").values_list("party_id", flat=True)
    return [*contacts, *partners, *([client.party_id] if client.party_id else [])]


def _one_payer(party_id: UUID, starts_on: date | None) -> Agreement:
    return Agreement(Rule(Single(str(party_id))), starts_on)


@transaction.atomic
def add_contact(viewer: Viewer, *, client_id: UUID, draft: ContactDraft, agreement: Agreement | None = None) -> Contact:
    """Add a contact to a client; ticked as responsible it pays from the contact's start, or from today."""
    require(viewer, Action.CONTACT_EDIT, client_id)
    client = locked_client(client_id)
    position = Contact.objects.filter(client=client).count()
    contact = new_contact(viewer, client, draft, position=position)
    if draft.responsible:
        require(viewer, Action.WHO_PAYS_CHANGE, client_id)
        tick(viewer, contact, draft.starts_on or viewer.today, agreement)
    else:
        rewrite_forecast(viewer, [client_id])
    record(viewer, "contact.added", contact, client_id=client_id, name=contact.party.name)
    return contact


@transaction.atomic
def change_contact(
    viewer: Viewer,
    *,
    contact: Contact,
    fields: dict[str, Any],
    portal: dict[str, bool] | None = None,
    responsible: bool | None = None,
    effective_from: date | None = None,
    agreement: Agreement | None = None,
    version: int | None = None,
) -> Contact:
    """Change a contact's link, portal flags and whether it is responsible for billing from a date (today).

    Ticking another, or unticking one of several, needs an agreement: else Conflict, and nothing is changed.
    """
    require(viewer, Action.CONTACT_EDIT, contact.client_id)
    locked_client(contact.client_id)
    contact = Contact.objects.select_related("client__party", "party").get(pk=contact.pk)
    contact.require_version(version)
    before = {name: getattr(contact, name) for name in fields}
    _set_fields(contact, fields)
    contact.save()
    if portal is not None:
        set_portal(viewer, contact.client, contact.party, portal)
    _set_responsible(viewer, contact, responsible=responsible, on=effective_from or viewer.today, agreement=agreement)
    rewrite_forecast(viewer, [contact.client_id])
    record(
        viewer,
        "contact.changed",
        contact,
        client_id=contact.client_id,
        name=contact.party.name,
        changed=changes(before, fields),
        **({"portal": portal} if portal is not None else {}),
    )
    return contact


LINK_FIELDS = ("relationship", "legal_guardian", "emergency_contact", "reminders", "starts_on", "until")


def _set_fields(contact: Contact, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in LINK_FIELDS:
            raise Invalid(**{name: "This cannot be changed here."})
        setattr(contact, name, value)
    if contact.relationship not in Relationship.values:
        raise Invalid(relationship=f"The relationship is one of: {', '.join(Relationship.values)}.")
    if contact.starts_on and contact.until and contact.until < contact.starts_on:
        raise Invalid(until="A contact ends after it begins.")
    overlapping = Contact.objects.filter(client=contact.client_id, party=contact.party_id).exclude(pk=contact.pk)
    for other in overlapping:
        if _overlap(contact, other):
            raise Conflict("This contact is linked a second time in those dates.")


def _overlap(one: Contact, other: Contact) -> bool:
    return Period(one.starts_on, one.until).overlaps(Period(other.starts_on, other.until))


def _set_responsible(
    viewer: Viewer, contact: Contact, *, responsible: bool | None, on: date, agreement: Agreement | None
) -> None:
    if responsible is None and agreement is None:
        return
    require(viewer, Action.WHO_PAYS_CHANGE, contact.client_id)
    if agreement is not None:
        _refuse_contradiction(contact, agreement, responsible=responsible)
        hold(viewer, contact.client_id, agreement)
    elif responsible:
        tick(viewer, contact, on, None)
    else:
        untick(viewer, contact, on)


def _refuse_contradiction(contact: Contact, agreement: Agreement, *, responsible: bool | None) -> None:
    party = contact.party.merged_into_id or contact.party_id
    named = str(party) in agreement.rule.method.payers
    if responsible is True and not named:
        raise Invalid(rule="This contact is to be responsible for billing, and the rule does not name them.")
    if responsible is False and named:
        raise Invalid(rule="This contact is not to be responsible for billing any more, and the rule names them.")


def tick(viewer: Viewer, contact: Contact, on: date, agreement: Agreement | None) -> None:
    """Make a contact responsible from a day: alone where nobody is, by the agreement where somebody else is."""
    if agreement is not None:
        hold(viewer, contact.client_id, agreement)
        return
    named = responsible_on([contact.client_id], on).get(contact.client_id, [])
    if contact.party_id in named:
        return
    if named:
        raise Conflict(TWO_RESPONSIBLE)
    hold(viewer, contact.client_id, _one_payer(contact.party_id, on))


def untick(viewer: Viewer, contact: Contact, on: date) -> None:
    """End a contact's responsibility on a day: the arrangement ends, or Conflict where several share it."""
    named = responsible_on([contact.client_id], on).get(contact.client_id, [])
    if contact.party_id not in named:
        return
    if len(named) > 1:
        raise Conflict(ONE_OF_SEVERAL)
    end_on(viewer, contact.client_id, on)
