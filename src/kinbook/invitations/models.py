"""Guests of the portal (practice tables); their links and sessions (installation tables)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned

LANGUAGES = (("en", "English"), ("es", "Español"))
FLAGS = ("messages", "appointments", "billing_documents", "payments", "documents")
"""What portal access can hold, in the order screens show it."""


class Guest(PracticeRow):
    """A person as user of the portal: when they were invited and came, through which mailbox, in which language."""

    party = PracticeForeignKey("people.Party", on_delete=models.CASCADE)
    address = models.TextField(blank=True, default="", help_text="the mailbox that opens their portal, theirs alone")
    language = models.TextField(blank=True, default="", help_text="chosen by them; empty: the browser's")
    invited_at = models.DateTimeField(null=True)
    invited_by = models.TextField(blank=True, default="")
    signed_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "party"], name="guest_once"),
            models.UniqueConstraint(
                "practice", Lower("address"), condition=~Q(address=""), name="one_mailbox_one_person"
            ),
        ]


class PortalSetting(PracticeRow, Versioned):
    """How the practice keeps its portal; a practice without a row has the defaults."""

    is_on = models.BooleanField(default=True)
    language = models.TextField(choices=LANGUAGES, default="en")
    welcome = models.TextField(blank=True, default="")
    appointments = models.BooleanField(default=True)
    billing_documents = models.BooleanField(default=True)
    payments = models.BooleanField(default=False)
    documents = models.BooleanField(default=False)
    bill_years = models.SmallIntegerField(default=7, help_text="how long own invoices stay open when access has ended")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="one_portal_setting"),
            models.CheckConstraint(condition=Q(bill_years__range=(1, 30)), name="bill_years"),
        ]


class Asking(models.Model):
    """Somebody asks for a link to sign in: kept until the job has looked whether the address is known. Installation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.TextField()
    browser = models.BinaryField()
    language = models.TextField()
    asked_at = models.DateTimeField()


class Purpose(models.TextChoices):
    """What a link is for."""

    SIGN_IN = "sign_in", "Sign in"
    ADDRESS = "address", "Confirm an address"


class Link(models.Model):
    """A link that works once and for minutes; only its hash is kept. Installation table."""

    hash = models.BinaryField(primary_key=True)
    practice_id = models.UUIDField()
    party_id = models.UUIDField()
    purpose = models.TextField(choices=Purpose.choices)
    address = models.TextField(blank=True, default="", help_text="the new address that it confirms")
    browser = models.BinaryField(help_text="the hash of what the browser that asked keeps")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "party_id"], name="links_of_guest")]


class Session(models.Model):
    """Somebody signed in to the portal, or a member of the team who views it as them. Installation table."""

    hash = models.BinaryField(primary_key=True)
    practice_id = models.UUIDField()
    party_id = models.UUIDField()
    member_id = models.UUIDField(null=True, help_text="who looks on, read only")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice_id", "party_id"], name="sessions_of_guest")]


class Passkey(models.Model):
    """A passkey that signs somebody in to the portal: what the device told of it, no secret. Installation table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credential_id = models.BinaryField(unique=True)
    credential = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    practice_id = models.UUIDField()
    party_id = models.UUIDField()
    name = models.TextField()
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "party_id"], name="passkeys_of_guest")]
