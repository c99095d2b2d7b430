"""Clients, and the dated links that make somebody a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kinbook.access.actions import Action
from kinbook.access.models import never_twice
from kinbook.access.policy import clients_in_reach
from kinbook.people.models.party import Party
from kinbook.tenancy.models import Automatic, PracticeForeignKey, PracticeRow, Versioned, holds_on

if TYPE_CHECKING:
    from datetime import date

    from kinbook.tenancy.viewer import Viewer


class ClientType(models.TextChoices):
    """The three kinds of client."""

    ADULT = "adult", "Adult"
    MINOR = "minor", "Minor"
    COUPLE = "couple", "Couple"


class ClientStatus(models.TextChoices):
    """How far along a client is with the practice."""

    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    PROSPECTIVE = "prospective", "Prospective"
    ARCHIVED = "archived", "Archived"


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients of the practice."""

    def visible_to(self, viewer: Viewer) -> ClientQuerySet:
        """Return those whose page the viewer may open."""
        return self.filter(clients_in_reach(viewer, Action.CLIENT_OPEN, "pk"))

    def listed_to(self, viewer: Viewer) -> ClientQuerySet:
        """Return those whose name the viewer may read in the list."""
        return self.filter(clients_in_reach(viewer, Action.CLIENT_LIST, "pk"))


class Client(PracticeRow, Versioned):
    """Somebody who receives care: an adult or a minor (one party), or a couple (two partners)."""

    type = models.TextField(choices=ClientType.choices)
    status = models.TextField(choices=ClientStatus.choices, default=ClientStatus.ACTIVE)
    party = PracticeForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="clients")
    couple_name = models.TextField(blank=True, default="", help_text="how a couple is listed")
    sort_name = models.TextField(db_collation="C")
    reminders = models.BooleanField(default=True, help_text="is told of their own appointments ahead")
    messages = models.BooleanField(
        default=True, db_default=True, help_text="the team writes with this client and its contacts"
    )
    shows_full_fee = models.BooleanField(
        default=False, db_default=False, help_text="a payer's papers tell the whole fee beside that payer's share"
    )
    invoicing = models.TextField(
        choices=Automatic.choices, blank=True, default="", db_default="", help_text="empty: as the practice does"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(type="couple", party=None) | (~Q(type="couple") & Q(party__isnull=False)),
                name="client_is_a_party_or_a_couple",
            ),
            models.UniqueConstraint(fields=["practice", "party"], name="one_client_a_party"),
        ]
        indexes = [
            models.Index(fields=["practice", "status", "sort_name", "id"], name="clients_by_status"),
            models.Index(fields=["practice", "sort_name", "id"], name="clients_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name the client is listed under."""
        return self.party.name if self.party else self.couple_name

    @property
    def short_name(self) -> str:
        """The name people call the client."""
        return self.party.short_name if self.party else self.couple_name

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        if self.party:
            return self.party.initials
        return "".join(word[0] for word in self.couple_name.split(" and ") if word)[:2].upper()

    @property
    def is_minor(self) -> bool:
        """Tell whether the client is a minor: never billed themselves by default."""
        return self.type == ClientType.MINOR

    @property
    def is_couple(self) -> bool:
        """Tell whether the client is a couple."""
        return self.type == ClientType.COUPLE


class Partner(PracticeRow):
    """One of the two people of a couple."""

    client = PracticeForeignKey(Client, on_delete=models.CASCADE, related_name="partners")
    party = PracticeForeignKey(Party, on_delete=models.PROTECT)
    position = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "client", "party"], name="partner_once"),
            models.UniqueConstraint(fields=["practice", "client", "position"], name="partner_position"),
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="two_partners"),
        ]
        indexes = [models.Index(fields=["practice", "party"], name="partner_in")]


class Relationship(models.TextChoices):
    """What a contact is to the client."""

    PARENT = "parent", "Parent"
    LEGAL_GUARDIAN = "legal_guardian", "Legal guardian"
    STEP_PARENT = "step_parent", "Step-parent"
    FOSTER_PARENT = "foster_parent", "Foster parent"
    GRANDPARENT = "grandparent", "Grandparent"
    SIBLING = "sibling", "Sibling"
    FAMILY_MEMBER = "family_member", "Family member"
    PARTNER = "partner", "Partner"
    CASE_WORKER = "case_worker", "Case worker"
    SCHOOL = "school", "School"
    AGENCY = "agency", "Agency"
    OTHER = "other", "Other"


class ContactQuerySet(models.QuerySet["Contact"]):
    """Links between clients and their contacts."""

    def on(self, day: date) -> ContactQuerySet:
        """Return the links that hold on the day."""
        return self.filter(holds_on(day))


class Contact(PracticeRow, Versioned):
    """A dated link: this party is a contact of this client, from and until a local date."""

    client = PracticeForeignKey(Client, on_delete=models.CASCADE, related_name="contacts")
    party = PracticeForeignKey(Party, on_delete=models.PROTECT, related_name="links")
    relationship = models.TextField(choices=Relationship.choices)
    legal_guardian = models.BooleanField(default=False)
    emergency_contact = models.BooleanField(default=False)
    reminders = models.BooleanField(default=False, help_text="is told of appointments ahead")
    starts_on = models.DateField(null=True)
    until = models.DateField(null=True)
    position = models.SmallIntegerField(default=0)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            never_twice("contact_once", "client", "party"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(until=None) | Q(until__gte=F("starts_on")),
                name="contact_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "client", "position"], name="contacts_of_client"),
            models.Index(fields=["practice", "party", "client"], name="contact_of_clients"),
        ]
