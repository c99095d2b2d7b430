"""Appointments, repeating series and time off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer


class Series(PracticeRow):
    """A repeating appointment: a rule of RFC 5545 in the practice's local time, made into rows up to a date."""

    rrule = models.TextField()
    starts_local = models.DateTimeField(help_text="local start of the first, kept as if it were UTC")
    made_until = models.DateField(help_text="occurrences before this local date are rows")
    ended = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "series"
        indexes = [
            models.Index(fields=["practice", "made_until"], name="series_to_make", condition=Q(ended=False)),
        ]


class Status(models.TextChoices):
    """What became of an appointment."""

    SCHEDULED = "scheduled", "Scheduled"
    SHOW = "show", "Show"
    NO_SHOW = "no_show", "No show"
    LATE_CANCELLED = "late_cancelled", "Late canceled"
    CANCELLED = "cancelled", "Canceled"
    CLINICIAN_CANCELLED = "clinician_cancelled", "Clinician canceled"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments of the practice."""

    def visible_to(self, viewer: Viewer) -> AppointmentQuerySet:
        """Return those of clients whose page the viewer may open."""
        return self.filter(clients_in_reach(viewer, Action.CLIENT_OPEN))


class Appointment(PracticeRow, Versioned):
    """One meeting of a client with a clinician. `on_date` is its date in the practice's time zone."""

    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, related_name="appointments")
    clinician = PracticeForeignKey("team.Member", on_delete=models.PROTECT)
    service = PracticeForeignKey("practice.Service", on_delete=models.PROTECT)
    location = PracticeForeignKey("practice.Location", on_delete=models.PROTECT, null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    on_date = models.DateField()
    fee_cents = models.BigIntegerField()
    missed_fee_cents = models.BigIntegerField(null=True, help_text="the service's when it was missed; null: the fee")
    status = models.TextField(choices=Status.choices, default=Status.SCHEDULED)
    confidential = models.BooleanField(default=False)
    video_link = models.TextField(blank=True, default="")
    series = PracticeForeignKey(Series, on_delete=models.PROTECT, null=True)
    series_at = models.DateTimeField(null=True, help_text="local start by the series' rule, kept as if it were UTC")
    reminded_at = models.DateTimeField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(fee_cents__gte=0), name="appointment_fee"),
            models.UniqueConstraint(fields=["practice", "series", "series_at"], name="one_of_each_occurrence"),
        ]
        indexes = [
            models.Index(fields=["practice", "starts_at", "id"], name="appointments_by_time"),
            models.Index(fields=["practice", "client", "starts_at", "id"], name="appointments_of_client"),
            models.Index(fields=["practice", "clinician", "starts_at"], name="appointments_of_clinician"),
        ]


class Confirmation(PracticeRow):
    """Somebody of the family says that they will come, at the time the appointment had then."""

    appointment = PracticeForeignKey(Appointment, on_delete=models.CASCADE, related_name="confirmations")
    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "appointment", "party"], name="confirmed_once"),
        ]


class TimeOff(PracticeRow):
    """When a member is not there: shown in the calendar, and a conflict for appointments."""

    member = PracticeForeignKey("team.Member", on_delete=models.CASCADE)
    title = models.TextField(default="Time off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "time off"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_off_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["practice", "starts_at"], name="time_off_by_time")]
