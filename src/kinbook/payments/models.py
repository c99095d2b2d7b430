"""Payments, what is given back of them, and the entries that take back one entered wrongly."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class Method(models.TextChoices):
    """How money came."""

    CARD = "card", "Card"
    CASH = "cash", "Cash"
    CHECK = "check", "Check"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    EXTERNAL_CARD = "external_card", "External card"
    OTHER = "other", "Other"


BY_HAND = (Method.CASH, Method.CHECK, Method.BANK_TRANSFER, Method.EXTERNAL_CARD, Method.OTHER)
"""What a person can enter; a card is charged, not entered."""


BY_PROCESSOR = (Method.CARD,)
"""What a card processor charged, and alone can give back."""


class Payment(PracticeRow):
    """Money received from a payer, in cents."""

    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT, related_name="payments")
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, null=True)
    cents = models.BigIntegerField()
    method = models.TextField(choices=Method.choices)
    received_on = models.DateField()
    reference = models.TextField(blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.TextField(blank=True, default="")
    entered_by_id = models.UUIDField(null=True, help_text="the member, who finds it again")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cents__gt=0), name="payment_is_positive")]
        indexes = [
            models.Index(fields=["practice", "payer", "-received_on", "-id"], name="payments_of_payer"),
            models.Index(fields=["practice", "-received_on", "-id"], name="payments_by_date"),
        ]


class Reversal(PracticeRow):
    """A payment entered wrongly and taken back: who, when and why."""

    payment = PracticeForeignKey(Payment, on_delete=models.PROTECT, related_name="reversals")
    reason = models.TextField()
    reversed_at = models.DateTimeField()
    reversed_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "payment"], name="reversed_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_has_a_reason"),
        ]


class RefundKind(models.TextChoices):
    """What took the money back."""

    REFUND = "refund", "Refund"
    DISPUTE = "dispute", "Dispute lost"


class Refund(PracticeRow):
    """Cents of a payment that went back to where it came from: who, when and why; `reference` is a processor's."""

    payment = PracticeForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    kind = models.TextField(choices=RefundKind.choices, default=RefundKind.REFUND)
    cents = models.BigIntegerField()
    reason = models.TextField()
    reference = models.TextField(blank=True, default="")
    refunded_on = models.DateField()
    refunded_at = models.DateTimeField()
    refunded_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="refund_is_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="refund_has_a_reason"),
            models.UniqueConstraint(fields=["practice", "reference"], name="refunded_once", condition=~Q(reference="")),
        ]
        indexes = [models.Index(fields=["practice", "payment"], include=["cents"], name="refunds_of_payment")]
