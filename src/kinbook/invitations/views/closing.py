"""Suspending one person's portal, lifting it, what guardians keep past 18, and looking at it as they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.invitations.commands.keep import end_kept_portal, keep_portal
from kinbook.invitations.commands.suspend import lift_suspension, suspend_portal
from kinbook.invitations.commands.view_as import view_as
from kinbook.invitations.forms import SuspendForm
from kinbook.invitations.queries.people import portal_person
from kinbook.people.queries import client_for
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request

COOKIE = "kinbook_portal"


def suspend(request: Request, client_id: UUID, party_id: UUID) -> HttpResponse:
    """Ask why, then close it."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CONTACT_EDIT, client.pk)
    person = portal_person(request.viewer, client, party_id)
    form = SuspendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suspend_portal(request.viewer, client=client, party_id=party_id, reason=form.cleaned_data["reason"])
            sentence = f"Suspended. {person.party.short_name} was signed out wherever they were signed in."
            return done(request, reverse("invitations:people", args=[client.pk]), sentence)
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return part(request, "invitations/suspend.html", client=client, person=person, form=form, status=status)


@require_POST
def lift(request: Request, client_id: UUID, party_id: UUID) -> HttpResponse:
    """Open it again."""
    client = client_for(request.viewer, client_id)
    lift_suspension(request.viewer, client=client, party_id=party_id)
    return done(request, reverse("invitations:people", args=[client.pk]), "Lifted: the portal is open again.")


@require_POST
def keep(request: Request, client_id: UUID, party_id: UUID) -> HttpResponse:
    """The client, of age, agreed that this guardian keeps their access."""
    client = client_for(request.viewer, client_id)
    keep_portal(request.viewer, client=client, party_id=party_id)
    sentence = f"Recorded: {client.short_name} agreed, and it is open again."
    return done(request, reverse("invitations:people", args=[client.pk]), sentence)


@require_POST
def end_kept(request: Request, client_id: UUID, party_id: UUID) -> HttpResponse:
    """The client agrees no longer."""
    client = client_for(request.viewer, client_id)
    end_kept_portal(request.viewer, client=client, party_id=party_id)
    return done(request, reverse("invitations:people", args=[client.pk]), "Ended, wherever they were signed in.")


@require_POST
def look(request: Request, client_id: UUID, party_id: UUID) -> HttpResponse:
    """View as this person, read only."""
    client = client_for(request.viewer, client_id)
    secret = view_as(request.viewer, client=client, party_id=party_id)
    response = HttpResponseRedirect("/portal/")
    response.set_cookie(
        COOKIE, secret, path="/portal/", httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
