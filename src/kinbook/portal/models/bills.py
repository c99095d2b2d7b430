"""The person's own invoices, what is due on them, and their payments."""

from __future__ import annotations

from django.db import models

from kinbook.portal.models.row import Row


class Bill(Row):
    """An invoice of the person's own."""

    name = models.TextField()
    number = models.BigIntegerField()
    payer_name = models.TextField()
    payer_address = models.TextField()
    issued_on = models.DateField()
    due_on = models.DateField()
    total_cents = models.BigIntegerField()
    due_cents = models.BigIntegerField()
    is_void = models.BooleanField()

    class Meta:
        managed = False
        db_table = "portal_invoice"


class BillLine(Row):
    """A line of an own invoice, with the payer's reason only."""

    invoice_id = models.UUIDField()
    client_id = models.UUIDField()
    child = models.TextField()
    position = models.IntegerField()
    on_date = models.DateField()
    description = models.TextField()
    cents = models.BigIntegerField()
    payer_reason = models.TextField()
    full_cents = models.BigIntegerField(null=True, help_text="the whole charge, where the practice shows it")

    class Meta:
        managed = False
        db_table = "portal_line"


class Due(models.Model):
    """What is due on an own invoice for one client, in cents."""

    pk = models.CompositePrimaryKey("invoice_id", "client_id")
    practice_id = models.UUIDField()
    invoice_id = models.UUIDField()
    client_id = models.UUIDField()
    child = models.TextField()
    due_on = models.DateField()
    due_cents = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "portal_due"


class Paid(Row):
    """A payment of the person's own that stands; `returned_cents` of it went back to them."""

    received_on = models.DateField()
    method = models.TextField()
    cents = models.BigIntegerField()
    returned_cents = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "portal_payment"


class Settled(models.Model):
    """What an own payment settled of an own invoice, in cents."""

    pk = models.CompositePrimaryKey("payment_id", "invoice_id")
    practice_id = models.UUIDField()
    payment_id = models.UUIDField()
    invoice_id = models.UUIDField()
    received_on = models.DateField()
    cents = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "portal_settled"


class Credit(Row):
    """A credit note or a discount on an own invoice, in cents."""

    invoice_id = models.UUIDField()
    name = models.TextField()
    kind = models.TextField()
    issued_on = models.DateField()
    cents = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "portal_credit"
