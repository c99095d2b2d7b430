"""What a report can be narrowed by, and the names of what it is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import members_in_reach
from kinbook.people.queries import client_for, party_for
from kinbook.practice.models import Location, Service
from kinbook.team.models import Member

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Client, Party
    from kinbook.reports.queries.asked import Asked
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists to choose from, by name; and the client and payer a report is about."""

    lists: list[tuple[str, str, list[tuple[UUID, str]]]]
    client: Client | None
    payer: Party | None


def choices_of(viewer: Viewer, asked: Asked, takes: tuple[str, ...]) -> Choices:
    """Return what this report is narrowed by; Unknown where it names a client or payer that is not the viewer's."""
    client = client_for(viewer, asked.client, Action.REPORTS_SEE) if asked.client else None
    payer = party_for(viewer, asked.payer) if asked.payer else None
    made = {"clinician": _clinicians, "service": _services, "location": _locations}
    lists = [(name, name.capitalize(), make(viewer)) for name, make in made.items() if name in takes]
    return Choices([each for each in lists if len(each[2]) > 1], client, payer)


def _clinicians(viewer: Viewer) -> list[tuple[UUID, str]]:
    rows = Member.objects.filter(members_in_reach(viewer, Action.REPORTS_SEE, "pk"))
    return [(each.pk, each.name) for each in rows.order_by("last_name", "first_name", "pk")]


def _services(_: Viewer) -> list[tuple[UUID, str]]:
    return list(Service.objects.order_by("name", "pk").values_list("pk", "name"))


def _locations(_: Viewer) -> list[tuple[UUID, str]]:
    return list(Location.objects.order_by("name", "pk").values_list("pk", "name"))
