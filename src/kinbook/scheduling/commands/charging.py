"""What an appointment charges, as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.scheduling.models import Appointment, Status
from kinbook.whopays.commands.charges import AppointmentCharge, put_appointment_charges
from kinbook.whopays.models import ChargeKind, ChargeState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinbook.tenancy.viewer import Viewer

MISSED = (Status.NO_SHOW, Status.LATE_CANCELLED)
BILLS = (Status.SHOW, *MISSED)
MISSED_NAMES = {Status.NO_SHOW: "no show", Status.LATE_CANCELLED: "late canceled"}


def charge_of(appointment: Appointment) -> AppointmentCharge:
    """Return the appointment's charge: its fee when shown or still scheduled, the missed fee when missed, else none."""
    status = Status(appointment.status)
    missed = status in MISSED
    cents = appointment.fee_cents
    if missed and appointment.missed_fee_cents is not None:
        cents = appointment.missed_fee_cents
    if status is Status.SCHEDULED:
        state = ChargeState.SCHEDULED
    else:
        state = ChargeState.BILLABLE if status in BILLS else ChargeState.IDLE
    name = appointment.service.name
    return AppointmentCharge(
        id=appointment.pk,
        client_id=appointment.client_id,
        kind=ChargeKind.MISSED if missed else ChargeKind.SESSION,
        state=state if cents else ChargeState.IDLE,
        service_id=appointment.service_id,
        description=f"{name} ({MISSED_NAMES[status]})" if missed else name,
        cents=cents,
        on_date=appointment.on_date,
        moment=appointment.starts_at,
        confidential=appointment.confidential,
        clinician_id=appointment.clinician_id,
    )


def charge(viewer: Viewer, appointments: Iterable[Appointment]) -> None:
    """Let the appointments charge what they say now; Conflict where one on a live invoice would change."""
    put_appointment_charges(viewer, [charge_of(each) for each in appointments])
