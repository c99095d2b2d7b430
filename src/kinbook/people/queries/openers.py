"""Who can open a client's record, by name and why: each member asked of the one policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.matrix import CLINICAL, FRONT_DESK, Scope, scopes
from kinbook.access.models import EmergencyAccess, LetIn, PermissionGrant, Restriction
from kinbook.access.policy import opened_to, ways_in
from kinbook.people.queries.ties import Ties, ties_to
from kinbook.team.queries import everybody
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.viewer import ROLE_NAMES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Opener:
    """Somebody who can open the record: why, and how far."""

    member_id: UUID
    name: str
    roles: str
    reasons: tuple[str, ...]
    is_administrative: bool
    in_confidence: bool


@dataclass(frozen=True, slots=True)
class Openers:
    """Everybody who can open a record, and the restriction that holds."""

    rows: list[Opener]
    restriction: Restriction | None
    let_in: frozenset[UUID]
    emergency: EmergencyAccess | None
    treating: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class _Facts:
    client_id: UUID
    ties: Ties
    granted: dict[UUID, PermissionGrant]
    names: dict[UUID, str]
    treating: frozenset[UUID]


def openers(viewer: Viewer, client_id: UUID) -> Openers:
    """Return who can open a client's record today, by name."""
    today = viewer.today
    members = everybody(viewer)
    restriction = Restriction.objects.filter(holds_on(today), client_id=client_id).first()
    emergencies = EmergencyAccess.objects.filter(client_id=client_id, starts_at__lte=viewer.now, ends_at__gt=viewer.now)
    ties = ties_to(viewer, client_id)
    granted = PermissionGrant.objects.filter(holds_on(today), action=Action.CLIENT_OPEN)
    facts = _Facts(
        client_id=client_id,
        ties=ties,
        granted={each.member_id: each for each in granted},
        names={each.id: each.name for each in members},
        treating=frozenset(each.id for each in members if each.roles & CLINICAL and each.id in ties.own),
    )
    named = LetIn.objects.filter(restriction=restriction) if restriction else LetIn.objects.none()
    return Openers(
        rows=[row for each in members if (row := _opener(each, facts))],
        restriction=restriction,
        let_in=frozenset(named.values_list("member_id", flat=True)),
        emergency=emergencies.filter(member_id=viewer.id).first(),
        treating=facts.treating,
    )


def _opener(member: Viewer, facts: _Facts) -> Opener | None:
    below = facts.ties.under.get(member.id, [])
    ties = frozenset(
        scope for scope, holds in ((Scope.OWN, member.id in facts.ties.own), (Scope.SUPERVISED, below)) if holds
    )
    ways = ways_in(member, Action.CLIENT_OPEN, facts.client_id, ties)
    if not ways:
        return None
    in_emergency = facts.client_id in opened_to(member)
    supervises = Role.SUPERVISOR in member.roles and not facts.treating.isdisjoint(below)
    return Opener(
        member_id=member.id,
        name=member.name,
        roles=", ".join(ROLE_NAMES[role] for role in sorted(member.roles)),
        reasons=tuple(_reasons(member, ways, below, facts)) + (("Opened in an emergency",) if in_emergency else ()),
        is_administrative=member.roles <= FRONT_DESK,
        in_confidence=in_emergency or supervises or member.id in facts.treating,
    )


def _reasons(member: Viewer, ways: frozenset[Scope], below: Iterable[UUID], facts: _Facts) -> Iterable[str]:
    own = facts.ties.own.get(member.id)
    if Scope.OWN in ways and own:
        how = "Primary clinician" if own.is_primary else "Shared with them"
        yield f"{how} until {own.until}" if own.until else how
    if Scope.SUPERVISED in ways and below:
        yield f"Supervises {', '.join(facts.names.get(each, 'a former member') for each in below)}"
    if Scope.ALL in ways:
        everywhere = [
            role for role in sorted(member.roles) if Scope.ALL in scopes(frozenset({role}), Action.CLIENT_OPEN)
        ]
        if everywhere:
            yield f"Every client: {', '.join(ROLE_NAMES[role] for role in everywhere)}"
    grant = facts.granted.get(member.id)
    if grant:
        yield f"Granted{f' until {grant.until}' if grant.until else ''}: {grant.note}"
