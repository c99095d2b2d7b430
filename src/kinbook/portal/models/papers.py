"""Documents given to the person, and where the money of their payments came from."""

from __future__ import annotations

from django.db import models

from kinbook.documents.models import Kind
from kinbook.portal.models.row import Row


class Paper(Row):
    """A document that was given to the person, as it was made."""

    kind = models.TextField(choices=Kind.choices)
    from_on = models.DateField()
    to_on = models.DateField()
    language = models.TextField()
    content = models.JSONField()
    made_on = models.DateField()

    class Meta:
        managed = False
        db_table = "portal_document"

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.get_kind_display())


class Money(Row):
    """Money of an own payment that came or went back, in cents."""

    payment_id = models.UUIDField()
    on_date = models.DateField()
    event = models.TextField()
    posted_at = models.DateTimeField()
    cents = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "portal_money"


class Applied(models.Model):
    """What of an own payment settles invoices for one child, in cents."""

    pk = models.CompositePrimaryKey("payment_id", "client_id")
    practice_id = models.UUIDField()
    payment_id = models.UUIDField()
    client_id = models.UUIDField()
    child = models.TextField()
    cents = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "portal_applied"
