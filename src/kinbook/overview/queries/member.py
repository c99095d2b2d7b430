"""A member of the team as their page shows them: roles, supervision, permissions, and whose clients are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.matrix import Scope
from kinbook.access.models import Assignment, PermissionGrant, RoleGrant, Supervision
from kinbook.access.words import ACTION_NAMES, Permission, permissions_of, whose
from kinbook.people.models import Client
from kinbook.team.models import Member
from kinbook.team.queries import everybody
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.viewer import ROLE_NAMES, Role

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

MOST = 500


@dataclass(frozen=True, slots=True)
class Dated:
    """Something a member holds from a day, and until one; `ends` tells whether it can be ended."""

    id: UUID
    name: str
    detail: str
    starts_on: date
    until: date | None
    by: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class OwnClient:
    """A client who is or was the member's: assigned or shared."""

    client: Client
    is_primary: bool
    starts_on: date
    until: date | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """The page: what they hold with its dates, and what follows from it today."""

    member: Member
    roles: list[Dated]
    granted: list[Dated]
    supervisors: list[Dated]
    supervisees: list[Dated]
    permissions: list[Permission]
    clients: list[OwnClient]


def member_page(viewer: Viewer, member_id: UUID) -> MemberPage:
    """Return a member's page in seven queries; of their clients those that the viewer may open."""
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        raise Unknown
    today = viewer.today
    granted = PermissionGrant.objects.filter(member=member).order_by("-starts_on", "-pk")
    supervisions = Supervision.objects.filter(Q(supervisor=member) | Q(supervisee=member))
    found = list(supervisions.select_related("supervisor", "supervisee").order_by("-starts_on", "-pk"))
    assigned = Assignment.objects.filter(member=member, client__in=Client.objects.visible_to(viewer))
    own = assigned.select_related("client__party").order_by("until", "client__sort_name", "pk")[:MOST]
    as_viewer = next((each for each in everybody(viewer) if each.id == member_id), None)
    return MemberPage(
        member=member,
        roles=[
            _dated(each, ROLE_NAMES[Role(each.role)], "", each.granted_by, today)
            for each in RoleGrant.objects.filter(member=member).order_by("-starts_on", "role")
        ],
        granted=[
            _dated(
                each, ACTION_NAMES[action], f"{whose(action, [Scope(each.scope)])}: {each.note}", each.granted_by, today
            )
            for each in granted
            for action in [Action(each.action)]
        ],
        supervisors=[
            _dated(each, each.supervisor.name, "", "", today) for each in found if each.supervisee_id == member_id
        ],
        supervisees=[
            _dated(each, each.supervisee.name, "", "", today) for each in found if each.supervisor_id == member_id
        ],
        permissions=permissions_of(as_viewer) if as_viewer else [],
        clients=[OwnClient(each.client, each.is_primary, each.starts_on, each.until) for each in own],
    )


def _dated(row: RoleGrant | PermissionGrant | Supervision, name: str, detail: str, by: str, today: date) -> Dated:
    is_over = row.until is not None and row.until <= today
    return Dated(row.pk, name, detail, row.starts_on, row.until, by, is_over)
