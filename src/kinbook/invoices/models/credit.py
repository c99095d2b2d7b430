"""Credit notes: what a payer need not pay of an invoice after all, as a document with a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models.invoice import Invoice
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer


class CreditKind(models.TextChoices):
    """What lowers an invoice: something was billed that is not owed, or the practice asks for less."""

    CREDIT_NOTE = "credit_note", "Credit note"
    DISCOUNT = "discount", "Discount"


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    """Credit notes of the practice."""

    def visible_to(self, viewer: Viewer) -> CreditNoteQuerySet:
        """Return those with a line of a client whose amounts the viewer may see."""
        lines = CreditNoteLine.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), note_id=OuterRef("pk"))
        return self.filter(Exists(lines))

    def with_state(self) -> CreditNoteQuerySet:
        """Tell of each whether it was taken back with its invoice."""
        return self.annotate(taken_back=Exists(CreditNoteVoid.objects.filter(note_id=OuterRef("pk"))))


class CreditNote(PracticeRow):
    """Cents that lower what one payer owes on an invoice; the reason is for staff. Immutable; a void takes it back."""

    number = models.BigIntegerField()
    name = models.TextField(help_text="the number with the practice's prefix, as printed")
    kind = models.TextField(choices=CreditKind.choices)
    lowers_fee = models.BooleanField(db_default=False, help_text="the fee was lowered after it was invoiced")
    invoice = PracticeForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    total_cents = models.BigIntegerField()
    reason = models.TextField()
    issued_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField(blank=True, default="")

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="credit_note_number_once"),
            models.CheckConstraint(condition=Q(total_cents__gt=0), name="credit_note_total"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_note_has_a_reason"),
        ]
        indexes = [models.Index(fields=["practice", "invoice"], name="credit_notes_of_invoice")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_void(self) -> bool:
        """Whether it was taken back; loaded `with_state`."""
        return bool(getattr(self, "taken_back", False))


class CreditNoteLine(PracticeRow):
    """What a credit note takes off one charge."""

    note = PracticeForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)
    charge = PracticeForeignKey("whopays.Charge", on_delete=models.PROTECT)
    position = models.IntegerField()
    on_date = models.DateField()
    description = models.TextField()
    service = PracticeForeignKey("practice.Service", on_delete=models.PROTECT, null=True)
    clinician = PracticeForeignKey("team.Member", on_delete=models.PROTECT, null=True)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "note", "position"], name="credit_note_line_position"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="credit_note_line_is_positive"),
        ]
        indexes = [models.Index(fields=["practice", "charge"], name="credit_note_lines_of_charge")]


class CreditNoteVoid(PracticeRow):
    """The end of a credit note: its invoice was voided, and what takes its place starts whole."""

    note = PracticeForeignKey(CreditNote, on_delete=models.PROTECT, related_name="voids")
    voided_at = models.DateTimeField()
    voided_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "note"], name="credit_note_void_once")]
