"""What the processor told, what came back of charges, and links that pay one invoice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.cards.models.charging import CardCharge
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class Told(PracticeRow):
    """An event the processor told of: once, however often it tells it."""

    processor_id = models.TextField()
    kind = models.TextField()
    object_id = models.TextField(blank=True, default="")
    details = models.JSONField(default=dict, help_text="amounts, dates and words of the processor; never a name")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "processor_id"], name="told_once")]


class DisputeState(models.TextChoices):
    """How a dispute stands."""

    OPEN = "open", "Open"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class Dispute(PracticeRow):
    """A payer's bank wants a charge back: money is held until it is decided."""

    charge = PracticeForeignKey(CardCharge, on_delete=models.PROTECT, related_name="disputes")
    processor_id = models.TextField()
    cents = models.BigIntegerField()
    reason = models.TextField(blank=True, default="")
    answer_by = models.DateField(null=True)
    state = models.TextField(choices=DisputeState.choices, default=DisputeState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "processor_id"], name="dispute_once")]
        indexes = [models.Index(fields=["practice", "opened_at"], name="open_disputes", condition=Q(answered_at=None))]


class RefundState(models.TextChoices):
    """How far a refund to a card is."""

    PENDING = "pending", "On its way"
    DONE = "done", "Refunded"
    FAILED = "failed", "Failed"


class CardRefund(PracticeRow):
    """Money on its way back to the card it came from; its id is the idempotency key."""

    charge = PracticeForeignKey(CardCharge, on_delete=models.PROTECT, related_name="refunds")
    cents = models.BigIntegerField()
    reason = models.TextField()
    state = models.TextField(choices=RefundState.choices, default=RefundState.PENDING)
    processor_id = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="card_refund_is_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="card_refund_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["practice", "charge"], name="card_refunds_of_charge"),
            models.Index(fields=["practice", "asked_at"], name="card_refunds_open", condition=Q(answered_at=None)),
        ]


class PayLink(models.Model):
    """What a Pay link in a mail leads to: one invoice of one payer, until a date. Only the link's hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hash = models.BinaryField(unique=True)
    practice_id = models.UUIDField()
    invoice_id = models.UUIDField()
    expires_at = models.DateTimeField()
