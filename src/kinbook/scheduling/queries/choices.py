"""What can be chosen when an appointment is booked or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.models import Assignment
from kinbook.access.policy import clients_in_reach
from kinbook.people.models import Client, ClientStatus, SearchWord
from kinbook.people.queries import matching, words_of
from kinbook.practice.models import Location, Service
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.scheduling.models import Appointment
    from kinbook.tenancy.viewer import Viewer

SHORTEST = 2
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choices:
    """Members, services and places to choose from: those in use, and those the appointment has already."""

    members: tuple[Member, ...]
    services: tuple[Service, ...]
    locations: tuple[Location, ...]


def choices(appointment: Appointment | None = None) -> Choices:
    """Return what an appointment can be booked with, each kind by name, in three queries."""
    now = appointment
    service = Q(is_active=True) | Q(pk=now.service_id if now else None)
    location = Q(is_active=True) | Q(pk=now.location_id if now else None)
    member = Q(left_on=None) | Q(pk=now.clinician_id if now else None)
    return Choices(
        members=tuple(Member.objects.filter(member).order_by("last_name", "first_name", "pk")),
        services=tuple(Service.objects.filter(service).order_by("name", "pk")),
        locations=tuple(Location.objects.filter(location).order_by("is_telehealth", "name", "pk")),
    )


def clients_like(viewer: Viewer, text: str) -> list[Client]:
    """Return clients whose names begin with what was typed, of those the viewer may book for."""
    words = words_of(text)
    if sum(map(len, words)) < SHORTEST:
        return []
    first = max(words, key=len)
    hits = SearchWord.objects.filter(word__gte=first, word__lt=first + chr(0x10FFFF)).values("party_id")
    found = Client.objects.filter(
        Q(party_id__in=hits) | Q(partners__party_id__in=hits), clients_in_reach(viewer, Action.CALENDAR_EDIT, "pk")
    ).exclude(status=ClientStatus.ARCHIVED)
    others = [word for word in words if word is not first]
    if others:
        found = found.filter(matching(others))
    return list(found.select_related("party").order_by("sort_name", "pk").distinct()[:SHOWN])


def client_to_book(viewer: Viewer, client_id: UUID | None) -> Client | None:
    """Return a client the viewer may book for; None where there is none such."""
    if client_id is None:
        return None
    reached = clients_in_reach(viewer, Action.CALENDAR_EDIT, "pk")
    return Client.objects.filter(reached, pk=client_id).select_related("party").first()


def usual_clinician(viewer: Viewer, client_id: UUID) -> UUID | None:
    """Return the client's primary clinician today, or the first other."""
    held = Assignment.objects.filter(holds_on(viewer.today), client_id=client_id)
    return held.order_by("-is_primary", "pk").values_list("member_id", flat=True).first()
