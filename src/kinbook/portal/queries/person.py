"""Who is signed in to the portal, and what is open to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kinbook.portal.models import Child, Person
from kinbook.tenancy.viewer import Viewer, ViewerKind

if TYPE_CHECKING:
    from datetime import datetime

    from kinbook.tenancy.viewer import Identity, Origin


def person_in(identity: Identity) -> Person | None:
    """Return the person whose transaction is open; None once nothing is open to them and nothing of theirs is left."""
    return Person.objects.filter(pk=identity.id, practice_id=identity.practice_id, is_open=True).first()


def portal_viewer(person: Person, *, now: datetime, origin: Origin, read_only: bool = False, by: str = "") -> Viewer:
    """Return the viewer a person in the portal is; `by` is the member who looks on as them."""
    return Viewer(
        practice_id=person.practice_id,
        kind=ViewerKind.PORTAL,
        id=person.pk,
        now=now,
        zone=ZoneInfo(person.time_zone),
        currency=person.currency,
        name=f"{by}, viewing as {person.name}" if by else person.name,
        read_only=read_only,
        origin=origin,
    )


def children() -> list[Child]:
    """Return who is open to the person: children by name, they themselves last."""
    return list(Child.objects.order_by("is_own", "short_name", "pk"))
