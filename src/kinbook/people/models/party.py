"""Parties: people and organizations, how to reach them, and the words they are found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from kinbook.tenancy.models import PracticeForeignKey, PracticeRow, Versioned

if TYPE_CHECKING:
    from datetime import date

ADULT_AGE = 18


class PartyKind(models.TextChoices):
    """What a party is."""

    PERSON = "person", "Person"
    ORGANIZATION = "organization", "Organization"


class OrganizationKind(models.TextChoices):
    """What an organization is to a family."""

    SCHOOL = "school", "School"
    EMPLOYER = "employer", "Employer"
    AGENCY = "agency", "Agency"
    COURT = "court", "Court"
    CHARITY = "charity", "Charity"
    INSURER = "insurer", "Insurer"
    OTHER = "other", "Other"


class Party(PracticeRow, Versioned):
    """A person or an organization: whoever can be a client, a contact or a payer, once for all their roles.

    A merged party points to the one that stands for both; its id stays, because invoices and the journal name it.
    """

    kind = models.TextField(choices=PartyKind.choices)
    first_name = models.TextField(blank=True, default="")
    last_name = models.TextField(blank=True, default="", help_text="an organization's name stands here too")
    goes_by = models.TextField(blank=True, default="")
    organization_kind = models.TextField(choices=OrganizationKind.choices, blank=True, default="")
    date_of_birth = models.DateField(null=True)
    deceased_on = models.DateField(null=True)
    street = models.TextField(blank=True, default="")
    city = models.TextField(blank=True, default="")
    region = models.TextField(blank=True, default="")
    postal_code = models.TextField(blank=True, default="")
    country = models.TextField(blank=True, default="")
    sort_name = models.TextField(db_collation="C", help_text="last name first, without case or accents")
    slot = models.SmallIntegerField(null=True, help_text="colour and pattern of a payer, 1 to 6, given once")
    merged_into = PracticeForeignKey("people.Party", on_delete=models.PROTECT, null=True)
    merged_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_name="", last_name=""),
                name="party_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(kind="person", organization_kind="") | Q(kind="organization", first_name=""),
                name="party_is_one_kind",
            ),
            models.CheckConstraint(condition=Q(slot__range=(1, 6)) | Q(slot=None), name="party_slot"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="party_merged_into_another"
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "sort_name", "id"], name="parties_by_name"),
            models.Index(fields=["practice", "merged_into"], name="parties_merged", condition=~Q(merged_into=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_organization(self) -> bool:
        """Tell whether this is an organization."""
        return self.kind == PartyKind.ORGANIZATION

    @property
    def short_name(self) -> str:
        """The name people call them: "Ana", or the organization's name."""
        return self.goes_by or self.first_name or self.last_name

    @property
    def name(self) -> str:
        """The name people know them by: "Ana Ortiz"."""
        called = self.goes_by or self.first_name
        return f"{called} {self.last_name}".strip()

    @property
    def legal_name(self) -> str:
        """The name on legal papers."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        words = self.last_name.split() if self.is_organization else [self.goes_by or self.first_name, self.last_name]
        letters = "".join(word[0] for word in words if word)[:2]
        return letters.upper()

    def age_on(self, day: date) -> int | None:
        """Return the age in whole years on a day; None where no birthday is known."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class AddressType(models.TextChoices):
    """Where an address or number is used."""

    MOBILE = "mobile", "Mobile"
    HOME = "home", "Home"
    WORK = "work", "Work"
    OTHER = "other", "Other"


class Email(PracticeRow):
    """An e-mail address of a party, and whether mail may be sent to it."""

    party = PracticeForeignKey(Party, on_delete=models.CASCADE)
    address = models.TextField()
    type = models.TextField(choices=AddressType.choices, default=AddressType.HOME)
    may_email = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(address__contains="@"), name="email_has_an_at"),
            models.UniqueConstraint("practice", "party", Lower("address"), name="email_once_a_party"),
        ]
        indexes = [
            models.Index("practice", Lower("address"), name="emails_by_address"),
        ]


class PhonePermission(models.TextChoices):
    """What a number may be used for."""

    TEXT_VOICEMAIL = "text_voicemail", "Text / voicemail OK"
    TEXT = "text", "Text OK"
    VOICEMAIL = "voicemail", "Voicemail OK"
    NONE = "none", "Do not contact"


class Phone(PracticeRow):
    """A phone number of a party, and what it may be used for."""

    party = PracticeForeignKey(Party, on_delete=models.CASCADE)
    number = models.TextField(help_text="as people write it")
    digits = models.TextField(help_text="international, digits only where it could be read")
    type = models.TextField(choices=AddressType.choices, default=AddressType.MOBILE)
    permission = models.TextField(choices=PhonePermission.choices, default=PhonePermission.TEXT_VOICEMAIL)
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(digits=""), name="phone_has_digits"),
            models.UniqueConstraint(fields=["practice", "party", "digits"], name="phone_once_a_party"),
        ]
        indexes = [models.Index(fields=["practice", "digits"], name="phones_by_digits")]


class SearchWord(models.Model):
    """A word by which a party is found as it is typed: names, address, digits; folded to lower case without accents."""

    pk = models.CompositePrimaryKey("practice_id", "word", "party_id")
    practice_id = models.UUIDField()
    word = models.TextField(db_collation="C")
    party = PracticeForeignKey(Party, on_delete=models.CASCADE)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "party"], name="search_words_of")]
