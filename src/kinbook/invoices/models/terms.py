"""What a payer wants of their invoices, and when not to remind them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned


class ClientNamed(models.TextChoices):
    """How clients stand on an organization's invoices."""

    FULL_NAME = "full_name", "Full name"
    INITIALS = "initials", "Initials"
    FILE_NUMBER = "file_number", "Their file number"


class PayerTerms(PracticeRow, Versioned):
    """How an organization wants its invoices: one over all its clients or one each, how clients are named, what for.

    Without a row: an invoice per client, by full name.
    """

    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE)
    one_invoice = models.BooleanField(default=False)
    clients_named = models.TextField(choices=ClientNamed.choices, default=ClientNamed.FULL_NAME)
    reference = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "payer terms"
        constraints = [models.UniqueConstraint(fields=["practice", "party"], name="one_terms_a_payer")]


class ReminderPause(PracticeRow):
    """A payer who is not reminded of overdue invoices, until a day or until somebody says otherwise: who, why."""

    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE)
    reason = models.TextField()
    until = models.DateField(null=True, help_text="the first day with reminders again")
    set_by = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "party"], name="one_pause_a_payer"),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
        ]
