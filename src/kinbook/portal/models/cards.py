"""The person's own cards, AutoPay, charges, and what they may pay with them."""

from __future__ import annotations

from django.db import models

from kinbook.cards.models import Expiring
from kinbook.portal.models.row import Row


class CardKey(Row):
    """The key a browser takes a card to the processor with; none where the practice takes no cards."""

    publishable = models.TextField()

    class Meta:
        managed = False
        db_table = "portal_card_key"


class CardWords(Row):
    """A card by its kind and last four digits."""

    kind = models.TextField()
    brand = models.TextField()
    last_four = models.TextField()

    class Meta:
        abstract = True

    @property
    def brand_name(self) -> str:
        """The brand as people know it."""
        return self.brand.replace("_", " ").title() or "Card"


class OwnCard(Expiring, CardWords):
    """A card of the person's own."""

    client_id = models.UUIDField(null=True)
    exp_month = models.SmallIntegerField(null=True)
    exp_year = models.SmallIntegerField(null=True)
    nickname = models.TextField()
    added_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "portal_card"


class OwnAutoPay(Row):
    """A child whose invoices a card of the person's pays by itself."""

    client_id = models.UUIDField()
    card_id = models.UUIDField()
    starts_on = models.DateField()

    class Meta:
        managed = False
        db_table = "portal_autopay"


class OwnCharge(CardWords):
    """A charge of a card of the person's own."""

    cents = models.BigIntegerField()
    state = models.TextField()
    code = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "portal_card_charge"


class Payable(Row):
    """An own invoice that may be paid here, with what is due in cents."""

    due_cents = models.BigIntegerField()
    is_on_its_way = models.BooleanField()

    class Meta:
        managed = False
        db_table = "portal_payable"
