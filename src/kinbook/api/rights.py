"""Rights of the team: roles with their dates, permissions on top, and what follows from them today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.models import PermissionGrant, RoleGrant
from kinbook.access.policy import require
from kinbook.access.words import permissions_of
from kinbook.api.fields import Body, Choice, Day, Flag, Id, Words
from kinbook.api.members import Role
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.overview.commands.handover import hand_over
from kinbook.overview.queries.handover import Handover
from kinbook.team.commands.permissions import end_permission, end_role, give_role, grant_permission
from kinbook.team.models import Member
from kinbook.team.queries import everybody
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.web.request import Request

router = Router(tags=["Team"], by_alias=True)

ScopeName = Literal["all", "own", "supervised"]


class RoleBody(Body):
    """A role from a day, and perhaps until one."""

    role: Role
    starts_on: Day | None = Field(None, alias="from", description="Left out: today.")
    until: Day | None = Field(None, description="The first day without.")


class RoleShown(BaseModel):
    """A role a member holds, held, or will hold."""

    id: UUID
    member_id: UUID
    role: str
    starts_on: date = Field(serialization_alias="from")
    until: date | None
    granted_by: str | None


class PermissionBody(Body):
    """One permission on top of the roles."""

    action: str = Field(max_length=100, description="As in `rights`: `clinical:see`.")
    scope: ScopeName
    note: Words
    starts_on: Day | None = Field(None, alias="from", description="Left out: today.")
    until: Day | None = Field(None, description="The first day without.")


class PermissionShown(BaseModel):
    """A permission granted on top of roles; it stays on record when it has ended."""

    id: UUID
    member_id: UUID
    action: str
    scope: str
    note: str
    starts_on: date = Field(serialization_alias="from")
    until: date | None
    granted_by: str | None


class EffectiveShown(BaseModel):
    """One permission as it stands today: whose clients it reaches, and which roles or grants give it."""

    action: str
    name: str
    scopes: list[str] = Field(description="Empty: not allowed.")
    given_by: list[str]


class RightsShown(BaseModel):
    """Every permission there is, as it stands for a member today."""

    member_id: UUID
    permissions: list[EffectiveShown]


class HandOverBody(Body):
    """To whom a member's work goes, from when; `back_on` where they are away, `leaves` where they leave the team."""

    to_id: Choice
    on: Day = Field(description="The first day without them.")
    back_on: Day | None = None
    leaves: Flag = False


class HandedOverShown(BaseModel):
    """How much went to the other member."""

    clients: int
    appointments: int
    supervisees: int
    conversations: int


def _member(request: Request, member_id: UUID) -> Member:
    require(request.viewer, Action.TEAM_MANAGE)
    found = Member.objects.filter(pk=member_id).first()
    if found is None:
        raise Unknown
    return found


@contextmanager
def _as_asked() -> Iterator[None]:
    """Name a refused first day as the call did: `from`."""
    try:
        yield
    except Invalid as refused:
        raise Invalid(
            **{"from" if name == "starts_on" else name: said for name, said in refused.problems.items()}
        ) from None


@router.get("/members/{member_id}/rights", response=RightsShown)
def read_rights(request: Request, member_id: Id) -> RightsShown:
    """What a member may do today, and what gives it."""
    member = _member(request, member_id)
    record(request.viewer, "member.viewed", member)
    as_viewer = next((each for each in everybody(request.viewer) if each.id == member_id), None)
    shown = permissions_of(as_viewer) if as_viewer else []
    return RightsShown(
        member_id=member_id,
        permissions=[
            EffectiveShown(action=each.action, name=each.name, scopes=list(each.scopes), given_by=list(each.sources))
            for each in shown
        ],
    )


@router.get("/members/{member_id}/roles", response=Page[RoleShown])
def list_roles(request: Request, member_id: Id, asked: Query[Asked]) -> Page[RoleShown]:
    """A member's roles with their dates, those that ended too."""
    member = _member(request, member_id)
    found, more = page_of(RoleGrant.objects.filter(member=member), asked, "starts_on", "pk")
    record(request.viewer, "member.viewed", member)
    return Page[RoleShown](items=[_role(each) for each in found], next=more)


@router.post("/members/{member_id}/roles", response={201: RoleShown})
def create_role(request: Request, member_id: Id, body: RoleBody) -> RoleShown:
    """Give a role; one clinician role at a time."""
    member = _member(request, member_id)
    with _as_asked():
        made = give_role(
            request.viewer, member_id=member.pk, role=body.role, starts_on=body.starts_on, until=body.until
        )
    return _role(made)


@router.delete("/roles/{role_id}", response={204: None})
def delete_role(request: Request, role_id: Id) -> None:
    """End a role today; it stays on record."""
    end_role(request.viewer, role_id=role_id)


def _role(row: RoleGrant) -> RoleShown:
    return RoleShown(
        id=row.pk,
        member_id=row.member_id,
        role=row.role,
        starts_on=row.starts_on,
        until=row.until,
        granted_by=row.granted_by or None,
    )


@router.get("/members/{member_id}/permissions", response=Page[PermissionShown])
def list_permissions(request: Request, member_id: Id, asked: Query[Asked]) -> Page[PermissionShown]:
    """What was granted a member on top of roles, what has ended too."""
    member = _member(request, member_id)
    found, more = page_of(PermissionGrant.objects.filter(member=member), asked, "starts_on", "pk")
    record(request.viewer, "member.viewed", member)
    return Page[PermissionShown](items=[_permission(each) for each in found], next=more)


@router.post("/members/{member_id}/permissions", response={201: PermissionShown})
def create_permission(request: Request, member_id: Id, body: PermissionBody) -> PermissionShown:
    """Grant one permission on top of the roles, with a note; nobody grants to themselves."""
    member = _member(request, member_id)
    with _as_asked():
        made = grant_permission(
            request.viewer,
            member_id=member.pk,
            action=body.action,
            scope=body.scope,
            note=body.note,
            starts_on=body.starts_on,
            until=body.until,
        )
    return _permission(made)


@router.delete("/permissions/{permission_id}", response={204: None})
def delete_permission(request: Request, permission_id: Id) -> None:
    """End a permission today; it stays on record."""
    end_permission(request.viewer, permission_id=permission_id)


def _permission(row: PermissionGrant) -> PermissionShown:
    return PermissionShown(
        id=row.pk,
        member_id=row.member_id,
        action=row.action,
        scope=row.scope,
        note=row.note,
        starts_on=row.starts_on,
        until=row.until,
        granted_by=row.granted_by or None,
    )


@router.post("/members/{member_id}/hand-over", response=HandedOverShown)
def create_handover(request: Request, member_id: Id, body: HandOverBody) -> HandedOverShown:
    """Hand over a member's clients, appointments, supervisees, conversations: for a leave or for good."""
    _member(request, member_id)
    plan = Handover(member_id, body.to_id, body.on, body.back_on, body.leaves)
    return HandedOverShown.model_validate(hand_over(request.viewer, handover=plan), from_attributes=True)
