"""Entering many people, clients and contacts at once: a few statements whatever their number; parts of a command.

What is handed over is clean already (`commands.clean`) and the viewer has been asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from kinbook.access.models import Assignment
from kinbook.people.commands.words import add_words, index_words_of, words_for
from kinbook.people.models import Client, Contact, Email, Party, Phone
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.people.commands.clean import EmailDraft, PhoneDraft
    from kinbook.tenancy.viewer import Viewer

NAMED = (
    "first_name",
    "last_name",
    "goes_by",
    "organization_kind",
    "date_of_birth",
    "deceased_on",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "sort_name",
)
WITHOUT_TEXT = frozenset({"date_of_birth", "deceased_on"})
PARTY = ("id", "practice_id", "version", "kind", *NAMED, "created_at")
EMAIL = ("id", "practice_id", "party_id", "address", "type", "may_email", "position")
PHONE = ("id", "practice_id", "party_id", "number", "digits", "type", "permission", "position")
CLIENT = (
    "id",
    "practice_id",
    "version",
    "type",
    "status",
    "party_id",
    "couple_name",
    "sort_name",
    "reminders",
    "created_at",
)
CONTACT = (
    "id",
    "practice_id",
    "version",
    "client_id",
    "party_id",
    "relationship",
    "legal_guardian",
    "emergency_contact",
    "reminders",
    "position",
)
ASSIGNMENT = ("id", "practice_id", "client_id", "member_id", "is_primary", "starts_on")
FILL = """
UPDATE people_party AS party SET
  goes_by = coalesce(nullif(party.goes_by, ''), new.goes_by),
  date_of_birth = coalesce(party.date_of_birth, new.date_of_birth),
  deceased_on = coalesce(party.deceased_on, new.deceased_on),
  street = coalesce(nullif(party.street, ''), new.street),
  city = coalesce(nullif(party.city, ''), new.city),
  region = coalesce(nullif(party.region, ''), new.region),
  postal_code = coalesce(nullif(party.postal_code, ''), new.postal_code),
  country = coalesce(nullif(party.country, ''), new.country),
  version = party.version + 1
FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS new (id, goes_by, date_of_birth, deceased_on, street, city, region, postal_code, country)
WHERE party.practice_id = %s AND party.id = new.id
"""
FILLED = ("goes_by", "date_of_birth", "deceased_on", "street", "city", "region", "postal_code", "country")


@dataclass(frozen=True, slots=True)
class NewParty:
    """A person or organization to add; phones come with their digits."""

    id: UUID
    kind: str
    columns: dict[str, Any]
    emails: tuple[EmailDraft, ...] = ()
    phones: tuple[tuple[str, PhoneDraft], ...] = ()


@dataclass(slots=True)
class Filling:
    """What somebody known is given: columns where they are empty, addresses and numbers they do not have.

    New addresses and numbers stand behind the ones they have: at `emails_from` and `phones_from`.
    """

    party_id: UUID
    columns: dict[str, Any] = field(default_factory=dict)
    emails: list[EmailDraft] = field(default_factory=list)
    phones: list[tuple[str, PhoneDraft]] = field(default_factory=list)
    emails_from: int = 0
    phones_from: int = 0


@dataclass(frozen=True, slots=True)
class NewClient:
    """Somebody who becomes a client."""

    id: UUID
    party_id: UUID
    type: str
    status: str
    sort_name: str
    clinician_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody who becomes a contact of a client, without beginning or end."""

    client_id: UUID
    party_id: UUID
    relationship: str
    legal_guardian: bool = False
    emergency_contact: bool = False
    position: int = 0


def add_parties(viewer: Viewer, parties: Sequence[NewParty]) -> None:
    """Add people and organizations with their addresses, numbers and the words they are found by."""
    practice, at = viewer.practice_id, viewer.now
    rows = [
        (
            each.id,
            practice,
            1,
            each.kind,
            *(each.columns.get(name, None if name in WITHOUT_TEXT else "") for name in NAMED),
            at,
        )
        for each in parties
    ]
    insert_rows(Party, PARTY, rows)
    _add_reach(viewer, [Filling(each.id, {}, list(each.emails), list(each.phones)) for each in parties])
    add_words(viewer, {each.id: _words(each) for each in parties})


def _words(party: NewParty) -> set[str]:
    names = " ".join(party.columns.get(name, "") for name in ("first_name", "last_name", "goes_by"))
    return words_for(names, (each.address for each in party.emails), (digits for digits, _ in party.phones))


def _add_reach(viewer: Viewer, fillings: Sequence[Filling]) -> None:
    practice = viewer.practice_id
    emails = [
        (new_id(), practice, each.party_id, email.address, email.type, email.may_email, position)
        for each in fillings
        for position, email in enumerate(each.emails, start=each.emails_from)
    ]
    phones = [
        (new_id(), practice, each.party_id, phone.number, digits, phone.type, phone.permission, position)
        for each in fillings
        for position, (digits, phone) in enumerate(each.phones, start=each.phones_from)
    ]
    insert_rows(Email, EMAIL, emails)
    insert_rows(Phone, PHONE, phones)


def fill_parties(viewer: Viewer, fillings: Sequence[Filling]) -> None:
    """Give people what they lack; nothing that stands is overwritten."""
    with_columns = [each for each in fillings if each.columns]
    if with_columns:
        columns = [[each.columns.get(name) for each in with_columns] for name in FILLED]
        for name, values in zip(FILLED, columns, strict=True):
            if name not in WITHOUT_TEXT:
                values[:] = [value or "" for value in values]
        with connection.cursor() as cursor:
            cursor.execute(FILL, [[each.party_id for each in with_columns], *columns, viewer.practice_id])
    _add_reach(viewer, fillings)
    found_anew = [each.party_id for each in fillings if each.emails or each.phones or "goes_by" in each.columns]
    if found_anew:
        index_words_of(viewer, found_anew)


def add_clients(viewer: Viewer, clients: Sequence[NewClient]) -> None:
    """Let people be clients, each with a primary clinician from today where one is named."""
    practice, at = viewer.practice_id, viewer.now
    rows = [
        (each.id, practice, 1, each.type, each.status, each.party_id, "", each.sort_name, True, at) for each in clients
    ]
    insert_rows(Client, CLIENT, rows)
    assigned = [
        (new_id(), practice, each.id, each.clinician_id, True, viewer.today) for each in clients if each.clinician_id
    ]
    insert_rows(Assignment, ASSIGNMENT, assigned)


def add_contacts(viewer: Viewer, contacts: Sequence[NewContact]) -> None:
    """Link contacts to clients."""
    practice = viewer.practice_id
    rows = [
        (
            new_id(),
            practice,
            1,
            each.client_id,
            each.party_id,
            each.relationship,
            each.legal_guardian,
            each.emergency_contact,
            False,
            each.position,
        )
        for each in contacts
    ]
    insert_rows(Contact, CONTACT, rows)
