"""Who can open a client's record; closing it, and opening it in an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.models import Restriction
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.overview.forms import CloseRecordForm, EmergencyForm, ShareForm
from kinbook.overview.queries.closed_records import closed_records
from kinbook.people.commands.closing import close_record, end_emergency, open_in_emergency, reopen_record
from kinbook.people.queries import client_for
from kinbook.people.queries.openers import openers
from kinbook.people.queries.shown import client_head
from kinbook.team.commands.clients import share_client
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, done, page, part, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def access(request: Request, client_id: UUID) -> HttpResponse:
    """Everybody who can open this record, by name and why."""
    head = client_head(request.viewer, client_id)
    record(request.viewer, "client.access_viewed", head.client, client_id=client_id)
    return page(
        request,
        "overview/access.html",
        head=head,
        tab="access",
        shown=openers(request.viewer, client_id),
        may_share=head.rights.may(Action.CLIENT_ASSIGN),
        may_close=head.rights.may(Action.CLIENT_CLOSE),
        may_emergency=may(request.viewer, Action.EMERGENCY_OPEN),
    )


def close(request: Request, client_id: UUID) -> HttpResponse:
    """Close the record, or change to whom it is closed."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CLIENT_CLOSE, client_id)
    form = CloseRecordForm(
        request.POST or None,
        team=Member.objects.active().order_by("last_name", "first_name"),
        initial=_as_it_is(request, client_id),
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            close_record(
                request.viewer,
                client_id=client_id,
                kind=asked["kind"],
                reason=asked["reason"],
                member_ids=asked["members"],
                until=asked["until"],
            )
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
        else:
            # the page itself may be closed to who closed it
            return done(request, reverse("overview:clients"), "The record is closed. The change is on record.")
    return part(request, "overview/close.html", client=client, form=form, status=422 if form.errors else 200)


def _as_it_is(request: Request, client_id: UUID) -> dict[str, object]:
    """Return the restriction that holds; without one, the people who treat the client are let in."""
    now = openers(request.viewer, client_id)
    held = now.restriction
    if held is None:
        return {"members": [str(each) for each in now.treating]}
    members = [str(each) for each in now.let_in]
    return {"kind": held.kind, "reason": held.reason, "until": held.until, "members": members}


def share(request: Request, client_id: UUID) -> HttpResponse:
    """Share the client with a member from a day, and perhaps until one."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.CLIENT_ASSIGN, client_id)
    form = ShareForm(request.POST or None, team=Member.objects.active().order_by("last_name", "first_name"))
    if request.method == "POST" and form.is_valid():
        try:
            share_client(request.viewer, client_id=client_id, **form.cleaned_data)
            return done(request, reverse("overview:access", args=[client_id]), "Shared.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "overview/share.html", client=client, form=form, status=422 if form.errors else 200)


@require_POST
def reopen(request: Request, client_id: UUID) -> HttpResponse:
    """Open the record again to whoever's role reaches it."""
    client_for(request.viewer, client_id)
    reopen_record(request.viewer, client_id=client_id)
    return done(request, reverse("overview:access", args=[client_id]), "The record is open again.")


def emergency(request: Request, client_id: UUID) -> HttpResponse:
    """Open what was told in confidence, of a client whose record is open."""
    client_for(request.viewer, client_id)
    return _emergency(request, client_id, reverse("overview:emergency", args=[client_id]))


@require_POST
def emergency_over(request: Request, client_id: UUID) -> HttpResponse:
    """Give up one's emergency access."""
    client_for(request.viewer, client_id)
    end_emergency(request.viewer, client_id=client_id)
    return done(request, reverse("overview:clients"), "Your emergency access is over.")


def closed(request: Request) -> HttpResponse:
    """The records that are closed, without the clients' names."""
    require(request.viewer, Action.EMERGENCY_OPEN)
    rows = closed_records(request.viewer)
    record(request.viewer, "closed_records.listed", count=len(rows))
    return settings_page(request, "overview/closed_records.html", rows=rows)


def open_closed(request: Request, restriction_id: UUID) -> HttpResponse:
    """Open one of the closed records in an emergency."""
    require(request.viewer, Action.EMERGENCY_OPEN)
    held = Restriction.objects.filter(holds_on(request.viewer.today), pk=restriction_id).first()
    if held is None:
        raise Unknown
    return _emergency(request, held.client_id, reverse("overview:open_closed", args=[restriction_id]))


def _emergency(request: Request, client_id: UUID, url: str) -> HttpResponse:
    require(request.viewer, Action.EMERGENCY_OPEN)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            open_in_emergency(request.viewer, client_id=client_id, reason=form.cleaned_data["reason"])
            sentence = "The record is open to you for 24 hours. Who treats the client is told."
            return done(request, reverse("overview:access", args=[client_id]), sentence)
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "overview/emergency.html", form=form, url=url, status=422 if form.errors else 200)
