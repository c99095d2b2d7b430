"""The practice's keys, and what payers keep here: cards, and which of them pays by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from kinbook.access.models import never_twice
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow

EXPIRES_SOON = timedelta(days=30)


class Keys(PracticeRow):
    """The practice's keys at its card processor; what is secret of them is sealed."""

    publishable = models.TextField()
    secret = models.TextField()
    webhook_secret = models.TextField(blank=True, default="")
    ending = models.TextField(help_text="the last four signs of the secret key, to know it again")
    webhook_ending = models.TextField(blank=True, default="")
    set_at = models.DateTimeField()
    set_by = models.TextField()
    paid_through = models.DateField(help_text="the last night AutoPay has begun; once a night")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice"], name="keys_once")]


class Customer(PracticeRow):
    """A payer's entry at the processor, which knows an id of ours and no name."""

    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    processor_id = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "payer"], name="customer_once")]


class Kind(models.TextChoices):
    """What is charged."""

    CARD = "card", "Card"
    BANK = "bank", "Bank account"


class CardQuerySet(models.QuerySet["Card"]):
    """Cards of the practice."""

    def kept(self) -> CardQuerySet:
        """Return those that can be charged again."""
        return self.filter(removed_at=None, is_once=False)


class Expiring:
    """What is known of a card's end, from the month printed on it."""

    exp_month: Any
    exp_year: Any

    @property
    def expires(self) -> str:
        """The month it expires, as on the card: "08/28"; nothing for a bank account."""
        return f"{self.exp_month:02d}/{self.exp_year % 100:02d}" if self.exp_month and self.exp_year else ""

    @property
    def ends_on(self) -> date | None:
        """The first day on which it is no more good."""
        if not self.exp_month or not self.exp_year:
            return None
        return date(self.exp_year + self.exp_month // 12, self.exp_month % 12 + 1, 1)

    def has_expired(self, today: date) -> bool:
        """Tell whether it is past."""
        return self.ends_on is not None and self.ends_on <= today

    def expires_soon(self, today: date) -> bool:
        """Tell whether it ends within 30 days."""
        return self.ends_on is not None and today < self.ends_on <= today + EXPIRES_SOON


class Card(Expiring, PracticeRow):
    """A payer's card or bank account; Kinbook knows its last four digits and no more. Limits are cents, null: none."""

    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT, related_name="cards")
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT, null=True, help_text="null: for any client")
    processor_id = models.TextField()
    kind = models.TextField(choices=Kind.choices, default=Kind.CARD)
    brand = models.TextField(blank=True, default="")
    last_four = models.TextField()
    exp_month = models.SmallIntegerField(null=True)
    exp_year = models.SmallIntegerField(null=True)
    nickname = models.TextField(blank=True, default="")
    most_a_charge = models.BigIntegerField(null=True)
    most_a_month = models.BigIntegerField(null=True)
    is_once = models.BooleanField(default=False, help_text="charged once by its holder, and not kept")
    added_at = models.DateTimeField()
    added_by = models.TextField(blank=True, default="")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.TextField(blank=True, default="")

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "processor_id"], name="card_once"),
            models.CheckConstraint(condition=Q(last_four__regex=r"^\d{4}$"), name="card_digits"),
            models.CheckConstraint(
                condition=(Q(most_a_charge=None) | Q(most_a_charge__gt=0))
                & (Q(most_a_month=None) | Q(most_a_month__gt=0)),
                name="card_limits",
            ),
        ]
        indexes = [models.Index(fields=["practice", "payer"], name="cards_of_payer")]

    @property
    def name(self) -> str:
        """How people call it: "Visa ending 4242"."""
        what = self.brand.replace("_", " ").title() if self.kind == Kind.CARD else "Bank account"
        return f"{what or 'Card'} ending {self.last_four}"


class AutoPay(PracticeRow):
    """A payer lets a card be charged for a client's invoices on their due date, from and until a date."""

    payer = PracticeForeignKey("people.Party", on_delete=models.PROTECT)
    client = PracticeForeignKey("people.Client", on_delete=models.PROTECT)
    card = PracticeForeignKey(Card, on_delete=models.PROTECT)
    starts_on = models.DateField()
    until = models.DateField(null=True)
    most_cents = models.BigIntegerField(null=True, help_text="at most so much a charge; null: no limit")
    set_at = models.DateTimeField()
    set_by = models.TextField(blank=True, default="")
    ended_by = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            never_twice("autopay_once", "payer", "client"),
            models.CheckConstraint(condition=Q(most_cents=None) | Q(most_cents__gt=0), name="autopay_limit"),
        ]
        indexes = [models.Index(fields=["practice", "until"], name="autopay_by_end")]
