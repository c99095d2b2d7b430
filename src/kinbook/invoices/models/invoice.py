"""Invoices and their lines (immutable), what is due on them, and what ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow

if TYPE_CHECKING:
    from datetime import date

    from kinbook.tenancy.viewer import Viewer


class Counter(models.Model):
    """The last numbers of a practice's invoices and credit notes; taken last in a transaction, so none is skipped."""

    practice = models.OneToOneField("tenancy.Practice", primary_key=True, on_delete=models.PROTECT, related_name="+")
    last = models.BigIntegerField(default=0)
    last_credit_note = models.BigIntegerField(db_default=0)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices of the practice."""

    def visible_to(self, viewer: Viewer) -> InvoiceQuerySet:
        """Return those with a line of a client whose amounts the viewer may see."""
        lines = InvoiceLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), invoice_id=OuterRef("pk"))
        return self.filter(Exists(lines))

    def with_state(self) -> InvoiceQuerySet:
        """Load with each what is due and whether it is void."""
        return self.select_related("standing")

    def standing_as(self, status: str, today: date) -> InvoiceQuerySet:
        """Return those in a status: issued, partly_paid, paid, void, or overdue on a day."""
        due = Q(standing__due_cents__gt=0, standing__is_void=False)
        match status:
            case "void":
                return self.filter(standing__is_void=True)
            case "paid":
                return self.filter(standing__is_void=False, standing__due_cents=0)
            case "partly_paid":
                return self.filter(due, standing__due_cents__lt=models.F("total_cents"))
            case "issued":
                return self.filter(due, standing__due_cents=models.F("total_cents"))
            case "overdue":
                return self.filter(due, due_on__lt=today)
            case _:
                return self.none()


class Invoice(PracticeRow):
    """What one payer is asked to pay. The payer's name and address stand on it as they were when it was issued."""

    number = models.BigIntegerField()
    name = models.TextField(help_text="the number with the practice's prefix, as printed")
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT, related_name="invoices")
    payer_name = models.TextField()
    payer_address = models.TextField(blank=True, default="")
    reference = models.TextField(blank=True, default="", db_default="", help_text="what the payer files it under")
    issued_on = models.DateField()
    due_on = models.DateField()
    total_cents = models.BigIntegerField()
    issued_by = models.TextField(blank=True, default="")
    issued_at = models.DateTimeField()
    run_id = models.UUIDField(null=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(total_cents__gt=0), name="invoice_total"),
        ]
        indexes = [
            models.Index(fields=["practice", "payer", "-number"], name="invoices_of_payer"),
            models.Index(fields=["practice", "-number"], name="invoices_by_number"),
            models.Index(fields=["practice", "run_id"], name="invoices_of_run", condition=~Q(run_id=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        """Derived: issued, partly_paid, paid or void."""
        standing = self.standing
        if standing.is_void:
            return "void"
        if standing.due_cents == 0:
            return "paid"
        return "issued" if standing.due_cents == self.total_cents else "partly_paid"

    def is_overdue(self, today: date) -> bool:
        """Tell whether something is due and the due date has passed."""
        return not self.standing.is_void and self.standing.due_cents > 0 and self.due_on < today


class InvoiceLineQuerySet(models.QuerySet["InvoiceLine"]):
    """Lines of invoices."""

    def visible_to(self, viewer: Viewer) -> InvoiceLineQuerySet:
        """Return those of clients whose amounts the viewer may see."""
        return self.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE))


class InvoiceLine(PracticeRow):
    """One share of one charge, as it was billed."""

    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)
    charge = PracticeForeignKey("whopays.Charge", on_delete=models.PROTECT)
    position = models.IntegerField()
    on_date = models.DateField()
    description = models.TextField()
    service = PracticeForeignKey("practice.Service", on_delete=models.PROTECT, null=True)
    clinician = PracticeForeignKey("team.Member", on_delete=models.PROTECT, null=True)
    charge_cents = models.BigIntegerField(help_text="the whole charge; shown to staff only")
    discount_cents = models.BigIntegerField(db_default=0, help_text="taken off the fee before; shown to staff only")
    discounted_as = models.TextField(blank=True, db_default="")
    cents = models.BigIntegerField()
    reason = models.TextField()
    payer_reason = models.TextField()
    client_named = models.TextField(
        blank=True, default="", db_default="", help_text="the client as the payer wants them named; empty: by name"
    )
    authorization = models.TextField(blank=True, default="", db_default="")

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "invoice", "position"], name="invoice_line_position"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="invoice_line_is_positive"),
        ]
        indexes = [
            models.Index(fields=["practice", "client", "invoice"], name="invoice_lines_of_client"),
            models.Index(fields=["practice", "charge"], name="invoice_lines_of_charge"),
        ]


class Standing(models.Model):
    """What is due on an invoice: the sum of its receivable lines, kept by a trigger on the journal."""

    invoice = models.OneToOneField(
        Invoice, primary_key=True, on_delete=models.PROTECT, related_name="standing", db_constraint=False
    )
    practice_id = models.UUIDField()
    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    due_on = models.DateField()
    due_cents = models.BigIntegerField()
    is_void = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice_id", "due_on", "invoice"],
                include=["due_cents", "payer"],
                name="due_invoices",
                condition=Q(due_cents__gt=0),
            ),
            models.Index(
                fields=["practice_id", "payer", "due_on"],
                name="due_invoices_of_payer",
                condition=Q(due_cents__gt=0),
            ),
        ]


class Void(PracticeRow):
    """The end of an invoice: who, when and why. The number stays."""

    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT, related_name="voids")
    reason = models.TextField()
    voided_at = models.DateTimeField()
    voided_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "invoice"], name="void_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="void_has_a_reason"),
        ]


class Succession(PracticeRow):
    """An invoice issued in place of a voided one. For staff only: a payer never learns who was addressed before."""

    voided = PracticeForeignKey(Invoice, on_delete=models.PROTECT)
    issued = PracticeForeignKey(Invoice, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "voided", "issued"], name="succession_once")]
        indexes = [models.Index(fields=["practice", "issued"], name="predecessors")]
