"""Adding and changing what the practice offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.practice.commands.clean import is_amount, set_fields
from kinbook.practice.models import Service
from kinbook.tenancy.refused import Unknown, refuse_wrong

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def add_service(viewer: Viewer, *, fields: dict[str, Any]) -> Service:
    """Add a service: name, code, fee_cents, minutes, missed_fee_cents (None: the appointment's own fee)."""
    require(viewer, Action.PRACTICE_SETTINGS)
    service = Service(practice_id=viewer.practice_id)
    fill_service(service, fields)
    record(viewer, "service.added", service, name=service.name, fee_cents=service.fee_cents)
    return service


SERVICE = ("name", "code", "fee_cents", "minutes", "missed_fee_cents", "modifiers", "units", "is_active")


def fill_service(service: Service, fields: dict[str, Any]) -> None:
    """Set and store a service's fields; raises Invalid beside the field."""
    set_fields(service, fields, SERVICE)
    missed = service.missed_fee_cents
    problems = {
        "name": (not service.name, "Enter a name."),
        "fee_cents": (not is_amount(service.fee_cents), "The fee is an amount, not negative."),
        "minutes": (
            not isinstance(service.minutes, int) or not 1 <= service.minutes <= 1440,
            "Between 1 and 1440 minutes.",
        ),
        "units": (not isinstance(service.units, int) or not 1 <= service.units <= 99, "Between 1 and 99 units."),
        "missed_fee_cents": (
            missed is not None and not is_amount(missed),
            "An amount, not negative, or nothing.",
        ),
    }
    refuse_wrong(problems)
    service.save()


@transaction.atomic
def change_service(viewer: Viewer, *, service_id: UUID, fields: dict[str, Any], version: int | None = None) -> Service:
    """Change a service; appointments booked before keep the fee they were booked with."""
    require(viewer, Action.PRACTICE_SETTINGS)
    service = Service.objects.select_for_update().filter(pk=service_id).first()
    if service is None:
        raise Unknown
    service.require_version(version)
    before = {name: getattr(service, name) for name in fields}
    fill_service(service, fields)
    record(viewer, "service.changed", service, changed=changes(before, fields))
    return service
