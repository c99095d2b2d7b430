"""Appointments as the family sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kinbook.portal.models import Visit
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

SHOWN_BACK = timedelta(days=365)
MOST_AHEAD, MOST_BACK = 50, 50


@dataclass(frozen=True, slots=True)
class Visits:
    """What comes, and what was within a year."""

    coming: list[Visit]
    past: list[Visit]


def visits(viewer: Viewer, client_ids: Sequence[UUID]) -> Visits:
    """Return the appointments of these clients: the next first, then the last first."""
    mine = Visit.objects.filter(client_id__in=client_ids)
    coming = mine.filter(ends_at__gt=viewer.now).order_by("starts_at", "pk")
    past = mine.filter(ends_at__lte=viewer.now, starts_at__gt=viewer.now - SHOWN_BACK).order_by("-starts_at", "-pk")
    return Visits(list(coming[:MOST_AHEAD]), list(past[:MOST_BACK]))


def visit(visit_id: UUID) -> Visit:
    """Return one appointment that the person may see."""
    found = Visit.objects.filter(pk=visit_id).first()
    if found is None:
        raise Unknown
    return found
