"""A member leaves the team: access ends on a day, and what they did stays."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, PermissionGrant, RoleGrant, Supervision, Token
from kinbook.access.policy import require, require_all
from kinbook.audit.record import record
from kinbook.team.commands.members import locked_member, require_another_owner, roles_of
from kinbook.team.models import Invitation, Member, Seat
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def let_go(viewer: Viewer, *, member_id: UUID, on: date | None = None) -> None:
    """End a member's access today or on a later day: roles, permissions, clients, supervision, tokens, sessions."""
    require(viewer, Action.TEAM_MANAGE)
    member = locked_member(viewer, member_id)
    if member.pk == viewer.id:
        raise Forbidden("You cannot remove yourself. Nothing was changed.")
    if member.left_on:
        raise Conflict(f"{member.name} has left already.")
    day = on or viewer.today
    if day < viewer.today:
        raise Invalid(on="Choose today or a later day.")
    if Role.OWNER in roles_of(member, viewer):
        require_another_owner(viewer, member)
    rows: tuple[QuerySet[Any], ...] = (
        RoleGrant.objects.filter(member=member),
        PermissionGrant.objects.filter(member=member),
        Assignment.objects.filter(member=member),
        Supervision.objects.filter(Q(supervisor=member) | Q(supervisee=member)),
    )
    for dated in rows:
        over = dated.filter(Q(until=None) | Q(until__gt=day))
        over.filter(starts_on__gte=day).delete()
        over.filter(starts_on__lt=day).update(until=day)
    if day > viewer.today:
        ends = datetime.combine(day, time.min, viewer.zone)
        tokens = Token.objects.filter(practice_id=viewer.practice_id, member_id=member.pk, revoked_at=None)
        tokens.filter(Q(expires_at=None) | Q(expires_at__gt=ends)).update(expires_at=ends)
    else:
        _close_account(viewer, member)
    record(viewer, "member.let_go", member, name=member.name, on=str(day))


@transaction.atomic
def finish_departures(viewer: Viewer) -> int:
    """Close the accounts of members whose last role has ended; returns how many. Their access ended with it."""
    require_all(viewer, Action.TEAM_MANAGE)
    to_come = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=viewer.today), member_id=OuterRef("pk"))
    gone = Member.objects.active().filter(~Exists(to_come)).select_for_update(of=("self",))
    members = list(gone)
    for member in members:
        _close_account(viewer, member)
        record(viewer, "member.left", member, name=member.name)
    return len(members)


def _close_account(viewer: Viewer, member: Member) -> None:
    """Leave nothing to sign in with. A session is over at its next request, which finds no role."""
    tokens = Token.objects.filter(practice_id=viewer.practice_id, member_id=member.pk, revoked_at=None)
    tokens.update(revoked_at=viewer.now)
    Seat.objects.filter(member_id=member.pk).delete()
    Invitation.objects.filter(member_id=member.pk, used_at=None).delete()
    Member.objects.filter(pk=member.pk).update(left_on=viewer.today)
