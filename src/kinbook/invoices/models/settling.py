"""What settles an invoice: allocated payments, and what the practice gives up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kinbook.invoices.models.invoice import Invoice
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow


class Allocation(PracticeRow):
    """Cents of a payment that settle an invoice; a negative one undoes an earlier one."""

    payment = PracticeForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="allocations")
    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT)
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)
    cents = models.BigIntegerField()
    undoes = PracticeForeignKey("invoices.Allocation", on_delete=models.PROTECT, null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes=None, cents__gt=0) | Q(undoes__isnull=False, cents__lt=0),
                name="allocation_sign",
            ),
            models.UniqueConstraint(fields=["practice", "undoes"], name="allocation_undone_once"),
        ]
        indexes = [
            models.Index(fields=["practice", "payment"], include=["cents"], name="allocations_of_payment"),
            models.Index(fields=["practice", "invoice"], include=["cents"], name="allocations_of_invoice"),
        ]


class LateFee(PracticeRow):
    """The charge that an invoice cost as it was overdue: one an invoice at most, owed by who was late."""

    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT, related_name="late_fees")
    charge = PracticeForeignKey("whopays.Charge", on_delete=models.PROTECT)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "invoice"], name="late_fee_once")]


class WriteOff(PracticeRow):
    """Cents of an invoiced share that the practice gives up; a negative one undoes an earlier one."""

    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT)
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)
    charge = PracticeForeignKey("whopays.Charge", on_delete=models.PROTECT)
    cents = models.BigIntegerField()
    reason = models.TextField()
    undoes = PracticeForeignKey("invoices.WriteOff", on_delete=models.PROTECT, null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes=None, cents__gt=0) | Q(undoes__isnull=False, cents__lt=0),
                name="write_off_sign",
            ),
            models.UniqueConstraint(fields=["practice", "undoes"], name="write_off_undone_once"),
        ]
        indexes = [models.Index(fields=["practice", "invoice"], name="write_offs_of_invoice")]
