"""Booking and changing appointments: one form, its conflicts before it is saved, and the clients it is for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.scheduling.commands.book import book_appointment
from kinbook.scheduling.commands.change import change_appointment
from kinbook.scheduling.commands.series import ONE
from kinbook.scheduling.forms.appointment import AS_IS, NEVER, AppointmentForm
from kinbook.scheduling.queries.card import appointment_for
from kinbook.scheduling.queries.choices import choices, client_to_book, clients_like, usual_clinician
from kinbook.scheduling.queries.conflicts import conflicts_at
from kinbook.scheduling.queries.events import wall
from kinbook.scheduling.render import spoken_conflict
from kinbook.scheduling.views.answers import changed
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.web.page import part
from kinbook.whopays.queries.coverages import runs_out_with

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.people.models import Client
    from kinbook.scheduling.models import Appointment
    from kinbook.scheduling.queries.choices import Choices
    from kinbook.web.request import Request

MORNING, EVENING = 9, 18
TOLD = 6
"""So many conflicts are listed; of the others their number."""


def new_appointment(request: Request) -> HttpResponse:
    """Book an appointment, or a series."""
    require(request.viewer, Action.CALENDAR_EDIT)
    client = client_to_book(request.viewer, _id(request.POST.get("client_id") or request.GET.get("client")))
    offered = choices()
    form = AppointmentForm(
        request.POST or None,
        choices=offered,
        with_fee=may(request.viewer, Action.APPOINTMENT_DUE_SEE),
        initial=_asked_for(request, offered, client),
    )
    if request.method == "POST" and form.is_valid():
        if client is None:
            form.add_error("client_id", "Choose a client.")
        else:
            try:
                made = book_appointment(request.viewer, booking=form.booking(request.viewer))
                told = [f"{client.name} is booked for {_when(request, made.starts_at)}.", *_running_out(request, made)]
                return changed(request, " ".join(told))
            except Invalid as refused:
                form.show(refused)
    return _answer(request, form, offered, client=client)


def _running_out(request: Request, made: Appointment) -> list[str]:
    """Return what to say of third parties that this booking leaves little of."""
    if not may(request.viewer, Action.APPOINTMENT_DUE_SEE, made.client_id):
        return []
    return runs_out_with(request.viewer, made.client, on=made.on_date, service_id=made.service_id)


def change(request: Request, appointment_id: UUID) -> HttpResponse:
    """Change an appointment, or it and the rest of its series."""
    found = appointment_for(request.viewer, appointment_id)
    if not found.may_edit:  # type: ignore[attr-defined]
        raise Forbidden
    offered = choices(found)
    form = AppointmentForm(
        {**request.POST.dict(), "client_id": str(found.client_id)} if request.method == "POST" else None,
        choices=offered,
        with_fee=found.sees_fee,  # type: ignore[attr-defined]
        booked=found,
        initial=_as_booked(request, found),
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_appointment(
                request.viewer,
                appointment=found,
                fields=form.changes(request.viewer),
                scope=form.chosen_scope(),
                version=form.cleaned_data["version"],
            )
            return changed(request, "Saved.")
        except Invalid as refused:
            form.show(refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return _answer(request, form, offered, booked=found)


def _answer(
    request: Request,
    form: AppointmentForm,
    offered: Choices,
    *,
    client: Client | None = None,
    booked: Appointment | None = None,
) -> HttpResponse:
    return part(
        request,
        "scheduling/appointment.html",
        status=422 if form.errors else 200,
        form=form,
        client=booked.client if booked else client,
        booked=booked,
        services=offered.services,
        settings=may(request.viewer, Action.PRACTICE_SETTINGS) if not offered.services else False,
        dragged=request.GET.get("end", ""),
    )


def _asked_for(request: Request, offered: Choices, client: Client | None) -> dict[str, Any]:
    """Return what a new appointment begins with: the time clicked, else the next full hour."""
    asked = request.GET
    start = _start(request)
    end = _moment(asked.get("end", ""))
    service = offered.services[0] if len(offered.services) == 1 else None
    minutes = round((end - start).total_seconds() / 60) if end and end > start else None
    clinician = _id(asked.get("clinician")) or (usual_clinician(request.viewer, client.pk) if client else None)
    return {
        "client_id": client.pk if client else None,
        "clinician_id": str(clinician or request.viewer.id),
        "service_id": str(service.pk) if service else "",
        "location_id": str(offered.locations[0].pk) if offered.locations else "",
        "date": start.date(),
        "time": start.time(),
        "minutes": minutes or (service.minutes if service else 50),
        "fee_cents": service.fee_cents if service else None,
        "status": "scheduled",
        "repeats": NEVER,
        "ends": "never",
    }


def _start(request: Request) -> datetime:
    """Return the local time asked for; of a day alone its morning, of today the next full hour of the working day."""
    text = request.GET.get("start", "")
    asked = _moment(text)
    if asked and len(text) > len("2026-11-20"):
        return asked
    now = wall(request.viewer.now, request.viewer)
    if asked is None or asked.date() == now.date():
        soon = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if MORNING <= soon.hour < EVENING:
            return soon
    return (asked or now).replace(hour=MORNING, minute=0, second=0, microsecond=0)


def _as_booked(request: Request, found: Appointment) -> dict[str, Any]:
    start = wall(found.starts_at, request.viewer)
    return {
        "client_id": found.client_id,
        "clinician_id": str(found.clinician_id),
        "service_id": str(found.service_id),
        "location_id": str(found.location_id or ""),
        "date": start.date(),
        "time": start.time(),
        "minutes": round((found.ends_at - found.starts_at).total_seconds() / 60),
        "fee_cents": found.fee_cents,
        "video_link": found.video_link,
        "confidential": found.confidential,
        "status": found.status,
        "repeats": AS_IS if found.series_id else NEVER,
        "ends": "never",
        "scope": ONE,
    }


def conflicts(request: Request) -> HttpResponse:
    """What the time entered would overlap, told before it is saved."""
    require(request.viewer, Action.CALENDAR_EDIT)
    booked = _id(request.POST.get("booked"))
    form = AppointmentForm(request.POST, choices=choices(), with_fee=False)
    form.is_valid()
    slots = form.slots(request.viewer, booked)
    found = conflicts_at(request.viewer, slots)
    told = [spoken_conflict(request.viewer, each) for slot in slots for each in found[slot.key]]
    return part(request, "scheduling/_conflicts.html", told=told[:TOLD], more=max(0, len(told) - TOLD), asked=True)


def client_choices(request: Request) -> HttpResponse:
    """Clients as they are typed, or the one chosen."""
    require(request.viewer, Action.CALENDAR_EDIT)
    chosen = client_to_book(request.viewer, _id(request.GET.get("client")))
    if chosen:
        clinician = usual_clinician(request.viewer, chosen.pk)
        return part(request, "scheduling/_client.html", client=chosen, clinician=clinician)
    if "search" not in request.GET:
        return part(request, "scheduling/_client.html", client=None)
    text = request.GET["search"][:100]
    return part(
        request,
        "scheduling/_client_choices.html",
        found=clients_like(request.viewer, text),
        asked=text.strip(),
        may_create=may(request.viewer, Action.CLIENT_CREATE),
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """Return a local time of an address; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=None)


def _when(request: Request, moment: datetime) -> str:
    local = wall(moment, request.viewer)
    return f"{local:%a} {local.day} {local:%b}, {local.hour}:{local:%M}"
