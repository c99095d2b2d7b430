"""Who in the team can read a conversation or a transcript, by name, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.matrix import Scope, scopes
from kinbook.access.models import Assignment, RoleGrant, Supervision
from kinbook.access.policy import IN_CONFIDENCE
from kinbook.messaging.models.talk import BY_KIND
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.viewer import ROLE_NAMES, Role

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Reader:
    """A member who can read, and why."""

    member_id: UUID
    name: str
    initials: str
    why: str
    is_clinician: bool


@dataclass(frozen=True, slots=True)
class _Facts:
    """What decides who reads about one client on one day."""

    members: list[Member]
    roles: dict[UUID, frozenset[Role]]
    own: set[UUID]
    supervised_by: dict[UUID, list[UUID]]


def readers_of(viewer: Viewer, client_id: UUID, kind: str = "", *, confidential: bool = False) -> list[Reader]:
    """Return who can read conversations of the kind about a client, or the transcript where no kind is named.

    Four statements, however large the team.
    """
    facts = _facts(viewer, client_id)
    names = {each.pk: each.name for each in facts.members}
    found = []
    for member in facts.members:
        why = _why(member.pk, facts, kind, names, confidential=confidential)
        if why:
            found.append(Reader(member.pk, member.name, member.initials, why, member.pk in facts.own))
    return sorted(found, key=lambda each: (not each.is_clinician, each.name))


def _facts(viewer: Viewer, client_id: UUID) -> _Facts:
    now = holds_on(viewer.today)
    roles: dict[UUID, set[Role]] = defaultdict(set)
    for member_id, role in RoleGrant.objects.filter(now).values_list("member_id", "role"):
        roles[member_id].add(Role(role))
    supervised: dict[UUID, list[UUID]] = defaultdict(list)
    for supervisor, supervisee in Supervision.objects.filter(now).values_list("supervisor_id", "supervisee_id"):
        supervised[supervisor].append(supervisee)
    return _Facts(
        members=list(Member.objects.active().order_by("last_name", "first_name", "pk")),
        roles={member_id: frozenset(held) for member_id, held in roles.items()},
        own=set(Assignment.objects.filter(now, client_id=client_id).values_list("member_id", flat=True)),
        supervised_by=supervised,
    )


def _why(member_id: UUID, facts: _Facts, kind: str, names: dict[UUID, str], *, confidential: bool) -> str:
    """Return why a member reads; "" where they do not."""
    roles = facts.roles.get(member_id, frozenset())
    under = [each for each in facts.supervised_by.get(member_id, []) if each in facts.own]
    for role in sorted(roles, key=_closest):
        if role in BY_KIND and BY_KIND[role] != kind:
            continue
        scope = scopes(frozenset({role}), Action.MESSAGES_SEE)
        if confidential:
            scope = _in_confidence(role)
        if member_id in facts.own and (Scope.OWN in scope or (Scope.ALL in scope and role in IN_CONFIDENCE)):
            return "clinician"
        if under and Scope.SUPERVISED in scope:
            return f"supervisor of {' and '.join(names[each] for each in under if each in names)}"
        if Scope.ALL in scope:
            return ROLE_NAMES[role].lower()
    return ""


def _closest(role: Role) -> tuple[bool, str]:
    """Order roles so that the closest to the client says why."""
    return (role not in IN_CONFIDENCE, role)


def _in_confidence(role: Role) -> frozenset[Scope]:
    if role is Role.SUPERVISOR:
        return frozenset({Scope.SUPERVISED})
    return frozenset({Scope.OWN}) if role in IN_CONFIDENCE else frozenset()
