"""Manage Client Portal & Billing: one contact's responsibility and portal, with what Save would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kinbook.access.actions import Action
from kinbook.access.models import PortalGrant
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.people.commands.clients import messages_for_new
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import reach_of
from kinbook.rules.arrangement import Rule, Single
from kinbook.rules.placing import Swallows
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, part
from kinbook.web.request import version_of
from kinbook.whopays.commands.arrange import Agreement, placed_value, read_agreement, require_payers
from kinbook.whopays.commands.responsible import change_contact
from kinbook.whopays.forms.chooser import fresh, read_chooser
from kinbook.whopays.forms.contact import ManageForm
from kinbook.whopays.queries.payers import responsible_on
from kinbook.whopays.queries.preview import could_be_readdressed, ending, placing, preview
from kinbook.whopays.views.choices import choices_for
from kinbook.whopays.views.contacts import back_to, contact_for

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.people.models import Client, Contact
    from kinbook.web.request import Request
    from kinbook.whopays.forms.chooser import Chooser
    from kinbook.whopays.queries.preview import Change, Preview


def manage(request: Request, client_id: UUID, contact_id: UUID) -> HttpResponse:
    """The dialog, and saving it."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CONTACT_EDIT, client.pk)
    contact = contact_for(client, contact_id)
    form = ManageForm(request.POST or None, initial=_initial(request, contact))
    may_change = may(request.viewer, Action.WHO_PAYS_CHANGE, client.pk)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, contact, form, may_change=may_change)
            return done(request, back_to(client.pk), "Saved.")
        except Invalid as refused:
            problem = refused.problems.get("rule", "")
            if not problem:
                beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    context = _consequences(request, client, contact, form)
    record(request.viewer, "contact.billing_viewed", contact, client_id=client.pk)
    emails, _ = reach_of(contact.party)
    return part(
        request,
        "whopays/manage.html",
        client=client,
        contact=contact,
        form=form,
        may_change=may_change,
        problem=problem,
        address=next((each.address for each in emails if each.may_email), ""),
        status=422 if form.errors or problem else 200,
        **context,
    )


def consequences(request: Request, client_id: UUID, contact_id: UUID) -> HttpResponse:
    """What Save would change, as the dialog stands; with the chooser where a second payer is ticked."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CONTACT_EDIT, client.pk)
    contact = contact_for(client, contact_id)
    form = ManageForm(request.POST)
    form.is_valid()
    return part(
        request,
        "whopays/_manage_changed.html",
        client=client,
        contact=contact,
        form=form,
        problem="",
        **_consequences(request, client, contact, form),
    )


def _initial(request: Request, contact: Contact) -> dict[str, Any]:
    grant = PortalGrant.objects.filter(client_id=contact.client_id, party_id=contact.party_id).first()
    flags = ("access", "messages", "appointments", "billing_documents", "payments", "documents")
    # who was never let in begins with what the practice settled for new portal users
    new = {} if grant else {"messages": messages_for_new(request.viewer.practice_id)}
    return {
        "responsible_for_billing": _is_responsible(request, contact),
        "effective_from": request.viewer.today,
        **{name: bool(grant and getattr(grant, name)) for name in flags},
        **new,
    }


def _named(request: Request, contact: Contact) -> list[UUID]:
    return responsible_on([contact.client_id], request.viewer.today).get(contact.client_id, [])


def _is_responsible(request: Request, contact: Contact) -> bool:
    return contact.party_id in _named(request, contact)


def _needs_choice(request: Request, contact: Contact, form: ManageForm) -> bool:
    """Tell whether the form leaves open who pays: a second payer was ticked, or one of several unticked."""
    named = _named(request, contact)
    ticked = bool(form.cleaned_data.get("responsible_for_billing"))
    if ticked:
        return contact.party_id not in named and bool(named)
    return contact.party_id in named and len(named) > 1


def _agreement(request: Request, contact: Contact, form: ManageForm) -> Agreement | None:
    """Return the agreement that the chooser in the dialog says; None where none is needed or made yet."""
    if not _needs_choice(request, contact, form) or "mode" not in request.POST:
        return None
    choices = choices_for(contact.client)
    rule = read_chooser(request.POST, [each.id for each in choices])
    return read_agreement(rule, starts_on=form.cleaned_data["effective_from"])


def _save(request: Request, contact: Contact, form: ManageForm, *, may_change: bool) -> None:
    ticked = form.cleaned_data["responsible_for_billing"]
    before = _is_responsible(request, contact)
    change_contact(
        request.viewer,
        contact=contact,
        fields={},
        portal=form.portal,
        responsible=ticked if may_change and ticked != before else None,
        effective_from=form.cleaned_data["effective_from"],
        agreement=_agreement(request, contact, form) if may_change else None,
        version=version_of(request),
    )


def _consequences(request: Request, client: Client, contact: Contact, form: ManageForm) -> dict[str, Any]:
    if not form.is_bound or not form.is_valid():
        shown: Preview | None = preview(request.viewer, client)
        return {"chooser": None, "shown": shown, "since": request.viewer.today, "readdress": []}
    since = form.cleaned_data["effective_from"]
    chooser = None
    if _needs_choice(request, contact, form):
        part_of = [str(each) for each in _named(request, contact) if each != contact.party_id]
        if form.cleaned_data["responsible_for_billing"]:
            part_of.append(str(contact.party_id))
        chooser = fresh(choices_for(client), since, taking_part=part_of)
    try:
        change = _change(request, contact, form, chooser)
        shown = preview(request.viewer, client, change)
        blocked = ""
    except Swallows:
        shown, blocked = None, "An arrangement begins later already: change it under Edit › Billing first."
    except Invalid as refused:
        shown, blocked = None, refused.sentence
    ticked = form.cleaned_data["responsible_for_billing"] and not _is_responsible(request, contact)
    readdress = could_be_readdressed(client, since, [contact.party_id]) if ticked else []
    return {"chooser": chooser, "shown": shown, "since": since, "readdress": readdress, "blocked": blocked}


def _change(request: Request, contact: Contact, form: ManageForm, chooser: Chooser | None) -> Change | None:
    since = form.cleaned_data["effective_from"]
    ticked, before = form.cleaned_data["responsible_for_billing"], _is_responsible(request, contact)
    if chooser:
        agreement = _agreement(request, contact, form) or read_agreement(chooser.proposed, starts_on=since)
        require_payers(contact.client_id, agreement)
        return placing(placed_value(agreement, []))
    if ticked and not before:
        return placing(placed_value(Agreement(Rule(Single(str(contact.party_id))), since), []))
    return ending(since) if before and not ticked else None
