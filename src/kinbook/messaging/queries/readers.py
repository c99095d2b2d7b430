"""Who in the team can read a conversation or a transcript, by name, and why: each asked of the one policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.matrix import CLINICAL, Scope, scopes
from kinbook.access.policy import opened_to, ways_in
from kinbook.messaging.models.talk import BY_KIND
from kinbook.people.queries.ties import ties_to
from kinbook.team.queries import everybody
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
class _Asked:
    """What is read, and what ties the team to the client: who treats them, and who supervises whom."""

    client_id: UUID
    kind: str
    confidential: bool
    own: frozenset[UUID]
    under: dict[UUID, list[Viewer]]


def readers_of(viewer: Viewer, client_id: UUID, kind: str = "", *, confidential: bool = False) -> list[Reader]:
    """Return who can read conversations of the kind about a client, or the transcript where no kind is named.

    Two statements, however large the team.
    """
    team = {each.id: each for each in everybody(viewer)}
    ties = ties_to(viewer, client_id)
    under = {boss: [team[each] for each in below if each in team] for boss, below in ties.under.items()}
    asked = _Asked(client_id, kind, confidential, frozenset(ties.own), under)
    found = [
        Reader(each.id, each.name, each.initials, why, each.id in ties.own)
        for each in team.values()
        if (why := _why(each, asked))
    ]
    return sorted(found, key=lambda each: (not each.is_clinician, each.name))


def could_read(member: Viewer, client_id: UUID, kind: str, *, confidential: bool = False) -> bool:
    """Tell whether a member could read such conversations if the client were theirs; asks nothing."""
    return bool(_why(member, _Asked(client_id, kind, confidential, frozenset({member.id}), {})))


def _why(member: Viewer, asked: _Asked) -> str:
    """Return why a member reads; "" where they do not."""
    below = asked.under.get(member.id, [])
    ways = _ways(member, asked, is_own=member.id in asked.own, supervises=bool(below))
    treats = member.id in asked.own and bool(member.roles & CLINICAL)
    supervises = Role.SUPERVISOR in member.roles and any(each.roles & CLINICAL for each in below)
    in_emergency = asked.client_id in opened_to(member)
    if not ways or (asked.confidential and not (treats or supervises or in_emergency)):
        return ""
    if treats or Scope.OWN in ways:
        return "clinician"
    if below and Scope.SUPERVISED in ways:
        return f"supervisor of {' and '.join(each.name for each in below)}"
    if in_emergency:
        return "opened in an emergency"
    everywhere = [role for role in sorted(member.roles) if Scope.ALL in scopes(frozenset({role}), Action.MESSAGES_SEE)]
    return ROLE_NAMES[everywhere[0]].lower() if everywhere else "by a permission of their own"


def _ways(member: Viewer, asked: _Asked, *, is_own: bool, supervises: bool) -> frozenset[Scope]:
    """Return by which scopes the member's roles lead to it: those that open no record, to their kind only."""
    ties = frozenset(scope for scope, holds in ((Scope.OWN, is_own), (Scope.SUPERVISED, supervises)) if holds)
    ways: frozenset[Scope] = frozenset()
    counted = [member.roles - set(BY_KIND), *({role} for role in member.roles if BY_KIND.get(role) == asked.kind)]
    for roles in counted:
        if roles:
            held = replace(member, roles=frozenset(roles))
            ways |= ways_in(held, Action.MESSAGES_SEE, asked.client_id, ties)
    return ways
