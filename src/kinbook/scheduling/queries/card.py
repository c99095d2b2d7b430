"""One appointment as its card shows it: who, when and where, who pays and why, and what the viewer may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf

from kinbook.access.actions import Action
from kinbook.scheduling.models import Appointment, Confirmation, Status
from kinbook.scheduling.queries.conflicts import Conflict, conflicts_of
from kinbook.scheduling.queries.events import wall
from kinbook.scheduling.queries.names import within
from kinbook.scheduling.queries.payers import NOBODY, WhoPays, who_pays
from kinbook.tenancy.refused import Unknown
from kinbook.whopays.queries.coverages import CoverageRow, coverages_of, covers

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

RIGHTS = {
    "is_named": Action.CALENDAR_NAMES,
    "is_open": Action.CLIENT_OPEN,
    "may_edit": Action.CALENDAR_EDIT,
    "may_choose_payer": Action.WHO_PAYS_CHANGE,
    "sees_amounts": Action.AMOUNTS_SEE,
    "sees_fee": Action.APPOINTMENT_DUE_SEE,
    "may_invoice": Action.INVOICE_CREATE,
    "may_pay": Action.PAYMENT_ADD,
    "may_discount": Action.WRITE_OFF,
    "may_void": Action.INVOICE_VOID,
}
"""What the card asks of the policy, all in the appointment's own query."""


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """A status to choose with one click."""

    value: str
    label: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An appointment as its card shows it, times by the practice's wall clock."""

    appointment: Appointment
    name: str
    badge: str
    starts: datetime
    ends: datetime
    statuses: tuple[StatusChoice, ...]
    who_pays: WhoPays
    conflicts: tuple[Conflict, ...]
    video_link: str
    rights: frozenset[str]
    coverages: tuple[CoverageRow, ...] = ()
    confirmed_by: tuple[str, ...] = ()

    @property
    def can_invoice(self) -> bool:
        """Tell whether there is something of this appointment to put on an invoice, by this viewer."""
        return "may_invoice" in self.rights and self.who_pays.is_billable and not self.who_pays.invoices


def appointment_for(viewer: Viewer, appointment_id: UUID) -> Appointment:
    """Return an appointment whose client the viewer may read by name; unknown and hidden look alike."""
    found: Any = (
        Appointment.objects.annotate(
            guardians_pay=F("practice__guardians_pay_confidential"),
            confirmed_by=ArraySubquery(_confirmed_by()),
            **{name: within(viewer, action) for name, action in RIGHTS.items()},
        )
        .select_related("client__party", "clinician", "service", "location", "series")
        .filter(pk=appointment_id)
        .first()
    )
    if found is None or not found.is_named:
        raise Unknown
    appointment: Appointment = found
    return appointment


def _confirmed_by() -> QuerySet[Confirmation, Any]:
    """Return who of the family said that they will come, at the time it has now."""
    called = Coalesce(NullIf(F("party__goes_by"), Value("", TextField())), F("party__first_name"))
    said = Confirmation.objects.filter(appointment_id=OuterRef("pk"), starts_at=OuterRef("starts_at"))
    named = said.annotate(name=Concat(called, Value(" ", TextField()), F("party__last_name"), output_field=TextField()))
    return named.order_by("confirmed_at").values("name")


def card(viewer: Viewer, appointment: Appointment) -> Card:
    """Return what the card of an appointment shows; the appointment comes from `appointment_for`."""
    rights = frozenset(name for name in RIGHTS if getattr(appointment, name))
    starts = wall(appointment.starts_at, viewer)
    return Card(
        appointment=appointment,
        name=appointment.client.name,
        badge=_badge(appointment, viewer),
        starts=starts,
        ends=starts + (appointment.ends_at - appointment.starts_at),
        statuses=_statuses(appointment),
        who_pays=who_pays(appointment) if "is_open" in rights else NOBODY,
        conflicts=tuple(conflicts_of(viewer, appointment)),
        video_link=safe_link(appointment.video_link),
        rights=rights,
        coverages=_coverages(viewer, appointment) if {"is_open", "sees_fee"} <= rights else (),
        confirmed_by=tuple(getattr(appointment, "confirmed_by", ())),
    )


def _coverages(viewer: Viewer, appointment: Appointment) -> tuple[CoverageRow, ...]:
    """Return the third parties that may pay for an appointment of its day and service."""
    return tuple(
        row
        for row in coverages_of(viewer, appointment.client)
        if covers(row, appointment.on_date, appointment.service_id)
    )


def safe_link(text: str) -> str:
    """Return a link that leads to a page of the web; nothing else is ever made clickable."""
    return text if text.startswith(("https://", "http://")) else ""


def _badge(appointment: Appointment, viewer: Viewer) -> str:
    client = appointment.client
    age = client.party.age_on(viewer.today) if client.party else None
    kind = client.get_type_display()
    return f"{kind} · {age}" if client.is_minor and age is not None else kind


def _statuses(appointment: Appointment) -> tuple[StatusChoice, ...]:
    """Return the five outcomes; and the way back to scheduled, where one of them stands."""
    offered = [each for each in Status if each != Status.SCHEDULED or appointment.status != Status.SCHEDULED]
    offered.sort(key=lambda each: each == Status.SCHEDULED)
    return tuple(StatusChoice(each.value, str(each.label), each == appointment.status) for each in offered)
