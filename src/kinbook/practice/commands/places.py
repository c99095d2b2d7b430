"""Adding and changing the practice's places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.practice.commands.clean import clean
from kinbook.practice.models import Location
from kinbook.tenancy.refused import Invalid, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LOCATION = ("name", "street", "city", "place_of_service")


@transaction.atomic
def add_location(
    viewer: Viewer,
    *,
    name: str,
    street: str = "",
    city: str = "",
    is_telehealth: bool = False,
    place_of_service: str = "",
) -> Location:
    """Add a place where clients are seen."""
    require(viewer, Action.PRACTICE_SETTINGS)
    location = Location(practice_id=viewer.practice_id, is_telehealth=is_telehealth)
    _fill_location(location, name=name, street=street, city=city, place_of_service=place_of_service)
    record(viewer, "location.added", location, name=location.name)
    return location


def _fill_location(location: Location, **fields: str) -> None:
    for name, value in fields.items():
        setattr(location, name, clean(value))
    if not location.name:
        raise Invalid(name="Enter a name.")
    code = location.place_of_service
    if code and not (len(code) == 2 and code.isascii() and code.isdigit()):
        raise Invalid(place_of_service="Two digits, as in 11 for an office.")
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError:
        raise Invalid(name="There is a location of this name.") from None


@transaction.atomic
def change_location(
    viewer: Viewer, *, location_id: UUID, fields: dict[str, Any], version: int | None = None
) -> Location:
    """Change a location; an inactive one cannot be chosen any more."""
    require(viewer, Action.PRACTICE_SETTINGS)
    location = Location.objects.select_for_update().filter(pk=location_id).first()
    if location is None:
        raise Unknown
    location.require_version(version)
    for flag in ("is_telehealth", "is_active"):
        if flag in fields:
            setattr(location, flag, bool(fields[flag]))
    texts = {name: str(fields[name]) for name in LOCATION if name in fields}
    _fill_location(location, **texts)
    record(viewer, "location.changed", location, name=location.name)
    return location
