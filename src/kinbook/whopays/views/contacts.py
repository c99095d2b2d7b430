"""A client's contacts: listed, added, changed, and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.invitations.queries.people import flags_for_new
from kinbook.people.commands.parties import change_person
from kinbook.people.forms import PersonForm, read_emails, read_phones
from kinbook.people.models import AddressType, Contact, PhonePermission
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import client_head, reach_of
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, page, part
from kinbook.web.request import version_of
from kinbook.whopays.commands.responsible import add_contact, change_contact
from kinbook.whopays.forms.contact import ContactForm, LinkForm
from kinbook.whopays.queries.contacts import contact_rows

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.people.models import Client
    from kinbook.web.request import Request


def contacts(request: Request, client_id: UUID) -> HttpResponse:
    """The contacts, those who have ended below."""
    client = client_for(request.viewer, client_id)
    rows = contact_rows(request.viewer, client)
    record(request.viewer, "contacts.viewed", client, client_id=client.pk, count=len(rows))
    return page(
        request,
        "whopays/contacts.html",
        head=client_head(request.viewer, client.pk),
        tab="contacts",
        client=client,
        rows=[row for row in rows if not row.has_ended],
        ended=[row for row in rows if row.has_ended],
        editable=may(request.viewer, Action.CONTACT_EDIT, client.pk),
        may_change_payer=may(request.viewer, Action.WHO_PAYS_CHANGE, client.pk),
    )


def back_to(client_id: UUID) -> str:
    """Return the address of the contacts tab."""
    return reverse("whopays:contacts", args=[client_id])


def new_contact(request: Request, client_id: UUID) -> HttpResponse:
    """Add a contact."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CONTACT_EDIT, client.pk)
    form = ContactForm(
        request.POST or None,
        prefix="contact-0",
        initial={"legal_guardian": client.is_minor, **flags_for_new(request.viewer)},
    )
    form.fields.pop("responsible_for_billing")
    if request.method == "POST" and form.is_valid():
        form.cleaned_data["responsible_for_billing"] = False
        try:
            contact = add_contact(request.viewer, client_id=client.pk, draft=form.draft(starts_on=request.viewer.today))
            return done(request, back_to(client.pk), f"{contact.party.name} is a contact now.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "whopays/new_contact.html", form=form, client=client, status=422 if form.errors else 200)


def contact_for(client: Client, contact_id: UUID) -> Contact:
    """Return a contact of a client the viewer may open."""
    found = Contact.objects.filter(client=client, pk=contact_id).select_related("client__party", "party").first()
    if found is None:
        raise Unknown
    return found


def edit_contact(request: Request, client_id: UUID, contact_id: UUID) -> HttpResponse:
    """Edit contact info: how they stand to the client, their names and ways to reach them."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CONTACT_EDIT, client.pk)
    contact = contact_for(client, contact_id)
    link = LinkForm(
        request.POST or None, prefix="link", initial={name: getattr(contact, name) for name in LinkForm.base_fields}
    )
    person = None
    if not contact.party.is_organization:
        initial = {name: getattr(contact.party, name) for name in PersonForm.base_fields}
        person = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and link.is_valid() and (person is None or person.is_valid()):
        try:
            _save_contact(request, contact, link, person)
            return done(request, back_to(client.pk), "Saved.")
        except Invalid as refused:
            beside_fields(link if set(refused.problems) <= set(link.fields) or person is None else person, refused)
        except Conflict as refused:
            link.add_error(None, refused.sentence)
    emails, phones = reach_of(contact.party)
    record(request.viewer, "contact.viewed", contact, client_id=client.pk)
    return part(
        request,
        "whopays/edit_contact.html",
        contact=contact,
        client=client,
        link=link,
        form=person,
        emails=emails,
        phones=phones,
        types=AddressType.choices,
        permissions=PhonePermission.choices,
        status=422 if link.errors or (person and person.errors) else 200,
    )


def _save_contact(request: Request, contact: Contact, link: LinkForm, person: PersonForm | None) -> None:
    with transaction.atomic():  # both or neither
        if person:
            draft = person.draft(read_emails(request.POST), read_phones(request.POST))
            change_person(
                request.viewer, party=contact.party, draft=draft, version=version_of(request, "person_version")
            )
        change_contact(request.viewer, contact=contact, fields=dict(link.cleaned_data), version=version_of(request))


def contact_reminders(request: Request, client_id: UUID, contact_id: UUID) -> HttpResponse:
    """Edit appointment reminders of one contact."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CONTACT_EDIT, client.pk)
    contact = contact_for(client, contact_id)
    if request.method == "POST":
        told = request.POST.get("reminders") == "yes"
        change_contact(request.viewer, contact=contact, fields={"reminders": told})
        return done(request, back_to(client.pk), "Saved.")
    emails, _ = reach_of(contact.party)
    address = next((each.address for each in emails if each.may_email), "")
    return part(request, "whopays/contact_reminders.html", contact=contact, client=client, address=address)


@require_POST
def remove_contact(request: Request, client_id: UUID, contact_id: UUID) -> HttpResponse:
    """End a contact's link today: what they paid and were sent stays on record."""
    client = client_for(request.viewer, client_id)
    contact = contact_for(client, contact_id)
    change_contact(request.viewer, contact=contact, fields={"until": request.viewer.today})
    return done(request, back_to(client.pk), f"{contact.party.name} is no contact from today. It can be undone below.")


@require_POST
def restore_contact(request: Request, client_id: UUID, contact_id: UUID) -> HttpResponse:
    """Let an ended link go on."""
    client = client_for(request.viewer, client_id)
    contact = contact_for(client, contact_id)
    change_contact(request.viewer, contact=contact, fields={"until": None})
    return done(request, back_to(client.pk), f"{contact.party.name} is a contact again.")
