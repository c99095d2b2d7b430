"""What a member would hand over: clients, appointments and supervisees from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.models import Assignment, Supervision
from kinbook.access.policy import clients_in_reach
from kinbook.messaging.queries.relief import Relief, handed_talks
from kinbook.people.models import Client
from kinbook.scheduling.models import Appointment, Status
from kinbook.team.models import Member

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

NAMED = 100


@dataclass(frozen=True, slots=True)
class Handover:
    """From whom to whom, from which day; until they are back, or for good as they leave."""

    member_id: UUID
    to_id: UUID
    on: date
    back_on: date | None = None
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be handed over, and what stays: conversations with the reason, records closed to the viewer."""

    clients: int
    names: list[str]
    appointments: int
    supervisees: list[str]
    closed: int
    conversations: int
    staying: list[tuple[str, int]]
    ending: int


def handover_preview(viewer: Viewer, handover: Handover) -> Preview:
    """Return what a handover would do, in as many statements at any number of clients."""
    assignments = assignments_of(viewer, handover)
    clients = Client.objects.filter(pk__in=assignments.values("client_id")).select_related("party")
    supervisees = Member.objects.filter(pk__in=supervisions_of(handover).values("supervisee_id"))
    count = assignments.values("client_id").distinct().count()
    talks = handed_talks(viewer, relief_of(viewer, handover))
    return Preview(
        clients=count,
        names=[each.name for each in clients.order_by("sort_name", "pk")[:NAMED]],
        appointments=appointments_of(viewer, handover).count(),
        supervisees=[each.name for each in supervisees.order_by("last_name", "first_name")],
        closed=_assigned(handover).values("client_id").distinct().count() - count,
        conversations=len(talks.going),
        staying=talks.staying,
        ending=len(talks.ending),
    )


def relief_of(viewer: Viewer, handover: Handover) -> Relief:
    """Return who answers in place of whom about which clients: those of the member that the viewer may assign."""
    mine = _assigned(handover).filter(clients_in_reach(viewer, Action.CLIENT_ASSIGN))
    clients = frozenset(mine.values_list("client_id", flat=True))
    return Relief(handover.member_id, handover.to_id, handover.on, handover.back_on, clients)


def assignments_of(viewer: Viewer, handover: Handover) -> QuerySet[Assignment]:
    """Return the member's clients from the day on, of those the viewer may assign; the other has some already."""
    rows = _assigned(handover).filter(clients_in_reach(viewer, Action.CLIENT_ASSIGN)).order_by("client_id", "starts_on")
    if handover.leaves:
        return rows
    held = Assignment.objects.filter(_lasts(handover), member_id=handover.to_id)
    return rows.exclude(client_id__in=held.values("client_id"))


def _assigned(handover: Handover) -> QuerySet[Assignment]:
    return Assignment.objects.filter(_lasts(handover), member_id=handover.member_id)


def appointments_of(viewer: Viewer, handover: Handover) -> QuerySet[Appointment]:
    """Return the member's scheduled appointments from the day on, and before they are back."""
    rows = Appointment.objects.filter(
        clients_in_reach(viewer, Action.CALENDAR_EDIT),
        clinician_id=handover.member_id,
        status=Status.SCHEDULED,
        starts_at__gte=datetime.combine(handover.on, time.min, viewer.zone),
    )
    if handover.back_on:
        rows = rows.filter(starts_at__lt=datetime.combine(handover.back_on, time.min, viewer.zone))
    return rows


def supervisions_of(handover: Handover) -> QuerySet[Supervision]:
    """Return whom the member supervises from the day on, and before they are back."""
    return Supervision.objects.filter(_lasts(handover), supervisor_id=handover.member_id)


def _lasts(handover: Handover) -> Q:
    begun = Q(starts_on__lt=handover.back_on) if handover.back_on else Q()
    return begun & (Q(until=None) | Q(until__gt=handover.on))
