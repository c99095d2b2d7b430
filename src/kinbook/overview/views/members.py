"""Settings, Team: one member's roles, permissions and clients; leave and departure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.models import PermissionGrant, RoleGrant
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.overview.commands.handover import hand_over
from kinbook.overview.forms import HandoverForm, PermissionForm, RoleForm
from kinbook.overview.queries.handover import Handover, handover_preview
from kinbook.overview.queries.member import member_page
from kinbook.team.commands.permissions import end_permission, end_role, give_role, grant_permission
from kinbook.team.models import Member
from kinbook.team.queries import owners
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.web.page import beside_fields, done, part, settings_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django import forms
    from django.http import HttpResponse

    from kinbook.web.request import Request


def member(request: Request, member_id: UUID) -> HttpResponse:
    """What a member holds, since when, and what follows from it."""
    require(request.viewer, Action.TEAM_MANAGE)
    shown = member_page(request.viewer, member_id)
    record(request.viewer, "member.viewed", shown.member)
    may_manage = may(request.viewer, Action.OWNER_MANAGE) or member_id not in owners(request.viewer)
    return settings_page(request, "overview/member.html", shown=shown, may_manage=may_manage)


def _colleague(request: Request, member_id: UUID) -> Member:
    """Return a member of the team whom the viewer may manage."""
    require(request.viewer, Action.TEAM_MANAGE)
    found = Member.objects.active().filter(pk=member_id).first()
    if found is None:
        raise Unknown
    return found


def _url(member_id: UUID) -> str:
    return reverse("overview:member", args=[member_id])


def new_role(request: Request, member_id: UUID) -> HttpResponse:
    """Give a role, from a day and perhaps until one."""
    return _give(request, member_id, RoleForm(request.POST or None), give_role, "overview/new_role.html")


def new_permission(request: Request, member_id: UUID) -> HttpResponse:
    """Grant one permission on top of the roles."""
    form = PermissionForm(request.POST or None)
    return _give(request, member_id, form, grant_permission, "overview/new_permission.html")


def _give(
    request: Request, member_id: UUID, form: forms.Form, give: Callable[..., object], template: str
) -> HttpResponse:
    found = _colleague(request, member_id)
    if request.method == "POST" and form.is_valid():
        try:
            give(request.viewer, member_id=member_id, **form.cleaned_data)
            return done(request, _url(member_id), "Saved. It counts from their next click.")
        except Invalid as refused:
            beside_fields(form, refused)
        except (Conflict, Forbidden) as refused:
            form.add_error(None, refused.sentence)
    return part(request, template, form=form, member=found, status=422 if form.errors else 200)


@require_POST
def role_ends(request: Request, role_id: UUID) -> HttpResponse:
    """End a role today."""
    require(request.viewer, Action.TEAM_MANAGE)
    row = RoleGrant.objects.filter(pk=role_id).first()
    end_role(request.viewer, role_id=role_id)
    return done(request, _url(row.member_id) if row else reverse("team:team"), "The role has ended.")


@require_POST
def permission_ends(request: Request, permission_id: UUID) -> HttpResponse:
    """End a permission today."""
    require(request.viewer, Action.TEAM_MANAGE)
    row = PermissionGrant.objects.filter(pk=permission_id).first()
    end_permission(request.viewer, permission_id=permission_id)
    return done(request, _url(row.member_id) if row else reverse("team:team"), "The permission has ended.")


def handover(request: Request, member_id: UUID) -> HttpResponse:
    """Somebody leaves or is away: first what would be handed over, then, confirmed, the deed."""
    found = _colleague(request, member_id)
    others = Member.objects.active().exclude(pk=member_id).order_by("last_name", "first_name")
    form = HandoverForm(request.POST or None, team=others, initial={"on": request.viewer.today, "leaves": "away"})
    preview = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        leaves = asked["leaves"] == "leaves"
        back_on = None if leaves else asked["back_on"]
        plan = Handover(member_id, asked["to"], asked["on"], back_on, leaves)
        try:
            if request.POST.get("confirmed") == "yes":
                hand_over(request.viewer, handover=plan)
                return done(request, _url(member_id), "Handed over. What was before that day stays as it was.")
            preview = handover_preview(request.viewer, plan)
        except Invalid as refused:
            beside_fields(form, refused)
        except (Conflict, Forbidden) as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return settings_page(request, "overview/hand_over.html", form=form, member=found, preview=preview, status=status)
