"""Whose calendars can be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.models import RoleGrant
from kinbook.access.policy import members_in_reach
from kinbook.scheduling.models import Appointment
from kinbook.team.models import Member
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.viewer import Role

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

CLINICAL = (
    Role.OWNER,
    Role.SUPERVISOR,
    Role.CLINICIAN_ENTIRE,
    Role.CLINICIAN_FULL_LIST,
    Role.CLINICIAN_BILLING,
    Role.CLINICIAN_BASIC,
)
COLOURS = 8
"""Colours by clinician; with more clinicians they come again, and the initials tell them apart."""


@dataclass(frozen=True, slots=True)
class Clinician:
    """A member whose appointments the calendar shows."""

    id: UUID
    name: str
    short_name: str
    initials: str
    colour: int


def clinicians(viewer: Viewer) -> tuple[Clinician, ...]:
    """Return who sees clients: by role, or because something is booked with them; by name."""
    roles = RoleGrant.objects.filter(holds_on(viewer.today), member_id=OuterRef("pk"), role__in=CLINICAL)
    booked = Appointment.objects.filter(clinician_id=OuterRef("pk"))
    rows = (
        Member.objects.active()
        .filter(members_in_reach(viewer, Action.CALENDAR_SEE, "pk"))
        .filter(Q(Exists(roles)) | Q(Exists(booked)))
        .order_by("last_name", "first_name", "pk")
    )
    return tuple(
        Clinician(each.pk, each.name, each.short_name, each.initials, place % COLOURS + 1)
        for place, each in enumerate(rows)
    )
