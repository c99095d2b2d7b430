"""Screens of people: a client's info, clinicians and reminders; a person's page; merging two of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.people.commands.clients import change_client
from kinbook.people.commands.parties import change_organization, change_person
from kinbook.people.commands.reminders import set_reminders
from kinbook.people.forms import (
    ClientForm,
    OrganizationForm,
    PersonForm,
    read_emails,
    read_phones,
)
from kinbook.people.models import AddressType, PhonePermission
from kinbook.people.queries import client_for, party_for
from kinbook.people.queries.shown import (
    client_head,
    clinicians_of,
    party_page,
    reach_of,
    reminder_rows,
    search_parties,
)
from kinbook.team.commands.clients import assign_clinicians
from kinbook.team.models import Member
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, page, part
from kinbook.web.request import version_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.people.models import Client, Party
    from kinbook.web.request import Request

CHOICES = {"types": AddressType.choices, "permissions": PhonePermission.choices}


def edit_client(request: Request, client_id: UUID) -> HttpResponse:
    """Client info: names, birthday, ways to reach, type and status."""
    client = client_for(request.viewer, client_id)
    editable = may(request.viewer, Action.CLIENT_EDIT, client.pk)
    party = client.party
    form = ClientForm(request.POST or None, initial={"type": client.type, "status": client.status}, prefix="client")
    person = PersonForm(request.POST or None, initial=_initial(party)) if party else None
    if request.method == "POST" and form.is_valid() and (person is None or person.is_valid()):
        try:
            _save(request, client, form, person)
            return done(request, reverse("people:edit_client", args=[client.pk]), "Saved.")
        except Invalid as refused:
            beside_fields(person if person and set(refused.problems) - {"type", "status"} else form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    emails, phones = reach_of(party) if party else ([], [])
    record(request.viewer, "client.info_viewed", client, client_id=client.pk)
    return page(
        request,
        "people/edit_client.html",
        head=client_head(request.viewer, client.pk),
        tab="info",
        client=client,
        form=form,
        person=person,
        emails=emails,
        phones=phones,
        editable=editable,
        status=422 if form.errors or (person and person.errors) else 200,
        **CHOICES,
    )


def _initial(party: Party | None) -> dict[str, object]:
    return {name: getattr(party, name) for name in PersonForm.base_fields} if party else {}


def _save(request: Request, client: Client, form: ClientForm, person: PersonForm | None) -> None:
    values = form.cleaned_data
    with transaction.atomic():  # both or neither
        if person and client.party:
            draft = person.draft(read_emails(request.POST), read_phones(request.POST))
            change_person(
                request.viewer, party=client.party, draft=draft, version=version_of(request, "person_version")
            )
        change_client(
            request.viewer,
            client_id=client.pk,
            version=version_of(request),
            type=values["type"],
            status=values["status"],
        )


def clinicians(request: Request, client_id: UUID) -> HttpResponse:
    """Who has this client: the primary clinician, and those it is shared with."""
    client = client_for(request.viewer, client_id)
    editable = may(request.viewer, Action.CLIENT_ASSIGN, client.pk)
    members = list(Member.objects.active().order_by("last_name", "first_name"))
    if request.method == "POST":
        known = {str(member.pk): member.pk for member in members}
        primary = known.get(request.POST.get("primary", ""))
        shared = [known[each] for each in request.POST.getlist("shared") if each in known and known[each] != primary]
        assign_clinicians(request.viewer, client_id=client.pk, primary_id=primary, shared_ids=shared)
        return done(request, reverse("people:clinicians", args=[client.pk]), "Saved.")
    record(request.viewer, "client.clinicians_viewed", client, client_id=client.pk)
    return page(
        request,
        "people/clinicians.html",
        head=client_head(request.viewer, client.pk),
        tab="clinicians",
        client=client,
        rows=clinicians_of(request.viewer, client, members),
        editable=editable,
    )


def reminders(request: Request, client_id: UUID) -> HttpResponse:
    """Who is told of appointments ahead."""
    client = client_for(request.viewer, client_id)
    if request.method == "POST":
        told = set(request.POST.getlist("contact"))
        own = request.POST.get("own") == "yes"
        set_reminders(request.viewer, client_id=client.pk, own=own, contact_ids=told)
        return done(request, reverse("people:reminders", args=[client.pk]), "Saved.")
    record(request.viewer, "client.reminders_viewed", client, client_id=client.pk)
    return page(
        request,
        "people/reminders.html",
        head=client_head(request.viewer, client.pk),
        tab="reminders",
        client=client,
        rows=reminder_rows(request.viewer, client),
        editable=may(request.viewer, Action.CONTACT_EDIT, client.pk),
    )


def party(request: Request, party_id: UUID) -> HttpResponse:
    """A person or organization: how to reach them, and whose contact they are."""
    found = party_for(request.viewer, party_id)
    shown = party_page(request.viewer, found)
    record(request.viewer, "person.viewed", found)
    return page(request, "people/party.html", shown=shown, party=found)


def edit_party(request: Request, party_id: UUID) -> HttpResponse:
    """Change a person's or an organization's names and ways to reach."""
    found = party_for(request.viewer, party_id)
    require(request.viewer, Action.CONTACT_EDIT)
    organization = found.is_organization
    if organization:
        form: PersonForm | OrganizationForm = OrganizationForm(request.POST or None, initial={"name": found.last_name})
    else:
        form = PersonForm(request.POST or None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        emails, phones = read_emails(request.POST), read_phones(request.POST)
        try:
            if isinstance(form, OrganizationForm):
                change_organization(
                    request.viewer,
                    party=found,
                    name=form.cleaned_data["name"],
                    emails=emails,
                    phones=phones,
                    version=version_of(request),
                )
            else:
                change_person(
                    request.viewer, party=found, draft=form.draft(emails, phones), version=version_of(request)
                )
            return done(request, request.POST.get("back") or reverse("people:party", args=[found.pk]), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    shown_emails, shown_phones = reach_of(found)
    return part(
        request,
        "people/edit_party.html",
        form=form,
        party=found,
        emails=shown_emails,
        phones=shown_phones,
        back=request.GET.get("back", ""),
        status=422 if form.errors else 200,
        **CHOICES,
    )


def choose(request: Request) -> HttpResponse:
    """Find somebody known by name, e-mail or phone, to be linked; answers with links."""
    require(request.viewer, Action.CLIENT_LIST)
    asked = request.GET.get("q", "")[:100]
    found = search_parties(request.viewer, asked)
    place = request.GET.get("place", "0")
    chosen = request.GET.get("party")
    if chosen:
        try:
            one = party_for(request.viewer, UUID(chosen))
        except ValueError:
            raise Invalid(party="Choose somebody.") from None
        return part(request, "people/_chosen.html", party=one, place=place, purpose=request.GET.get("for", ""))
    return part(
        request, "people/_choices.html", found=found, asked=asked, place=place, purpose=request.GET.get("for", "")
    )
