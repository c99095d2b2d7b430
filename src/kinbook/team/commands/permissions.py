"""Single permissions on top of roles, and roles from and until a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.matrix import GRANTABLE, PRACTICE_WIDE, Scope
from kinbook.access.models import PermissionGrant, RoleGrant
from kinbook.access.policy import may, reaches_practice, require
from kinbook.audit.record import record
from kinbook.team.commands.members import locked_member, read_roles, require_another_owner
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from kinbook.tenancy.viewer import ROLE_NAMES, Role

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LONGEST = 500


@transaction.atomic
def grant_permission(
    viewer: Viewer,
    *,
    member_id: UUID,
    action: str,
    scope: str,
    note: str,
    starts_on: date | None = None,
    until: date | None = None,
) -> PermissionGrant:
    """Grant a member one permission on top of their roles, with a note, from a date and perhaps until one.

    Nobody grants anything to themselves. Who does not own the practice grants what they hold for all clients.
    """
    require(viewer, Action.TEAM_MANAGE)
    member = locked_member(viewer, member_id)
    if member.pk == viewer.id:
        raise Forbidden("You cannot grant permissions to yourself. Nothing was changed.")
    wanted = _grantable(action, scope)
    if not may(viewer, Action.OWNER_MANAGE) and not reaches_practice(viewer, wanted):
        raise Forbidden("You can grant what your own role allows for all clients. Ask an owner. Nothing was changed.")
    said = " ".join(note.replace("\x00", "").split())[:LONGEST]
    if not said:
        raise Invalid(note="Say why: it stays on record.")
    start = _from(viewer, starts_on, until)
    try:
        with transaction.atomic():
            made = PermissionGrant.objects.create(
                practice_id=viewer.practice_id,
                member=member,
                action=wanted,
                scope=scope,
                note=said,
                starts_on=start,
                until=until,
                granted_by=viewer.name,
            )
    except IntegrityError:
        raise Conflict("They have this permission already in these days. End it first.") from None
    details = {"action": action, "scope": scope, "note": said, "until": str(until or "")}
    record(viewer, "permission.granted", member, name=member.name, permission=details, starts_on=str(start))
    return made


def _grantable(action: str, scope: str) -> Action:
    if action not in GRANTABLE:
        raise Invalid(action="Choose a permission.")
    if scope not in set(Scope):
        raise Invalid(scope=f"The scope is one of: {', '.join(Scope)}.")
    if action in PRACTICE_WIDE and scope != Scope.ALL:
        raise Invalid(scope="This permission is for the whole practice: choose all.")
    return Action(action)


def _from(viewer: Viewer, starts_on: date | None, until: date | None) -> date:
    start = starts_on or viewer.today
    if start < viewer.today:
        raise Invalid(starts_on="Choose today or a later day: what was is not changed.")
    if until and until <= start:
        raise Invalid(until="Choose a day after it begins, or none.")
    return start


@transaction.atomic
def end_permission(viewer: Viewer, *, permission_id: UUID) -> None:
    """End a permission today; that it held stays on record."""
    require(viewer, Action.TEAM_MANAGE)
    row = PermissionGrant.objects.select_for_update().filter(pk=permission_id).first()
    if row is None:
        raise Unknown
    member = locked_member(viewer, row.member_id)
    _end(viewer, row)
    record(viewer, "permission.ended", member, name=member.name, permission=row.action, scope=row.scope)


@transaction.atomic
def give_role(
    viewer: Viewer, *, member_id: UUID, role: str, starts_on: date | None = None, until: date | None = None
) -> RoleGrant:
    """Give a member a role from a date, and perhaps until one; one clinician role at a time."""
    require(viewer, Action.TEAM_MANAGE)
    member = locked_member(viewer, member_id)
    (wanted,) = read_roles(viewer, [role])
    start = _from(viewer, starts_on, until)
    try:
        with transaction.atomic():
            made = RoleGrant.objects.create(
                practice_id=viewer.practice_id,
                member=member,
                role=wanted,
                starts_on=start,
                until=until,
                granted_by=viewer.name,
            )
    except IntegrityError:
        clinical = wanted.startswith("clinician")
        sentence = "One clinician role at a time: end the other first." if clinical else "They hold this role already."
        raise Conflict(sentence) from None
    record(viewer, "role.given", member, name=member.name, role=role, starts_on=str(start), until=str(until or ""))
    return made


@transaction.atomic
def end_role(viewer: Viewer, *, role_id: UUID, on: date | None = None) -> None:
    """End a role today or on a later day; the practice keeps an owner, and a member a role."""
    require(viewer, Action.TEAM_MANAGE)
    row = RoleGrant.objects.filter(pk=role_id).first()
    if row is None:
        raise Unknown
    member = locked_member(viewer, row.member_id)
    row.refresh_from_db()
    last = on or viewer.today
    if last < viewer.today:
        raise Invalid(on="Choose today or a later day.")
    if row.role == Role.OWNER:
        require_another_owner(viewer, member)
    if not RoleGrant.objects.filter(member=member, until=None).exclude(pk=row.pk).exists():
        raise Conflict("This is their last role. Give another first, or let them leave.")
    _end(viewer, row, last)
    role = ROLE_NAMES[Role(row.role)]
    record(viewer, "role.ended", member, name=member.name, role=role, until=str(last))


def _end(viewer: Viewer, row: PermissionGrant | RoleGrant, on: date | None = None) -> None:
    """End a dated row; one that has not begun yet is as if it never was, and says so in its dates."""
    last = max(on or viewer.today, row.starts_on)
    if row.until is not None and row.until <= last:
        raise Conflict("This has ended already.")
    type(row).objects.filter(pk=row.pk).update(until=last)
