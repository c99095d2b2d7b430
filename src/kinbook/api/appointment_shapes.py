"""Appointments as programs send and see them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.api.fields import Body, Cents, Choice, Flag, Id, Instant, Whole
from kinbook.api.paging import Dated
from kinbook.api.rule import RuleForm
from kinbook.people.models import Client
from kinbook.rules.reading import read_rule, write_rule
from kinbook.scheduling.models import Appointment
from kinbook.scheduling.queries.conflicts import conflicts_of_each
from kinbook.tenancy.viewer import Viewer
from kinbook.whopays.models import Override

Status = Literal["scheduled", "show", "no_show", "late_cancelled", "cancelled", "clinician_cancelled"]
Scope = Literal["one", "following"]
REPEAT = Field(None, max_length=1000, description="A rule of RFC 5545, as in FREQ=WEEKLY;COUNT=10.")


class AppointmentFields(Body):
    """What can be said of an appointment."""

    minutes: Whole | None = Field(None, ge=1, le=1440, description="Left out: the service's.")
    fee_cents: Cents | None = Field(None, description="Left out: the service's.")
    location_id: Choice | None = None
    status: Status | None = None
    confidential: Flag | None = Field(None, description="To the client: not for guardians to see or pay.")
    video_link: str | None = Field(None, max_length=500)
    repeat: str | None = REPEAT


class AppointmentBody(AppointmentFields):
    """An appointment as booked."""

    client_id: Id
    clinician_id: Choice = Field(description="A member's id.")
    service_id: Choice
    start: Instant


class AppointmentChange(AppointmentFields):
    """What changes of an appointment; what is left out stays."""

    client_id: Id | None = None
    clinician_id: Choice | None = None
    service_id: Choice | None = None
    start: Instant | None = None
    scope: Scope | None = Field(None, description="This one, or it and the following of its series.")


class ScopeBody(Body):
    """Which appointments of a series are meant."""

    scope: Scope | None = None


class Scoped(BaseModel):
    """Which appointments of a series are meant."""

    scope: Scope | None = Field(None, description="This one, or it and the following of its series.")


class AppointmentsAsked(Dated):
    """Which appointments are wanted."""

    client_id: Id | None = None
    clinician_id: Id | None = None
    status: Status | None = None


class OverrideBody(Body):
    """One appointment's own payer: `single`, `percent` or `amount`, without caps."""

    rule: RuleForm
    note: str | None = Field(None, max_length=500)


class OverrideShown(BaseModel):
    """One appointment's own payer or split, with who set it and why."""

    appointment_id: UUID
    rule: RuleForm
    note: str | None
    set_by: str
    set_at: datetime


class ConflictShown(BaseModel):
    """An overlap; `appointment_id` is null for time off, and where the name is hidden."""

    kind: Literal["clinician", "client", "time_off"]
    title: str
    start: datetime
    end: datetime
    appointment_id: UUID | None


class AppointmentShown(BaseModel):
    """An appointment; `fee_cents` and `override` are null where the member may not see amounts."""

    id: UUID
    client_id: UUID
    clinician_id: UUID
    service_id: UUID
    location_id: UUID | None
    start: datetime
    end: datetime
    minutes: int
    fee_cents: int | None
    currency: str
    status: str = Field(description="One of those that can be sent.")
    confidential: bool
    video_link: str | None
    series_id: UUID | None
    repeat: str | None = Field(description="The rule of its series.")
    override: OverrideShown | None = Field(description="Its own payer, where it has one.")
    conflicts: list[ConflictShown]


def shown(viewer: Viewer, appointments: Sequence[Appointment]) -> list[AppointmentShown]:
    """Return appointments as the viewer may see them, in a fixed number of queries."""
    conflicts = conflicts_of_each(viewer, appointments)
    clients = {each.client_id for each in appointments}
    fees = _reached(viewer, Action.APPOINTMENT_DUE_SEE, clients)
    amounts = _reached(viewer, Action.AMOUNTS_SEE, clients)
    own = Override.objects.filter(charge_id__in=[each.pk for each in appointments if each.client_id in amounts])
    overrides = {each.charge_id: override_shown(each) for each in own}
    return [
        AppointmentShown(
            id=each.pk,
            client_id=each.client_id,
            clinician_id=each.clinician_id,
            service_id=each.service_id,
            location_id=each.location_id,
            start=each.starts_at.astimezone(viewer.zone),
            end=each.ends_at.astimezone(viewer.zone),
            minutes=(each.ends_at - each.starts_at) // timedelta(minutes=1),
            fee_cents=each.fee_cents if each.client_id in fees else None,
            currency=viewer.currency,
            status=each.status,
            confidential=each.confidential,
            video_link=each.video_link or None,
            series_id=each.series_id,
            repeat=each.series.rrule if each.series else None,
            override=overrides.get(each.pk),
            conflicts=[_conflict(viewer, one) for one in conflicts.get(each.pk, [])],
        )
        for each in appointments
    ]


def _reached(viewer: Viewer, action: Action, client_ids: set[UUID]) -> set[UUID]:
    rows = Client.objects.filter(clients_in_reach(viewer, action, "pk"), pk__in=client_ids)
    return set(rows.values_list("pk", flat=True))


def _conflict(viewer: Viewer, one: Any) -> ConflictShown:
    return ConflictShown(
        kind=one.kind.value,
        title=one.title,
        start=one.starts_at.astimezone(viewer.zone),
        end=one.ends_at.astimezone(viewer.zone),
        appointment_id=one.appointment_id,
    )


def override_shown(row: Override) -> OverrideShown:
    """Return an override as programs see it."""
    return OverrideShown(
        appointment_id=row.charge_id,
        rule=write_rule(read_rule(row.rule)),
        note=row.note or None,
        set_by=row.set_by,
        set_at=row.set_at,
    )
