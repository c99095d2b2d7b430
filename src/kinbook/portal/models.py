"""What a person in the portal may know: views of the database, each with only those rows and columns.

The tables behind them stay closed to them (`kinbook_protect`); the views are made in `migrations/views.sql`.
"""

from __future__ import annotations

from django.db import models

from kinbook.documents.models import Kind
from kinbook.scheduling.queries.card import safe_link

VIEWS = (
    "portal_self",
    "portal_minor",
    "portal_bills",
    "portal_person",
    "portal_child",
    "portal_appointment",
    "portal_invoice",
    "portal_line",
    "portal_due",
    "portal_payment",
    "portal_settled",
    "portal_credit",
    "portal_guardian",
    "portal_document",
    "portal_money",
    "portal_applied",
)
"""Everything the portal reads of a practice, by name; nothing else of it is open."""


class Row(models.Model):
    """A row of one of the views; they show the named practice and the signed-in person only."""

    id = models.UUIDField(primary_key=True)
    practice_id = models.UUIDField()

    class Meta:
        abstract = True


class Person(Row):
    """Who is signed in, and where: their own entry, with what the frame of every page says of the practice."""

    first_name = models.TextField()
    last_name = models.TextField()
    goes_by = models.TextField()
    email = models.TextField()
    phone = models.TextField()
    language = models.TextField()
    is_minor = models.BooleanField()
    is_open = models.BooleanField()
    sees_bills = models.BooleanField()
    practice_name = models.TextField()
    practice_street = models.TextField()
    practice_city = models.TextField()
    practice_phone = models.TextField()
    practice_email = models.TextField()
    practice_tax_id = models.TextField()
    invoice_footer = models.TextField()
    time_zone = models.TextField()
    currency = models.TextField()
    welcome = models.TextField()

    class Meta:
        managed = False
        db_table = "portal_person"

    @property
    def short_name(self) -> str:
        """The name people call them."""
        return self.goes_by or self.first_name or self.last_name

    @property
    def name(self) -> str:
        """The name people know them by."""
        return f"{self.short_name} {self.last_name}".strip() if self.first_name else self.last_name

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        return f"{self.short_name[:1]}{self.last_name[:1]}".upper()


class Child(Row):
    """A client who is open to the person: a child of theirs, or themselves."""

    is_own = models.BooleanField()
    short_name = models.TextField()
    age = models.IntegerField(null=True)
    messages = models.BooleanField()
    appointments = models.BooleanField()
    billing_documents = models.BooleanField()
    payments = models.BooleanField()
    documents = models.BooleanField()

    class Meta:
        managed = False
        db_table = "portal_child"


class Visit(Row):
    """An appointment: when, with whom, where; nothing of what it is for or what became of it."""

    client_id = models.UUIDField()
    child = models.TextField()
    is_own = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    clinician = models.TextField()
    place = models.TextField()
    street = models.TextField()
    city = models.TextField()
    is_telehealth = models.BooleanField()
    video_link = models.TextField()
    state = models.TextField(help_text="booked, cancelled or over")
    confirmed = models.BooleanField(help_text="by this person, for the time it has now")

    class Meta:
        managed = False
        db_table = "portal_appointment"

    @property
    def video(self) -> str:
        """Where to join, if that is a page of the web; nothing else is made clickable."""
        return safe_link(self.video_link)


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


class Guardian(Row):
    """A guardian of the person, who is of age: they had access, and keep it only as long as the person says so."""

    client_id = models.UUIDField()
    name = models.TextField()
    kept_from = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "portal_guardian"


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
