"""Changing and removing appointments: one, or it and the rest of its series."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.people.models import Client
from kinbook.people.queries import lock_clients
from kinbook.practice.models import Location, Service
from kinbook.scheduling.commands.book import (
    instant,
    local,
    require_fee,
    require_minutes,
    require_start,
)
from kinbook.scheduling.commands.charging import MISSED, charge
from kinbook.scheduling.commands.series import FOLLOWING, ONE, own_series, rest_of
from kinbook.scheduling.models import Appointment, Status
from kinbook.team.models import Member
from kinbook.tenancy.refused import Invalid
from kinbook.whopays.commands.charges import refuse_if_invoiced

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

FIELDS = (
    "client_id",
    "clinician_id",
    "service_id",
    "location_id",
    "starts_at",
    "minutes",
    "fee_cents",
    "status",
    "confidential",
    "video_link",
    "repeat",
)


@transaction.atomic
def change_appointment(
    viewer: Viewer,
    *,
    appointment: Appointment,
    fields: dict[str, Any],
    scope: str = ONE,
    version: int | None = None,
) -> Appointment:
    """Change an appointment, or with `scope` following it and the rest of its series.

    Moved with the rest, the series keeps its new wall-clock time; a new `repeat` makes the rest anew. Conflict where an
    invoiced one would change in what it charges, or somebody else changed it meanwhile.
    """
    require(viewer, Action.CALENDAR_EDIT, appointment.client_id)
    _check(fields, scope)
    if "client_id" in fields:
        require(viewer, Action.CALENDAR_EDIT, fields["client_id"])
    lock_clients({appointment.client_id, fields.get("client_id", appointment.client_id)})
    one = Appointment.objects.select_for_update(of=("self",)).select_related("service", "series").get(pk=appointment.pk)
    one.require_version(version)
    if fields.get("fee_cents") not in {None, one.fee_cents}:
        refuse_if_invoiced([one.pk])  # also where a missed appointment was charged the missed fee
    before = {name: getattr(one, name) for name in FIELDS if hasattr(one, name)}
    rest = rest_of(one) if scope == FOLLOWING else []
    moved = _shift(viewer, one, fields)
    _apply(viewer, one, fields)
    for each in rest:
        each.version += 1
        _move(viewer, each, moved)
        _apply(
            viewer,
            each,
            {name: value for name, value in fields.items() if name not in {"starts_at", "status"}},
        )
    if scope == FOLLOWING:
        rest = own_series(viewer, one, rest, fields.get("repeat"), moved)
    for each in (one, *rest):
        each.save()
    charge(viewer, [one, *rest])
    after = {name: getattr(one, name) for name in before}
    record(
        viewer,
        "appointment.changed",
        one,
        client_id=one.client_id,
        scope=scope,
        times=1 + len(rest),
        changed=changes(before, after),
    )
    return one


def set_fee(viewer: Viewer, appointment: Appointment, fee_cents: int) -> Appointment:
    """Give an appointment the fee its charge comes to by now. Part of a command that spans features."""
    require_fee(fee_cents)
    one = Appointment.objects.select_for_update(of=("self",)).select_related("service").get(pk=appointment.pk)
    one.fee_cents = fee_cents
    one.version += 1
    one.save()
    charge(viewer, [one])
    return one


def _check(fields: dict[str, Any], scope: str) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Invalid(**dict.fromkeys(unknown, "This cannot be changed."))
    if scope not in {ONE, FOLLOWING}:
        raise Invalid(scope="Change one appointment, or it and the following.")
    if "status" in fields and fields["status"] not in Status.values:
        raise Invalid(status=f"The status is one of: {', '.join(Status.values)}.")
    if fields.get("minutes") is not None:
        require_minutes(fields["minutes"])
    if fields.get("fee_cents") is not None:
        require_fee(fields["fee_cents"])
    if fields.get("starts_at") is not None:
        require_start(fields["starts_at"])
    known = {
        "service_id": (Service, "There is no such service."),
        "clinician_id": (Member, "There is no such clinician on the team."),
        "location_id": (Location, "There is no such location."),
        "client_id": (Client, "There is no such client."),
    }
    for name, (model, sentence) in known.items():
        if fields.get(name) and not model._default_manager.filter(pk=fields[name]).exists():
            raise Invalid(**{name: sentence})


def _shift(viewer: Viewer, one: Appointment, fields: dict[str, Any]) -> timedelta:
    """Return by how much the wall-clock start moves."""
    if fields.get("starts_at") is None:
        return timedelta()
    return local(fields["starts_at"], viewer) - local(one.starts_at, viewer)


def _move(viewer: Viewer, each: Appointment, by: timedelta) -> None:
    if not by:
        return
    length = each.ends_at - each.starts_at
    each.starts_at = instant(local(each.starts_at, viewer) + by, viewer)
    each.ends_at = each.starts_at + length
    each.on_date = each.starts_at.astimezone(viewer.zone).date()
    each.reminded_at = None
    if each.series_at is not None:
        each.series_at += by


def _apply(viewer: Viewer, each: Appointment, fields: dict[str, Any]) -> None:
    length = each.ends_at - each.starts_at
    if fields.get("service_id") and fields["service_id"] != each.service_id:
        each.service = Service.objects.get(pk=fields["service_id"])
        each.fee_cents = each.service.fee_cents
        length = timedelta(minutes=each.service.minutes)
    if fields.get("minutes") is not None:
        length = timedelta(minutes=fields["minutes"])
    if fields.get("starts_at") is not None:
        each.starts_at = require_start(fields["starts_at"])
        each.on_date = each.starts_at.astimezone(viewer.zone).date()
        each.reminded_at = None
    each.ends_at = each.starts_at + length
    for name in ("client_id", "clinician_id", "fee_cents", "confidential"):
        if fields.get(name) is not None:
            setattr(each, name, fields[name])
    if "location_id" in fields:
        each.location_id = fields["location_id"]
    if "video_link" in fields:
        each.video_link = (fields["video_link"] or "").strip()[:500]
    _set_status(each, fields.get("status"))


def _set_status(each: Appointment, status: str | None) -> None:
    """A missed appointment charges the service's missed fee as it is on the day it is marked."""
    if status is None or status == each.status:
        return
    if status in MISSED and each.status not in MISSED:
        each.missed_fee_cents = each.service.missed_fee_cents
    if status not in MISSED:
        each.missed_fee_cents = None
    each.status = status
