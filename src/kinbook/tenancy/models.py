"""The practice, and what every row of a practice's data is made of."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models

from kinbook.tenancy.fields import PracticeForeignKey, new_id
from kinbook.tenancy.refused import CHANGED_MEANWHILE, Conflict

__all__ = ["Practice", "PracticeForeignKey", "PracticeRow", "Versioned", "holds_on"]


class Automatic(models.TextChoices):
    """When invoices make themselves."""

    DAILY = "daily", "Daily"
    MONTHLY = "monthly", "Monthly"
    MANUALLY = "manually", "Manually"


class SecondStep(models.TextChoices):
    """Who on the team must prove twice who they are, when they sign in."""

    NOBODY = "nobody", "Nobody must; everyone may"
    ADMINISTRATORS = "administrators", "Owners and practice managers"
    EVERYONE = "everyone", "Everyone"
    ROLES = "roles", "Some roles"


class Versioned(models.Model):
    """A row that counts its changes, so that the second of two editors is told."""

    version = models.IntegerField(default=1)

    class Meta:
        abstract = True

    def require_version(self, seen: int | None) -> None:
        """Refuse where the row has changed since it was seen; None does not ask."""
        if seen is not None and seen != self.version:
            raise Conflict(CHANGED_MEANWHILE)
        self.version += 1


class Practice(Versioned):
    """A practice with its settings; money is in its one currency, dates are in its time zone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.TextField()
    time_zone = models.TextField()
    currency = models.TextField()
    language = models.TextField(default="en")
    week_starts_on = models.SmallIntegerField(default=0, help_text="0 is Monday")
    street = models.TextField(blank=True, default="")
    city = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="")
    tax_id = models.TextField(blank=True, default="")
    npi = models.TextField(
        blank=True, default="", db_default="", help_text="national provider identifier, of the group"
    )
    is_demo = models.BooleanField(default=False)

    invoice_prefix = models.TextField(default="INV-", blank=True)
    credit_note_prefix = models.TextField(default="CN-", db_default="CN-", blank=True)
    terms_days = models.SmallIntegerField(default=14)
    automatic_invoices = models.TextField(choices=Automatic.choices, default=Automatic.MANUALLY)
    invoiced_through = models.DateField(null=True, help_text="the last date whose midnight run was started")
    invoice_day = models.SmallIntegerField(default=1, help_text="the day of the month on which a month is invoiced")
    invoiced_month = models.DateField(null=True, help_text="the last day of the last month whose run was started")
    invoice_footer = models.TextField(blank=True, default="")
    late_fee_days = models.SmallIntegerField(
        null=True, help_text="so long overdue, an invoice costs a late fee; null: never"
    )
    late_fee_cents = models.BigIntegerField(null=True)
    late_fee_percent = models.IntegerField(null=True, help_text="hundredths of a percent of what is due")
    late_fees_from = models.DateField(null=True, help_text="invoices due before cost none")
    late_fees_on = models.DateField(null=True, help_text="the last date on which late fees were charged")
    guardians_pay_confidential = models.BooleanField(default=False)
    reminder_hours = models.SmallIntegerField(default=48, help_text="0: no reminders")
    overdue_days = models.JSONField(default=list, help_text="so many days after it was due, a payer is reminded")
    reminded_on = models.DateField(null=True, help_text="the last date on which overdue invoices were gone through")
    coverage_sessions = models.SmallIntegerField(default=2, help_text="so few sessions left, a coverage runs out")
    coverage_percent = models.SmallIntegerField(default=10, help_text="so little of its amount left")
    coverage_days = models.SmallIntegerField(default=30, help_text="so few days before it ends")

    messages_on = models.BooleanField(default=False)
    messages_for_new = models.BooleanField(default=True, help_text="who is let into the portal may write, unless said")
    notice_minutes = models.SmallIntegerField(default=10, help_text="so long unread, a letter tells of messages")
    second_step = models.TextField(choices=SecondStep.choices, default=SecondStep.NOBODY)
    second_step_roles = models.JSONField(default=list, help_text="whose, where it is some roles")
    idle_minutes = models.SmallIntegerField(default=15, help_text="signed out after so long without use")

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="practice_has_a_name"),
            models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="practice_currency"),
            models.CheckConstraint(condition=models.Q(terms_days__range=(0, 365)), name="practice_terms"),
            models.CheckConstraint(
                condition=models.Q(late_fee_days=None)
                | models.Q(late_fee_days__range=(1, 365), late_fees_from__isnull=False)
                & (
                    models.Q(late_fee_cents__gt=0, late_fee_percent=None)
                    | models.Q(late_fee_cents=None, late_fee_percent__range=(1, 10000))
                ),
                name="practice_late_fees",
            ),
            models.CheckConstraint(condition=models.Q(week_starts_on__range=(0, 6)), name="practice_week"),
            models.CheckConstraint(condition=models.Q(reminder_hours__range=(0, 336)), name="practice_reminders"),
            models.CheckConstraint(condition=models.Q(invoice_day__range=(1, 28)), name="practice_invoice_day"),
            models.CheckConstraint(
                condition=models.Q(coverage_sessions__range=(0, 1000))
                & models.Q(coverage_percent__range=(0, 100))
                & models.Q(coverage_days__range=(0, 366)),
                name="practice_coverage_limits",
            ),
            models.CheckConstraint(condition=models.Q(notice_minutes__range=(1, 1440)), name="practice_notice"),
            models.CheckConstraint(condition=models.Q(idle_minutes__range=(5, 60)), name="practice_idle"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that today and midnight are in."""
        return ZoneInfo(self.time_zone)


class PracticeRow(models.Model):
    """A row of one practice's data; the database shows it to that practice only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


def holds_on(day: object, prefix: str = "") -> models.Q:
    """Return the condition that a dated row holds on the day."""
    start, until = f"{prefix}starts_on", f"{prefix}until"
    begun = models.Q(**{f"{start}__isnull": True}) | models.Q(**{f"{start}__lte": day})
    not_over = models.Q(**{f"{until}__isnull": True}) | models.Q(**{f"{until}__gt": day})
    return begun & not_over
