"""Who is who on the team, and the viewer that a session, a token or a job stands for."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.crypto import constant_time_compare

from kinbook.access.held import closed_to, columns_held, permissions, roles_on
from kinbook.access.matrix import FRONT_DESK
from kinbook.access.models import Assignment, RoleGrant, Supervision
from kinbook.team.models import Member, Seat, User
from kinbook.tenancy.models import Practice, SecondStep, holds_on
from kinbook.tenancy.refused import Forbidden
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import ROLE_NAMES, Identity, Origin, Role, Viewer, ViewerKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kinbook.team.models import MemberQuerySet


def viewer_of(
    identity: Identity,
    *,
    now: datetime,
    origin: Origin | None = None,
    read_only: bool = False,
    session_hash: str | None = None,
) -> Viewer | None:
    """Return the viewer a member is right now, in one query; None for one who has left or holds no role today.

    Runs inside `acting_as(identity)`: the database shows the member's practice only. A `session_hash` that does not
    fit the password as it is now ends the session, as Django's own check would.
    """
    rows = _standing(now).filter(pk=identity.id, practice_id=identity.practice_id)
    found = rows.values_list(*STANDING, "user__password", "user__is_active").first()
    if found is None:
        return None
    *standing, password, is_active = found
    if session_hash is not None and not (is_active and _fits(session_hash, password)):
        return None
    viewer = _as_viewer(standing, now)
    return viewer and replace(viewer, read_only=read_only, origin=origin or Origin())


def clinicians_to_be(viewer: Viewer) -> MemberQuerySet:
    """Return who can be a client's primary clinician: a role, now or later, that is not of the front desk."""
    lasting = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=viewer.today)).exclude(role__in=FRONT_DESK)
    return Member.objects.active().filter(pk__in=lasting.values("member_id"))


def everybody(viewer: Viewer) -> list[Viewer]:
    """Return whom each member of the team would be now as a viewer, by name: one query."""
    rows = _standing(viewer.now).filter(practice_id=viewer.practice_id).order_by("last_name", "first_name", "pk")
    made = (_as_viewer(standing, viewer.now) for standing in rows.values_list(*STANDING))
    return [each for each in made if each is not None]


STANDING = (
    *("practice_id", "pk", "title", "first_name", "last_name", "practice__time_zone", "practice__currency"),
    *("granted", "extra", "closed", "opened", "practice__second_step", "practice__second_step_roles"),
)


def _standing(now: datetime) -> MemberQuerySet:
    return Member.objects.active().annotate(**columns_held(now))


def _as_viewer(standing: Sequence[Any], now: datetime) -> Viewer | None:
    practice_id, member_id, *names, time_zone, currency, granted, extra, closed, opened, step, whose = standing
    zone = ZoneInfo(time_zone)
    roles = roles_on(now.astimezone(zone).date(), granted)
    if not roles:
        return None
    return Viewer(
        practice_id=practice_id,
        kind=ViewerKind.MEMBER,
        id=member_id,
        now=now,
        zone=zone,
        currency=currency,
        name=" ".join(part for part in names if part),
        roles=roles,
        extra=permissions(extra),
        closed=closed_to(roles, closed),
        opened=frozenset(map(UUID, opened or ())),
        owes_second_step=bool(roles & _owing(step, whose)),
    )


def _owing(second_step: str, roles: list[str]) -> frozenset[Role]:
    """Return the roles of which the practice wants a second step."""
    named = {
        SecondStep.ADMINISTRATORS: frozenset({Role.OWNER, Role.MANAGER}),
        SecondStep.EVERYONE: frozenset(Role),
        SecondStep.ROLES: frozenset(role for role in Role if role in roles),
    }
    return named.get(SecondStep(second_step), frozenset())


def _fits(session_hash: str, password: str) -> bool:
    return constant_time_compare(session_hash, User(password=password).get_session_auth_hash())


@contextmanager
def acting_for(practice_id: UUID, member_id: UUID | None, *, now: datetime) -> Iterator[Viewer]:
    """Open a job's transaction: as the member it acts for, with the rights they have now, or as the practice's rule."""
    if member_id is None:
        identity = Identity(practice_id, ViewerKind.JOB, practice_id)
    else:
        identity = Identity(practice_id, ViewerKind.MEMBER, member_id)
    with acting_as(identity):
        viewer = rule_viewer(practice_id, now=now) if member_id is None else viewer_of(identity, now=now)
        if viewer is None:
            raise Forbidden
        yield viewer


def rule_viewer(practice_id: UUID, *, now: datetime) -> Viewer:
    """Return the viewer that stands for a rule of the practice itself, such as invoices at midnight."""
    practice = Practice.objects.get(pk=practice_id)
    return Viewer(
        practice_id=practice_id,
        kind=ViewerKind.JOB,
        id=practice_id,
        now=now,
        zone=practice.zone,
        currency=practice.currency,
        name="Kinbook",
    )


def words_against(practice_id: UUID, *names: str) -> list[str]:
    """Return what everybody here knows, and no password may be made of: the names of practice and member."""
    return [*Practice.objects.filter(pk=practice_id).values_list("name", flat=True), *names]


def practice_ids() -> list[UUID]:
    """Return every practice of the installation: each has a member, who has a seat."""
    return list(Seat.objects.order_by("practice_id").values_list("practice_id", flat=True).distinct())


def seat_of(user: User) -> Seat | None:
    """Return the practice a user signs in to: the only one, or the first they joined."""
    return user.seats.order_by("id").first()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A member as the team page shows them."""

    member: Member
    roles: tuple[Role, ...]
    clients: int
    supervisor: str
    supervisor_id: UUID | None
    has_password: bool

    @property
    def role_names(self) -> str:
        """The roles as people say them."""
        return ", ".join(ROLE_NAMES[role] for role in self.roles)


def team_rows(viewer: Viewer, member_id: UUID | None = None) -> list[TeamRow]:
    """Return the members by name with roles, number of own clients and supervisor; one of them where named."""
    members = Member.objects.active().select_related("user").order_by("last_name", "first_name", "pk")
    if member_id:
        members = members.filter(pk=member_id)
    now = holds_on(viewer.today)
    roles: dict[UUID, list[Role]] = defaultdict(list)
    for holder, role in RoleGrant.objects.filter(now).values_list("member_id", "role"):
        roles[holder].append(Role(role))
    clients = dict(Assignment.objects.filter(now).values_list("member_id").annotate(Count("pk")))
    supervisors = dict(Supervision.objects.filter(now).values_list("supervisee_id", "supervisor_id"))
    names = {each.pk: each.name for each in Member.objects.active()}
    return [
        TeamRow(
            member=each,
            roles=tuple(sorted(roles[each.pk])),
            clients=clients.get(each.pk, 0),
            supervisor=names.get(supervisors.get(each.pk, each.pk), "") if each.pk in supervisors else "",
            supervisor_id=supervisors.get(each.pk),
            has_password=each.user.has_usable_password() and bool(each.user.password),
        )
        for each in members
    ]


def owners(viewer: Viewer) -> set[UUID]:
    """Return who owns the practice today."""
    held = RoleGrant.objects.filter(holds_on(viewer.today), role=Role.OWNER)
    return set(held.values_list("member_id", flat=True))
