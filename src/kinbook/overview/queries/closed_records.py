"""The closed records of a practice, told to an owner without the names of the clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.models import Assignment, EmergencyAccess, Restriction
from kinbook.access.policy import closed_to
from kinbook.tenancy.models import holds_on

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """A closed record: whose clinicians' it is, who closed it, and until when the viewer has it open."""

    restriction: Restriction
    clinicians: str
    is_closed_to_viewer: bool
    open_until: datetime | None


def closed_records(viewer: Viewer) -> list[ClosedRow]:
    """Return every closed record, the latest first: three queries."""
    rows = list(Restriction.objects.filter(holds_on(viewer.today)).order_by("-starts_on", "-pk"))
    ids = [each.client_id for each in rows]
    assigned: dict[UUID, list[str]] = {}
    held = Assignment.objects.filter(holds_on(viewer.today), client_id__in=ids).select_related("member")
    for each in held.order_by("-is_primary", "pk"):
        assigned.setdefault(each.client_id, []).append(each.member.name)
    opened = EmergencyAccess.objects.filter(
        client_id__in=ids, member_id=viewer.id, starts_at__lte=viewer.now, ends_at__gt=viewer.now
    )
    until = dict(opened.values_list("client_id", "ends_at"))
    closed = closed_to(viewer)
    return [
        ClosedRow(
            each, ", ".join(assigned.get(each.client_id, [])), each.client_id in closed, until.get(each.client_id)
        )
        for each in rows
    ]
