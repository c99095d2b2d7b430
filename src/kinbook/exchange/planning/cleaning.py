"""A file's person as the practice would enter them: by the same rules, a bad detail left out and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kinbook.exchange.reading.record import Problem
from kinbook.people.commands.clean import (
    EmailDraft,
    PersonDraft,
    PhoneDraft,
    clean_email,
    clean_phone,
    digits_of,
    organization_columns,
    organization_kind_of,
    person_columns,
)
from kinbook.people.models import ADULT_AGE, PartyKind, PhonePermission
from kinbook.people.queries import folded
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kinbook.exchange.reading.record import Mailbox, Number, Person, Source

COUNTRY = "US"
ESSENTIAL = frozenset({"first_name", "last_name", "name", "date_of_birth"})
PLACE = ("street", "city", "region", "postal_code", "country")
LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "name": "Name",
    "goes_by": "Goes by",
    "date_of_birth": "Date of birth",
    "street": "Street",
    "city": "City",
    "region": "State or province",
    "postal_code": "ZIP or postal code",
    "country": "Country",
}


@dataclass(frozen=True, slots=True)
class Clean:
    """A person or organization ready to be entered or recognized."""

    kind: str
    columns: dict[str, Any]
    sort_name: str
    born: date | None
    is_minor: bool | None
    is_deceased: bool
    emails: tuple[EmailDraft, ...]
    phones: tuple[tuple[str, PhoneDraft], ...]
    sources: tuple[Source, ...]
    home: str

    @property
    def name(self) -> str:
        """The name in full."""
        return f"{self.columns.get('first_name', '')} {self.columns['last_name']}".strip()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The e-mail addresses as they are compared."""
        return tuple(email.address.lower() for email in self.emails)

    @property
    def digits(self) -> tuple[str, ...]:
        """The phone numbers as they are compared."""
        return tuple(digits for digits, _ in self.phones)

    def keys(self) -> Iterator[int]:
        """Return what recognizes this person."""
        return keys_of(self.kind, self.sort_name, self.born, self.addresses, self.digits, self.home)


def keys_of(
    kind: str, name: str, born: date | None, addresses: Iterable[str], digits: Iterable[str], home: str
) -> Iterator[int]:
    """Return what recognizes somebody: the name with the birthday, an address, a number or the home; never it alone.

    An organization is recognized by its name.
    """
    if kind == PartyKind.ORGANIZATION:
        yield hash((name, "organization"))
        return
    if born:
        yield hash((name, born))
    for address in addresses:
        yield hash((name, address))
    for number in digits:
        yield hash((name, number))
    if home:
        yield hash((name, home))


def clean_person(person: Person, today: date, problems: list[Problem], *, relationship: str = "") -> Clean:
    """Return the person cleaned; adds to the problems. Raises Invalid without a name or with an impossible birthday."""
    emails = _emails(person.emails, problems)
    phones = _phones(person.phones, problems)
    kind, columns = PartyKind.PERSON.value, {}
    if person.organization:
        kind = PartyKind.ORGANIZATION.value
        columns = organization_columns(person.organization, str(organization_kind_of(relationship)))
    else:
        columns = _columns(person, today, problems)
    return Clean(
        kind=kind,
        columns=columns,
        sort_name=columns["sort_name"],
        born=columns.get("date_of_birth"),
        is_minor=_is_minor(person, today),
        is_deceased=person.is_deceased,
        emails=emails,
        phones=phones,
        sources=person.sources,
        home=home_of(*(columns.get(name, "") for name in ("street", "postal_code", "city"))),
    )


def _columns(person: Person, today: date, problems: list[Problem]) -> dict[str, Any]:
    draft = PersonDraft(
        first_name=person.first_name,
        last_name=person.last_name,
        goes_by="" if person.goes_by == person.first_name else person.goes_by,
        date_of_birth=person.born,
        deceased_on=person.deceased_on if person.deceased_on and person.deceased_on <= today else None,
        street=person.street,
        city=person.city,
        region=person.region,
        postal_code=person.postal_code,
        country=person.country,
    )
    while True:
        try:
            return person_columns(draft, today)
        except Invalid as refused:
            field, sentence = next(iter(refused.problems.items()))
            if field in ESSENTIAL:
                raise
            problems.append(Problem(LABELS[field], f"{sentence} Left out."))
            blank: dict[str, Any] = {field: ""}
            draft = replace(draft, **blank)


def _is_minor(person: Person, today: date) -> bool | None:
    """Tell whether they are a minor, or were one when they died; None where no age is known."""
    born = person.born
    if born is None:
        return person.is_minor
    return is_under_age(born, min(today, person.deceased_on or today))


def is_under_age(born: date, day: date) -> bool:
    """Tell whether somebody born then is a minor on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < ADULT_AGE


def home_of(street: str, postal_code: str, city: str) -> str:
    """Return an address as it is compared; "" without a street."""
    return folded(f"{street} {postal_code or city}") if street else ""


def _emails(found: Iterable[Mailbox], problems: list[Problem]) -> tuple[EmailDraft, ...]:
    cleaned: dict[str, EmailDraft] = {}
    for each in found:
        try:
            email = clean_email(EmailDraft(each.address, each.type))
        except Invalid:
            problems.append(Problem("Email", f"“{each.address[:80]}” is not an e-mail address: left out."))
        else:
            cleaned.setdefault(email.address.lower(), email)
    return tuple(cleaned.values())


def _phones(found: Iterable[Number], problems: list[Problem]) -> tuple[tuple[str, PhoneDraft], ...]:
    cleaned: dict[str, PhoneDraft] = {}
    for each in found:
        permission = PhonePermission.NONE if each.silent else PhonePermission.TEXT_VOICEMAIL
        try:
            phone = clean_phone(PhoneDraft(each.number, each.type, permission.value))
        except Invalid:
            problems.append(Problem("Phone", f"“{each.number[:80]}” is not a phone number: left out."))
        else:
            cleaned.setdefault(digits_of(phone.number, COUNTRY), phone)
    return tuple(cleaned.items())
