"""Every try to charge a card, and what of it was for which invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, reaches_all
from kinbook.cards.models.kept import Card
from kinbook.rules.declines import in_words
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer


class State(models.TextChoices):
    """How far a charge is."""

    STARTED = "started", "Started"
    UNKNOWN = "unknown", "No answer yet"
    PROCESSING = "processing", "On its way"
    SUCCEEDED = "succeeded", "Paid"
    FAILED = "failed", "Failed"


ON_ITS_WAY = (State.STARTED, State.UNKNOWN, State.PROCESSING)
"""States in which nobody knows yet how it ends; an invoice is in one such charge at most."""


class Origin(models.TextChoices):
    """Who asked for a charge, and where."""

    STAFF = "staff", "By the team"
    API = "api", "By a program"
    AUTOPAY = "autopay", "AutoPay"
    PORTAL = "portal", "In the portal"
    LINK = "link", "By a Pay link"


class ChargeQuerySet(models.QuerySet["CardCharge"]):
    """Charges of cards."""

    def visible_to(self, viewer: Viewer) -> ChargeQuerySet:
        """Return those of invoices with a client whose amounts the viewer may see, and those they asked for."""
        if reaches_all(viewer, Action.AMOUNTS_SEE):
            return self.filter(practice_id=viewer.practice_id)
        reach = clients_in_reach(viewer, Action.AMOUNTS_SEE, "invoice__lines__client_id")
        parts = ChargePart.objects.filter(reach, charge_id=OuterRef("pk"))
        return self.filter(Q(Exists(parts)) | Q(asked_by_id=viewer.id))

    def open_failures(self) -> ChargeQuerySet:
        """Return those that failed and wait for somebody: no newer try stands for them."""
        return self.filter(state=State.FAILED, answered_at=None)


class CardCharge(PracticeRow):
    """One try to charge a card. It is written before the processor is asked; its id is the idempotency key."""

    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    card = PracticeForeignKey(Card, on_delete=models.PROTECT, related_name="charges")
    cents = models.BigIntegerField()
    currency = models.TextField()
    origin = models.TextField(choices=Origin.choices)
    state = models.TextField(choices=State.choices, default=State.STARTED)
    asked_at = models.DateTimeField()
    asked_by = models.TextField(blank=True, default="")
    asked_by_id = models.UUIDField(null=True)
    token = models.TextField(blank=True, default="", help_text="of the form it was asked with: a second click is it")
    intent_id = models.TextField(blank=True, default="")
    code = models.TextField(blank=True, default="")
    attempt = models.SmallIntegerField(default=1)
    first_on = models.DateField(help_text="the day of the first try")
    next_try_on = models.DateField(null=True)
    fee_cents = models.BigIntegerField(null=True, help_text="what the processor kept; null while it does not say")
    payment = PracticeForeignKey("payments.Payment", on_delete=models.PROTECT, null=True)
    ended_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="when somebody saw to its failure")
    answered_by = models.TextField(blank=True, default="")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="card_charge_is_positive"),
            models.CheckConstraint(
                condition=Q(state="succeeded", payment__isnull=False) | (~Q(state="succeeded") & Q(payment=None)),
                name="card_charge_is_paid",
            ),
            models.UniqueConstraint(fields=["practice", "payment"], name="card_charge_pays_once"),
            models.UniqueConstraint(
                fields=["practice", "intent_id"], name="card_charge_of_intent", condition=~Q(intent_id="")
            ),
            models.UniqueConstraint(
                fields=["practice", "token"],
                name="card_charge_of_form",
                condition=~Q(token=""),
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "payer", "-asked_at"], name="card_charges_of_payer"),
            models.Index(
                fields=["practice", "asked_at"],
                name="card_charges_on_way",
                condition=Q(state__in=["started", "unknown", "processing"]),
            ),
            models.Index(
                fields=["practice", "next_try_on"],
                name="card_charges_failed",
                condition=Q(state="failed", answered_at=None),
            ),
            models.Index(fields=["practice", "card", "asked_at"], name="card_charges_of_card"),
        ]

    @property
    def why(self) -> str:
        """Why it failed, as the end of a sentence."""
        return in_words(self.code)

    @property
    def is_on_its_way(self) -> bool:
        """Tell whether nobody knows yet how it ends."""
        return self.state in ON_ITS_WAY


class ChargePart(PracticeRow):
    """What of a charge is for which invoice, in cents."""

    charge = PracticeForeignKey(CardCharge, on_delete=models.PROTECT, related_name="parts")
    invoice = PracticeForeignKey("invoices.Invoice", on_delete=models.PROTECT)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "charge", "invoice"], name="charge_part_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="charge_part_is_positive"),
        ]
        indexes = [models.Index(fields=["practice", "invoice"], name="charge_parts_of_invoice")]
