"""Invoices on their way to their payers, and reminders of those that are overdue."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.invoices.models.invoice import Invoice
from kinbook.invoices.models.running import RunState
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class DeliveryKind(models.TextChoices):
    """What was sent."""

    INVOICE = "invoice", "Invoice"
    REMINDER = "reminder", "Reminder"


class Delivery(PracticeRow):
    """An invoice sent to its payer, or a reminder of it: which letter, when, to which address.

    `step` is of a reminder on schedule: so many days after the invoice was due. One step is never told twice.
    """

    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT, related_name="deliveries")
    letter = PracticeForeignKey("mail.Letter", on_delete=models.PROTECT)
    kind = models.TextField(choices=DeliveryKind.choices, default=DeliveryKind.INVOICE, db_default="invoice")
    step = models.SmallIntegerField(null=True)
    sent_at = models.DateTimeField()
    sent_by = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["practice", "invoice", "step"], name="reminded_once_a_step"),
            models.CheckConstraint(condition=Q(step=None) | Q(kind="reminder"), name="step_of_a_reminder"),
        ]
        indexes = [models.Index(fields=["practice", "invoice", "sent_at"], name="deliveries_of_invoice")]


class MailingKind(models.TextChoices):
    """What a mailing does."""

    SEND = "send", "Send"
    REMIND = "remind", "Remind"


class Mailing(PracticeRow):
    """Many letters at once: every invoice that was not sent, or a reminder to every payer with overdue ones."""

    kind = models.TextField(choices=MailingKind.choices)
    state = models.TextField(choices=RunState.choices, default=RunState.WORKING)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    member_id = models.UUIDField(null=True, help_text="whose rights it acts with")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "-started_at"], name="mailings_by_time")]


class MailingItem(PracticeRow):
    """One letter of a mailing: to whom, about which invoice (null: all that are overdue), and what became of it."""

    mailing = PracticeForeignKey(Mailing, on_delete=models.CASCADE, related_name="items")
    position = models.IntegerField()
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT, null=True)
    cents = models.BigIntegerField()
    done = models.BooleanField(default=False)
    skipped = models.TextField(blank=True, default="", help_text="why it was not sent")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "mailing", "position"], name="mailing_item_once")]
