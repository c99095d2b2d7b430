"""May they? The one question of access, asked of one thing (`may`, `require`) or of many (`clients_in_reach`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.matrix import LOOKING, Scope, scopes
from kinbook.access.models import Assignment, Supervision
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Forbidden
from kinbook.tenancy.viewer import Role, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer


def reach(viewer: Viewer, action: Action) -> frozenset[Scope]:
    """Return whose clients the viewer reaches with the action."""
    if viewer.is_job:
        return frozenset({Scope.ALL})
    if viewer.kind is not ViewerKind.MEMBER or (viewer.read_only and action not in LOOKING):
        return frozenset()
    return scopes(viewer.roles, action)


def may(viewer: Viewer, action: Action, client_id: UUID | None = None) -> bool:
    """Tell whether the viewer may do this, to this client where one is named, else to anyone at all."""
    scope = reach(viewer, action)
    if client_id is None or Scope.ALL in scope:
        return bool(scope)
    return bool(scope) and Assignment.objects.filter(_assigned(viewer, scope), client_id=client_id).exists()


class Rights:
    """What a viewer may do with one client whose page they were let into; the database is asked at most once.

    A viewer with one way to the client (own, or supervised) was let in by it; only one with several ways is looked up.
    """

    def __init__(self, viewer: Viewer, client_id: UUID) -> None:
        """Keep who asks about whom."""
        self.viewer = viewer
        self.client_id = client_id
        self._held: frozenset[Scope] | None = None

    def may(self, action: Action) -> bool:
        """Tell whether the viewer may do this to the client."""
        scope = reach(self.viewer, action)
        if not scope or Scope.ALL in scope:
            return bool(scope)
        if self._held is None:
            self._held = self._look_up()
        return bool(scope & self._held)

    def _look_up(self) -> frozenset[Scope]:
        ways = reach(self.viewer, Action.CLIENT_OPEN)
        if len(ways) == 1 and Scope.ALL not in ways:
            return ways
        return frozenset(
            scope
            for scope in (Scope.OWN, Scope.SUPERVISED)
            if Assignment.objects.filter(_assigned(self.viewer, frozenset({scope})), client_id=self.client_id).exists()
        )


def require(viewer: Viewer, action: Action, client_id: UUID | None = None) -> None:
    """Refuse where the viewer may not."""
    if not may(viewer, action, client_id):
        raise Forbidden


def require_all(viewer: Viewer, action: Action) -> None:
    """Refuse unless the viewer may do this to every client of the practice."""
    if Scope.ALL not in reach(viewer, action):
        raise Forbidden


def clients_in_reach(viewer: Viewer, action: Action, column: str = "client_id") -> Q:
    """Return the condition that a row's client (in `column`) is one the viewer reaches with the action."""
    scope = reach(viewer, action)
    if Scope.ALL in scope:
        return Q()
    if not scope:
        return Q(pk__in=[])
    return Q(Exists(Assignment.objects.filter(_assigned(viewer, scope), client_id=OuterRef(column))))


def members_in_reach(viewer: Viewer, action: Action, column: str = "member_id") -> Q:
    """Return the condition that a row's member (in `column`) is the viewer, one they supervise, or anybody at all."""
    scope = reach(viewer, action)
    if Scope.ALL in scope:
        return Q()
    whose = Q(**{column: viewer.id})
    if Scope.SUPERVISED in scope:
        whose |= Q(**{f"{column}__in": _supervisees(viewer)})
    return whose


def _supervisees(viewer: Viewer) -> QuerySet[Supervision, Any]:
    held = Supervision.objects.filter(holds_on(viewer.today), supervisor_id=viewer.id)
    return held.values("supervisee_id")


def _assigned(viewer: Viewer, scope: frozenset[Scope]) -> Q:
    whose = Q()
    if Scope.OWN in scope:
        whose |= Q(member_id=viewer.id)
    if Scope.SUPERVISED in scope:
        whose |= Q(member_id__in=_supervisees(viewer))
    return Q(practice_id=viewer.practice_id) & holds_on(viewer.today) & whose


IN_CONFIDENCE = frozenset(
    {
        *(Role.CLINICIAN_ENTIRE, Role.CLINICIAN_FULL_LIST, Role.CLINICIAN_BILLING, Role.CLINICIAN_BASIC),
        Role.SUPERVISOR,
    }
)
"""Roles in which a client's own clinician, or who supervises one, reads what is confidential to the client."""


def clients_in_confidence(viewer: Viewer, column: str = "client_id") -> Q:
    """Return the condition that a row's client (in `column`) is one whose confidences the viewer may read."""
    if viewer.is_job:
        return Q()
    scope: set[Scope] = set()
    if viewer.roles & (IN_CONFIDENCE - {Role.SUPERVISOR}):
        scope.add(Scope.OWN)
    if Role.SUPERVISOR in viewer.roles:
        scope.add(Scope.SUPERVISED)
    if viewer.kind is not ViewerKind.MEMBER or not scope:
        return Q(pk__in=[])
    return Q(Exists(Assignment.objects.filter(_assigned(viewer, frozenset(scope)), client_id=OuterRef(column))))


def may_read_confidential(viewer: Viewer, client_id: UUID) -> bool:
    """Tell whether the viewer may read what is confidential to the client."""
    return viewer.is_job or Assignment.objects.filter(clients_in_confidence(viewer), client_id=client_id).exists()
