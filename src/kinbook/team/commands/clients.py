"""Whose client: assigned, shared, and ended; who supervises whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, Supervision
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.team.models import Member
from kinbook.team.queries import clinicians_to_be
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def assign_clinicians(viewer: Viewer, *, client_id: UUID, primary_id: UUID | None, shared_ids: Iterable[UUID]) -> None:
    """Let the client be these members' own from today: one primary clinician, and those it is shared with."""
    require(viewer, Action.CLIENT_ASSIGN, client_id)
    wanted = dict.fromkeys(shared_ids, False)
    if primary_id:
        wanted[primary_id] = True
    if Member.objects.active().filter(pk__in=wanted).count() != len(wanted):
        raise Invalid(primary_id="Choose people of the team.")
    today = viewer.today
    if primary_id and not _may_treat(viewer, client_id, primary_id):
        raise Invalid(primary_id="Choose a clinician: billing and scheduling alone treat nobody.")
    lasting = Assignment.objects.filter(Q(until=None) | Q(until__gt=today), client_id=client_id).select_for_update()
    for row in lasting.filter(starts_on__lte=today):
        if wanted.get(row.member_id) == row.is_primary:
            del wanted[row.member_id]
        elif row.starts_on >= today:
            row.delete()
        else:
            Assignment.objects.filter(pk=row.pk).update(until=today)
    # what begins on a later day stays, unless what begins today is in its way
    in_the_way = Q(member_id__in=wanted) | (Q(is_primary=True) if any(wanted.values()) else Q(pk__in=[]))
    lasting.filter(in_the_way, starts_on__gt=today).delete()
    Assignment.objects.bulk_create(
        Assignment(
            practice_id=viewer.practice_id,
            client_id=client_id,
            member_id=member_id,
            is_primary=is_primary,
            starts_on=today,
        )
        for member_id, is_primary in wanted.items()
    )
    record(
        viewer,
        "client.assigned",
        client_id=client_id,
        primary=str(primary_id or ""),
        shared=[str(each) for each in shared_ids],
    )


def _may_treat(viewer: Viewer, client_id: UUID, member_id: UUID) -> bool:
    """Tell whether a member can be the primary clinician: by a role, or because they are."""
    held = Assignment.objects.filter(holds_on(viewer.today), client_id=client_id, member_id=member_id, is_primary=True)
    return clinicians_to_be(viewer).filter(pk=member_id).exists() or held.exists()


@transaction.atomic
def share_client(
    viewer: Viewer, *, client_id: UUID, member_id: UUID, starts_on: date | None = None, until: date | None = None
) -> Assignment:
    """Share a client with a member from a day, and perhaps until one."""
    require(viewer, Action.CLIENT_ASSIGN, client_id)
    start = starts_on or viewer.today
    if start < viewer.today:
        raise Invalid(starts_on="Choose today or a later day.")
    if until and until <= start:
        raise Invalid(until="Choose a day after it begins, or none.")
    if not Member.objects.active().filter(pk=member_id).exists():
        raise Invalid(member_id="Choose somebody of the team.")
    try:
        with transaction.atomic():
            made = Assignment.objects.create(
                practice_id=viewer.practice_id, client_id=client_id, member_id=member_id, starts_on=start, until=until
            )
    except IntegrityError:
        raise Conflict("The client is theirs already in these days.") from None
    record(
        viewer,
        "client.shared",
        client_id=client_id,
        member=str(member_id),
        starts_on=str(start),
        until=str(until or ""),
    )
    return made


@transaction.atomic
def set_supervisor(viewer: Viewer, *, supervisee_id: UUID, supervisor_id: UUID | None) -> None:
    """Let one member supervise another from today; None ends it."""
    require(viewer, Action.TEAM_MANAGE)
    if supervisee_id == supervisor_id:
        raise Invalid(supervisor_id="Nobody supervises themselves.")
    today = viewer.today
    current = Supervision.objects.filter(supervisee_id=supervisee_id, until=None)
    current.filter(starts_on__gte=today).delete()
    current.filter(starts_on__lt=today).update(until=today)
    if supervisor_id:
        if Member.objects.active().filter(pk__in=[supervisee_id, supervisor_id]).count() != 2:
            raise Invalid(supervisor_id="Choose somebody of the team.")
        Supervision.objects.create(
            practice_id=viewer.practice_id,
            supervisor_id=supervisor_id,
            supervisee_id=supervisee_id,
            starts_on=today,
        )
    record(viewer, "supervision.set", supervisee=str(supervisee_id), supervisor=str(supervisor_id or ""))
