"""What ties the team to a client: who has the client today, and who supervises whom of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from kinbook.access.models import Assignment, Supervision
from kinbook.tenancy.models import holds_on

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Ties:
    """Who has the client, and of each supervisor those they supervise who do."""

    own: dict[UUID, Assignment]
    under: dict[UUID, list[UUID]]


def ties_to(viewer: Viewer, client_id: UUID) -> Ties:
    """Return who is tied to a client today, in one statement."""
    over = Supervision.objects.filter(holds_on(viewer.today), supervisee_id=OuterRef("member_id"))
    held: Any = Assignment.objects.filter(holds_on(viewer.today), client_id=client_id).order_by("starts_on", "pk")
    own, under = {}, defaultdict(list)
    for each in held.annotate(supervisors=ArraySubquery(over.values("supervisor_id"))):
        own[each.member_id] = each
        for supervisor in each.supervisors:
            under[supervisor].append(each.member_id)
    return Ties(own, dict(under))
