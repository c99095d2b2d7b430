"""Who is in the portal, the clients open to them, their guardians and their appointments."""

from __future__ import annotations

from django.db import models

from kinbook.portal.models.row import Row
from kinbook.scheduling.queries.card import safe_link


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


class Guardian(Row):
    """A guardian of the person, who is of age: they had access, and keep it only as long as the person says so."""

    client_id = models.UUIDField()
    name = models.TextField()
    kept_from = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "portal_guardian"


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
