"""Handing over a member's clients, appointments, supervisees and conversations to another, for a leave or for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, Supervision
from kinbook.access.policy import require
from kinbook.audit.record import record, record_for_clients
from kinbook.messaging.commands.relief import hand_over_talks
from kinbook.overview.queries.handover import Handover, appointments_of, assignments_of, relief_of, supervisions_of
from kinbook.people.queries import lock_clients
from kinbook.team.commands.leaving import let_go
from kinbook.team.commands.members import locked_member
from kinbook.team.models import Member
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.charges import give_charges

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much went to the other member."""

    clients: int
    appointments: int
    supervisees: int
    conversations: int = 0


@transaction.atomic
def hand_over(viewer: Viewer, *, handover: Handover) -> HandedOver:
    """Give another member what is a member's from a day: until they are back, or for good as they leave the team.

    The past stays as it was. Records closed to the viewer stay where they are. Done twice, the second finds nothing.
    """
    require(viewer, Action.TEAM_MANAGE)
    _check(viewer, handover)
    both = Member.objects.active().filter(pk__in=[handover.member_id, handover.to_id])
    if len(both.order_by("pk").select_for_update(of=("self",))) != 2:
        raise Conflict("One of the two is not on the team any more. Nothing was changed.")
    locked_member(viewer, handover.member_id)
    assignments = list(assignments_of(viewer, handover))
    clients = sorted({each.client_id for each in assignments})
    appointments = dict(appointments_of(viewer, handover).values_list("pk", "client_id"))
    relief = relief_of(viewer, handover)
    lock_clients({*clients, *appointments.values(), *relief.clients})
    talks = hand_over_talks(viewer, relief=relief)
    _give_clients(viewer, handover, assignments)
    moved = appointments_of(viewer, handover).filter(pk__in=list(appointments))
    appointments_given = moved.update(clinician_id=handover.to_id, version=F("version") + 1)
    give_charges(list(appointments), clinician_id=handover.to_id)
    supervisions = list(supervisions_of(handover).select_for_update())
    _give_supervisees(handover, supervisions)
    given = HandedOver(len(clients), appointments_given, len(supervisions), talks)
    told = {"from": str(handover.member_id), "to": str(handover.to_id), "on": str(handover.on)}
    told["until"] = str(handover.back_on or "")
    record_for_clients(viewer, "client.handed_over", [(each, told) for each in {*clients, *appointments.values()}])
    record(
        viewer,
        "member.handed_over",
        None,
        handed_over=told,
        clients=given.clients,
        appointments=given.appointments,
        supervisees=given.supervisees,
        conversations=given.conversations,
    )
    if handover.leaves:
        let_go(viewer, member_id=handover.member_id, on=handover.on)
    return given


def _check(viewer: Viewer, handover: Handover) -> None:
    if handover.member_id == handover.to_id:
        raise Invalid(to="Choose somebody else.")
    if handover.on < viewer.today:
        raise Invalid(on="Choose today or a later day.")
    if handover.leaves == (handover.back_on is not None):
        raise Invalid(back_on="Say when they are back, or that they leave the team.")
    if handover.back_on and handover.back_on <= handover.on:
        raise Invalid(back_on="They are back on a day after the first day away.")


def _give_clients(viewer: Viewer, handover: Handover, assignments: Sequence[Assignment]) -> None:
    """Let the other have each client: in their place for good, or beside them while they are away."""
    theirs: dict[UUID, list[Assignment]] = {}
    of_other = Assignment.objects.filter(
        member_id=handover.to_id, client_id__in=[each.client_id for each in assignments]
    )
    for each in of_other.filter(_within(handover.on, handover.back_on)).order_by("starts_on"):
        theirs.setdefault(each.client_id, []).append(each)
    made = []
    for each in assignments:
        until = _earlier(each.until, handover.back_on)
        start = max(each.starts_on, handover.on)
        if handover.leaves:
            _end(each, handover.on)
        known = theirs.get(each.client_id, [])
        if known and handover.leaves and each.is_primary:
            for row in known:
                _end(row, start)
            known = []
        if not known:
            made.append(
                Assignment(
                    practice_id=viewer.practice_id,
                    client_id=each.client_id,
                    member_id=handover.to_id,
                    is_primary=each.is_primary and handover.leaves,
                    starts_on=start,
                    until=until,
                )
            )
    Assignment.objects.bulk_create(made)


def _give_supervisees(handover: Handover, supervisions: Sequence[Supervision]) -> None:
    """Let the other supervise: a supervisee has one supervisor at a time, so the member's own days are cut."""
    made = []
    for each in supervisions:
        start, until = max(each.starts_on, handover.on), _earlier(each.until, handover.back_on)
        own_until = each.until
        _end(each, start)
        if each.supervisee_id != handover.to_id:
            made.append(_supervision(each, handover.to_id, start, until))
        if handover.back_on and until == handover.back_on and own_until != until:
            made.append(_supervision(each, handover.member_id, handover.back_on, own_until))
    Supervision.objects.bulk_create(made)


def _supervision(like: Supervision, supervisor_id: UUID, start: date, until: date | None) -> Supervision:
    return Supervision(
        practice_id=like.practice_id,
        supervisor_id=supervisor_id,
        supervisee_id=like.supervisee_id,
        starts_on=start,
        until=until,
    )


def _end(row: Assignment | Supervision, on: date) -> None:
    if row.starts_on >= on:
        row.delete()
    else:
        type(row).objects.filter(pk=row.pk).update(until=on)


def _within(start: date, until: date | None) -> Q:
    begun = Q(starts_on__lt=until) if until else Q()
    return begun & (Q(until=None) | Q(until__gt=start))


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other
