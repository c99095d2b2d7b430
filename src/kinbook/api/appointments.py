"""Appointments: booked, listed, changed and removed, one or the rest of a series, and one's own payer."""

from typing import Any

from ninja import Query, Router

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.api.appointment_shapes import (
    AppointmentBody,
    AppointmentChange,
    AppointmentsAsked,
    AppointmentShown,
    OverrideBody,
    OverrideShown,
    ScopeBody,
    Scoped,
    override_shown,
    shown,
)
from kinbook.api.fields import Id
from kinbook.api.frame import require_match
from kinbook.api.paging import Page, page_of
from kinbook.audit.record import record
from kinbook.people.queries import client_for, lock_clients
from kinbook.scheduling.commands.book import Booking, book_appointment
from kinbook.scheduling.commands.change import change_appointment as change
from kinbook.scheduling.commands.remove import remove_appointment
from kinbook.scheduling.commands.series import FOLLOWING, ONE
from kinbook.scheduling.models import Appointment, Status
from kinbook.scheduling.queries.card import appointment_for
from kinbook.team.models import Member
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request
from kinbook.whopays.commands.override import clear_override, read_override, set_override
from kinbook.whopays.models import Charge, Override

router = Router(tags=["Calendar"], by_alias=True)

FIELDS = (
    *("client_id", "clinician_id", "service_id", "location_id", "minutes", "fee_cents"),
    *("status", "confidential", "video_link", "repeat"),
)
MAY_BE_EMPTY = {"location_id", "video_link"}


@router.post("/appointments", response={201: AppointmentShown})
def create_appointment(request: Request, body: AppointmentBody) -> AppointmentShown:
    """Book an appointment, or a series of them where `repeat` is a rule of RFC 5545; the first is answered.

    Overlaps are shown in `conflicts`, never refused. Any status on any date.
    """
    viewer = request.viewer
    client = client_for(viewer, body.client_id, Action.CALENDAR_NAMES)
    booking = Booking(
        client_id=client.pk,
        clinician_id=body.clinician_id,
        service_id=body.service_id,
        starts_at=body.start,
        minutes=body.minutes,
        fee_cents=body.fee_cents,
        location_id=body.location_id,
        status=body.status or Status.SCHEDULED,
        confidential=bool(body.confidential),
        video_link=body.video_link or "",
        repeat=body.repeat or "",
    )
    made = book_appointment(viewer, booking=booking)
    return shown(viewer, [appointment_for(viewer, made.pk)])[0]


@router.get("/appointments", response=Page[AppointmentShown])
def list_appointments(request: Request, asked: Query[AppointmentsAsked]) -> Page[AppointmentShown]:
    """Appointments by start, of clients whose names the member may read."""
    viewer = request.viewer
    require(viewer, Action.CALENDAR_SEE)
    rows = Appointment.objects.filter(
        clients_in_reach(viewer, Action.CALENDAR_NAMES), asked.moments("starts_at", viewer.zone)
    )
    if asked.client_id:
        rows = rows.filter(client=client_for(viewer, asked.client_id, Action.CALENDAR_NAMES))
    if asked.clinician_id:
        if not Member.objects.filter(pk=asked.clinician_id).exists():
            raise Unknown
        rows = rows.filter(clinician_id=asked.clinician_id)
    if asked.status:
        rows = rows.filter(status=asked.status)
    found, more = page_of(rows.select_related("series"), asked, "starts_at", "pk")
    record(viewer, "appointments.listed", client_id=asked.client_id, count=len(found))
    return Page[AppointmentShown](items=shown(viewer, found), next=more)


@router.get("/appointments/{appointment_id}", response=AppointmentShown)
def read_appointment(request: Request, appointment_id: Id) -> AppointmentShown:
    """One appointment, with what it overlaps."""
    found = appointment_for(request.viewer, appointment_id)
    record(request.viewer, "appointment.viewed", found, client_id=found.client_id)
    return shown(request.viewer, [found])[0]


@router.patch("/appointments/{appointment_id}", response=AppointmentShown)
def change_appointment(
    request: Request, appointment_id: Id, body: AppointmentChange, asked: Query[Scoped]
) -> AppointmentShown:
    """Change an appointment, or with `scope` following it and the rest of its series; what is left out stays.

    On a live invoice a change of fee, service, client, local date, billing status or payer is 409 and names it.
    """
    viewer = request.viewer
    lock_clients([appointment_for(viewer, appointment_id).client_id])
    found = appointment_for(viewer, appointment_id)
    require_match(request, shown(viewer, [found])[0])
    fields = body.sent("start", *FIELDS, may_be_empty=MAY_BE_EMPTY)
    if "start" in fields:
        fields["starts_at"] = fields.pop("start")
    if "client_id" in fields:
        client_for(viewer, fields["client_id"], Action.CALENDAR_NAMES)
    scope = _scope(body.scope or asked.scope, fields)
    after = change(viewer, appointment=found, fields=fields, scope=scope)
    return shown(viewer, [_seen(viewer, after)])[0]


def _seen(viewer: Viewer, appointment: Appointment) -> Appointment:
    return appointment_for(viewer, appointment.pk)


def _scope(said: str | None, fields: dict[str, Any]) -> str:
    """Return which appointments a change is for: a new `repeat` makes the rest anew."""
    if "repeat" in fields:
        if said == ONE:
            raise Invalid(repeat="A new rule is for this appointment and the following.")
        return FOLLOWING
    return said or ONE


@router.delete("/appointments/{appointment_id}", response={204: None})
def delete_appointment(
    request: Request, appointment_id: Id, asked: Query[Scoped], body: ScopeBody | None = None
) -> None:
    """Take an appointment, or it and the rest of its series, out of the calendar; 409 where one was ever billed."""
    viewer = request.viewer
    lock_clients([appointment_for(viewer, appointment_id).client_id])
    found = appointment_for(viewer, appointment_id)
    require_match(request, shown(viewer, [found])[0])
    remove_appointment(viewer, appointment=found, scope=(body.scope if body else None) or asked.scope or ONE)


@router.put("/appointments/{appointment_id}/payer", response=OverrideShown)
def put_payer(request: Request, appointment_id: Id, body: OverrideBody) -> OverrideShown:
    """Give one appointment its own payer or split; 409 where it is on a live invoice."""
    charge = _charge(request.viewer, appointment_id)
    rule = read_override(body.rule)
    set_override(request.viewer, charge=charge, rule=rule, note=body.note or "")
    return override_shown(Override.objects.get(charge=charge))


@router.delete("/appointments/{appointment_id}/payer", response={204: None})
def delete_payer(request: Request, appointment_id: Id) -> None:
    """Let the arrangement decide again."""
    charge = _charge(request.viewer, appointment_id)
    require_match(request, shown(request.viewer, [appointment_for(request.viewer, appointment_id)])[0])
    clear_override(request.viewer, charge=charge)


def _charge(viewer: Viewer, appointment_id: Id) -> Charge:
    found = appointment_for(viewer, appointment_id)
    charge = Charge.objects.filter(pk=found.pk, client_id=found.client_id).first()
    if charge is None:
        raise Unknown
    return charge
