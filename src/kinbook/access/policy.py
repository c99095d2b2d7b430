"""May they? The one question of access, asked of one thing (`may`, `require`) or of many (`clients_in_reach`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.matrix import CLINICAL, LOOKING, Scope, scopes
from kinbook.access.models import Assignment, RoleGrant, Supervision
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Forbidden
from kinbook.tenancy.viewer import Role, ViewerKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer


CLOSED = "Some of these records are closed to you, so it would not be whole. Nothing was changed."


def reach(viewer: Viewer, action: Action) -> frozenset[Scope]:
    """Return whose clients the viewer reaches with the action; records closed to them are never among these."""
    if viewer.is_job:
        return frozenset({Scope.ALL})
    if viewer.kind is not ViewerKind.MEMBER or (viewer.read_only and action not in LOOKING):
        return frozenset()
    return held(viewer.roles, viewer.extra, action)


def held(roles: frozenset[Role], extra: frozenset[tuple[str, str]], action: Action) -> frozenset[Scope]:
    """Return whose clients roles and single permissions reach with the action."""
    return scopes(roles, action).union(Scope(scope) for granted, scope in extra if granted == action)


def opened_to(viewer: Viewer) -> frozenset[UUID]:
    """Return the clients the viewer has open in an emergency, for as long as they may do so at all."""
    may_open = Scope.ALL in held(viewer.roles, viewer.extra, Action.EMERGENCY_OPEN)
    return viewer.opened if may_open else frozenset()


def closed_to(viewer: Viewer) -> frozenset[UUID]:
    """Return the clients whose record is closed to the viewer, now."""
    return viewer.closed - opened_to(viewer)


def reaches_practice(viewer: Viewer, action: Action) -> bool:
    """Tell whether the viewer may do this in the whole practice: to whatever is no client's, and to open records."""
    return Scope.ALL in reach(viewer, action)


def reaches_all(viewer: Viewer, action: Action) -> bool:
    """Tell whether the viewer may do this to every client there is: no record is closed to them."""
    return reaches_practice(viewer, action) and not closed_to(viewer)


def may(viewer: Viewer, action: Action, client_id: UUID | None = None) -> bool:
    """Tell whether the viewer may do this, to this client where one is named, else to anyone at all."""
    scope = reach(viewer, action)
    if client_id is None or not scope:
        return bool(scope)
    if client_id in closed_to(viewer):
        return False
    if Scope.ALL in scope or client_id in opened_to(viewer):
        return True
    return Assignment.objects.filter(_assigned(viewer, scope), client_id=client_id).exists()


def ways_in(viewer: Viewer, action: Action, client_id: UUID, ties: frozenset[Scope]) -> frozenset[Scope]:
    """Return by which scopes a viewer with these ties (own, supervised) to a client reaches them; asks nothing.

    One who has the record open in an emergency holds every tie.
    """
    if client_id in closed_to(viewer):
        return frozenset()
    held = ties | {Scope.ALL} | (set(Scope) if client_id in opened_to(viewer) else set())
    return reach(viewer, action) & held


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
        if not scope or self.client_id in closed_to(self.viewer):
            return False
        if Scope.ALL in scope or self.client_id in opened_to(self.viewer):
            return True
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
    require_practice(viewer, action)
    if closed_to(viewer):
        raise Forbidden(CLOSED)


def require_practice(viewer: Viewer, action: Action, client_ids: Iterable[UUID] = ()) -> None:
    """Refuse unless the viewer may do this in the whole practice; of the clients named none is closed to them."""
    if not reaches_practice(viewer, action):
        raise Forbidden
    if not closed_to(viewer).isdisjoint(client_ids):
        raise Forbidden(CLOSED)


def clients_in_reach(viewer: Viewer, action: Action, column: str = "client_id") -> Q:
    """Return the condition that a row's client (in `column`) is one the viewer reaches with the action."""
    scope, closed = reach(viewer, action), closed_to(viewer)
    if not scope:
        return Q(pk__in=[])
    if Scope.ALL in scope:
        return ~Q(**{f"{column}__in": closed}) if closed else Q()
    reached = Q(Exists(Assignment.objects.filter(_assigned(viewer, scope), client_id=OuterRef(column))))
    if closed:
        reached &= ~Q(**{f"{column}__in": closed})
    opened = opened_to(viewer)
    return reached | Q(**{f"{column}__in": opened}) if opened else reached


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


def may_read_confidential(viewer: Viewer, client_id: UUID) -> bool:
    """Tell whether the viewer may read conversations confidential to this client."""
    if viewer.kind is not ViewerKind.MEMBER:
        return False
    if client_id in closed_to(viewer):
        return False
    if client_id in opened_to(viewer):
        return True
    return Assignment.objects.filter(_treats(viewer), client_id=client_id).exists()


def clients_in_confidence(viewer: Viewer, column: str = "client_id") -> Q:
    """Return the condition that the viewer may read conversations confidential to a row's client (in `column`).

    The matrix says nothing here, and no permission grants it: only who treats the client may, who supervises one who
    does, and an owner who opened it in an emergency. No job may: nobody would have read it.
    """
    if viewer.kind is not ViewerKind.MEMBER:
        return Q(pk__in=[])
    treated = Q(Exists(Assignment.objects.filter(_treats(viewer), client_id=OuterRef(column))))
    return treated & ~Q(**{f"{column}__in": closed_to(viewer)}) | Q(**{f"{column}__in": opened_to(viewer)})


def _treats(viewer: Viewer) -> Q:
    """Return the condition that an assignment is the viewer's as a clinician, or of a clinician they supervise."""
    whose = Q()
    if viewer.roles & CLINICAL:
        whose |= Q(member_id=viewer.id)
    if Role.SUPERVISOR in viewer.roles:
        treat = RoleGrant.objects.filter(holds_on(viewer.today), role__in=CLINICAL).values("member_id")
        whose |= Q(member_id__in=_supervisees(viewer)) & Q(member_id__in=treat)
    if not whose:
        return Q(pk__in=[])
    return Q(practice_id=viewer.practice_id) & holds_on(viewer.today) & whose
