"""Who in the team can read a conversation or a transcript, by name, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Concat

from kinbook.access.actions import Action
from kinbook.access.matrix import CLINICAL, Scope, scopes
from kinbook.access.models import Assignment, RoleGrant, Supervision
from kinbook.messaging.models.talk import BY_KIND
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.viewer import ROLE_NAMES, Role

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


CLOSE = CLINICAL | {Role.SUPERVISOR}
"""Roles by which a client's own people read."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A member who can read, and why."""

    member_id: UUID
    name: str
    initials: str
    why: str
    is_clinician: bool


def readers_of(viewer: Viewer, client_id: UUID, kind: str = "", *, confidential: bool = False) -> list[Reader]:
    """Return who can read conversations of the kind about a client, or the transcript where no kind is named.

    One statement, however large the team.
    """
    found = []
    for member in _with_facts(viewer, client_id):
        why = _why(member, kind, confidential=confidential)
        if why:
            found.append(Reader(member.pk, member.name, member.initials, why, member.is_own))
    return sorted(found, key=lambda each: (not each.is_clinician, each.name))


def _with_facts(viewer: Viewer, client_id: UUID) -> Any:
    """Return the members, each with their roles, whether the client is theirs, and which of those they supervise is."""
    now = holds_on(viewer.today)
    roles = RoleGrant.objects.filter(now, member_id=OuterRef("pk")).values("role")
    own = Assignment.objects.filter(now, client_id=client_id)
    treats = own.filter(member_id=OuterRef("supervisee_id"))
    words = ("supervisee__title", Value(" "), "supervisee__first_name", Value(" "), "supervisee__last_name")
    name = Concat(*words, output_field=TextField())
    under = Supervision.objects.filter(Exists(treats), now, supervisor_id=OuterRef("pk"))
    return Member.objects.active().annotate(
        held=ArraySubquery(roles),
        is_own=Exists(own.filter(member_id=OuterRef("pk"))),
        under=ArraySubquery(under.annotate(named=name).values("named")),
    )


def _why(member: Any, kind: str, *, confidential: bool) -> str:
    """Return why a member reads; "" where they do not."""
    for role in sorted((Role(each) for each in member.held), key=_closest):
        if role in BY_KIND and BY_KIND[role] != kind:
            continue
        scope = _in_confidence(role) if confidential else scopes(frozenset({role}), Action.MESSAGES_SEE)
        if member.is_own and (Scope.OWN in scope or (Scope.ALL in scope and role in CLOSE)):
            return "clinician"
        if member.under and Scope.SUPERVISED in scope:
            return f"supervisor of {' and '.join(name.strip() for name in member.under)}"
        if Scope.ALL in scope:
            return ROLE_NAMES[role].lower()
    return ""


def _closest(role: Role) -> tuple[bool, str]:
    """Order roles so that the closest to the client says why."""
    return (role not in CLOSE, role)


def _in_confidence(role: Role) -> frozenset[Scope]:
    if role is Role.SUPERVISOR:
        return frozenset({Scope.SUPERVISED})
    return frozenset({Scope.OWN}) if role in CLOSE else frozenset()
