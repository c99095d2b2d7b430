"""Invite to the portal: who gets which access, the words of the mail, a look at it, and sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.invitations.commands.invite import Invite, invite_to_portal
from kinbook.invitations.forms import PersonInviteForm, WordsForm
from kinbook.invitations.queries.mailbox import minors_of
from kinbook.invitations.queries.people import flags_for_new, portal_people, portal_setting
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import client_head
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import done, page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.people.models import Client
    from kinbook.web.request import Request


def people(request: Request, client_id: UUID) -> HttpResponse:
    """Everybody around the client with their portal; invitations are chosen here, looked at, then sent."""
    client = client_for(request.viewer, client_id)
    editable = may(request.viewer, Action.CONTACT_EDIT, client.pk)
    if request.method == "POST":
        require(request.viewer, Action.CONTACT_EDIT, client.pk)
    forms, words = _forms(request, client)
    step = request.POST.get("step", "")
    valid = step in {"review", "send"} and words.is_valid() and all(each.is_valid() for each in forms)
    chosen = [each for each in forms if valid and each.cleaned_data["invite"]]
    problem = "" if chosen or not valid else "Tick whom to invite."
    for each in chosen:
        if each.person.mailbox.problem:
            each.add_error("invite", each.person.mailbox.problem)
    clean = bool(chosen) and not any(each.errors for each in forms)
    if clean and step == "send":
        try:
            return _send(request, client, chosen, words)
        except (Conflict, Invalid) as refused:
            problem, clean = refused.sentence, False
    record(request.viewer, "portal.people_viewed", client, client_id=client.pk)
    return page(
        request,
        "invitations/people.html",
        head=client_head(request.viewer, client.pk),
        tab="portal",
        client=client,
        forms=forms,
        words=words,
        chosen=chosen if clean else [],
        problem=problem,
        setting=portal_setting(request.viewer),
        editable=editable,
        status=422 if request.method == "POST" and not clean else 200,
    )


def _forms(request: Request, client: Client) -> tuple[list[PersonInviteForm], WordsForm]:
    data = request.POST if request.method == "POST" else None
    setting = portal_setting(request.viewer)
    defaults = flags_for_new(request.viewer)
    around = portal_people(request.viewer, client)
    minors = minors_of(each.party.pk for each in around)
    forms = [
        PersonInviteForm(data, person=each, defaults=defaults, is_minor=each.party.pk in minors) for each in around
    ]
    return forms, WordsForm(data, initial={"language": setting.language})


def _send(request: Request, client: Client, chosen: list[PersonInviteForm], words: WordsForm) -> HttpResponse:
    invites = [Invite(each.person.party.pk, each.flags) for each in chosen]
    invited = invite_to_portal(request.viewer, client=client, invites=invites, **words.cleaned_data)
    names = ", ".join(each.party.short_name for each in invited)
    return done(request, reverse("invitations:people", args=[client.pk]), f"Invited: {names}.")


@require_POST
def again(request: Request, client_id: UUID, party_id: UUID) -> HttpResponse:
    """Send one person the invitation once more, with the access they have."""
    client = client_for(request.viewer, client_id)
    back = reverse("invitations:people", args=[client.pk])
    invited = invite_to_portal(request.viewer, client=client, invites=[Invite(party_id)])
    return done(request, back, f"Invited again: {invited[0].party.short_name}.")
