"""Screens of the team: members and roles, invitations, tokens, one's own account."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.models import Token
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.team.commands.clients import set_supervisor
from kinbook.team.commands.leaving import let_go
from kinbook.team.commands.members import (
    accept_invitation,
    add_member,
    change_member,
    invite_again,
    open_invitation,
    roles_of,
)
from kinbook.team.commands.tokens import make_token, revoke_token
from kinbook.team.forms import ChangeMemberForm, InvitationForm, MemberForm, TokenForm
from kinbook.team.models import Member
from kinbook.team.queries import rule_viewer, team_rows
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from kinbook.web.page import beside_fields, done, part, settings_page
from kinbook.web.request import version_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kinbook.web.request import Request


def team(request: Request) -> HttpResponse:
    """Everybody on the team, with roles and clients."""
    require(request.viewer, Action.TEAM_MANAGE)
    rows = team_rows(request.viewer)
    record(request.viewer, "team.listed", count=len(rows))
    return settings_page(request, "team/team.html", rows=rows)


def new_member(request: Request) -> HttpResponse:
    """Add somebody and invite them."""
    require(request.viewer, Action.TEAM_MANAGE)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = add_member(request.viewer, **form.cleaned_data)
            return done(request, reverse("team:team"), f"{member.name} is on the team; the invitation is on its way.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error("email", refused.sentence)
    return part(request, "team/member.html", form=form, member=None, status=422 if form.errors else 200)


def member(request: Request, member_id: UUID) -> HttpResponse:
    """Change a member's names, roles and supervisor."""
    require(request.viewer, Action.TEAM_MANAGE)
    found = Member.objects.active().filter(pk=member_id).first()
    if found is None:
        raise Unknown
    initial = {
        "first_name": found.first_name,
        "last_name": found.last_name,
        "title": found.title,
        "email": found.email,
        "npi": found.npi,
        "license": found.license,
        "roles": [role.value for role in roles_of(found, request.viewer)],
    }
    supervisor = team_rows(request.viewer, found.pk)[0].supervisor_id
    form = ChangeMemberForm(request.POST or None, initial=initial)
    form.fields["email"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            return _save_member(request, found, form, supervisor)
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    others = Member.objects.active().exclude(pk=found.pk).order_by("last_name", "first_name")
    return part(
        request,
        "team/member.html",
        form=form,
        member=found,
        others=list(others),
        supervisor=supervisor,
        status=422 if form.errors else 200,
    )


CHANGED = ("first_name", "last_name", "title", "npi", "license")


def _save_member(request: Request, found: Member, form: ChangeMemberForm, supervisor: UUID | None) -> HttpResponse:
    names = {name: form.cleaned_data[name] for name in CHANGED}
    roles, chosen = form.cleaned_data["roles"], _id(request.POST.get("supervisor", ""))
    with transaction.atomic():  # both or neither
        change_member(request.viewer, member_id=found.pk, fields=names, roles=roles, version=version_of(request))
        if chosen != supervisor:
            set_supervisor(request.viewer, supervisee_id=found.pk, supervisor_id=chosen)
    return done(request, reverse("team:team"), "Saved.")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(supervisor="Choose somebody of the team.") from None


@require_POST
def invite(request: Request, member_id: UUID) -> HttpResponse:
    """Send a new invitation."""
    invite_again(request.viewer, member_id=member_id)
    return done(request, reverse("team:team"), "A new invitation is on its way; older links stopped working.")


@require_POST
def leave(request: Request, member_id: UUID) -> HttpResponse:
    """End a member's access."""
    let_go(request.viewer, member_id=member_id)
    return done(request, reverse("team:team"), "They have left the team. What they did stays on record.")


def tokens(request: Request) -> HttpResponse:
    """One's own API tokens, or everybody's for who manages the team."""
    require(request.viewer, Action.TOKEN_OWN)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        expires = form.cleaned_data["expires_on"]
        until = datetime.combine(expires, time.max, request.viewer.zone) if expires else None
        try:
            _, secret = make_token(
                request.viewer,
                label=form.cleaned_data["label"],
                read_only=form.cleaned_data["read_only"],
                expires_at=until,
            )
            form = TokenForm()
        except Invalid as refused:
            form.add_error("expires_on", refused.sentence)
    rows = Token.objects.filter(practice_id=request.viewer.practice_id, revoked_at=None)
    if not may(request.viewer, Action.TEAM_MANAGE):
        rows = rows.filter(member_id=request.viewer.id)
    names = {each.pk: each.name for each in Member.objects.all()}  # the team's names are open to all of it
    listed = [(token, names.get(token.member_id, "")) for token in rows.order_by("-created_at")]
    record(request.viewer, "tokens.listed", count=len(listed))
    return settings_page(
        request,
        "team/tokens.html",
        form=form,
        tokens=listed,
        secret=secret,
        status=422 if form.errors else 200,
    )


@require_POST
def revoke(request: Request, token_id: UUID) -> HttpResponse:
    """End a token."""
    revoke_token(request.viewer, token_id=token_id)
    return done(request, reverse("team:tokens"), "The token no longer works.")


def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let an invited member choose a password. Nobody is signed in here; opening the link uses nothing up."""
    now = datetime.now(UTC)
    found = open_invitation(secret, now)
    if found is None:
        return render(request, "team/invitation_gone.html", status=404)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting_as(Identity(found.practice_id, ViewerKind.JOB, found.practice_id)):
            try:
                accept_invitation(rule_viewer(found.practice_id, now=now), found, form.cleaned_data["password"])
            except Invalid as refused:
                beside_fields(form, refused)
        if not form.errors:
            messages.success(request, "Your password is set. Sign in with it.")
            return HttpResponseRedirect(reverse("account_login"))
    return render(request, "team/invitation.html", {"form": form}, status=422 if form.errors else 200)
