"""People as entered: cleaned, or refused beside the field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import phonenumbers

from kinbook.people.models import AddressType, OrganizationKind, PhonePermission
from kinbook.people.queries import folded
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from datetime import date

LONGEST_NAME = 200
LONGEST_ADDRESS = 254
ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+\.[^@\s.<>\"(),:;\\]{2,}")
FEWEST_DIGITS = 3
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class EmailDraft:
    """An e-mail address as entered."""

    address: str
    type: str = AddressType.HOME
    may_email: bool = True


@dataclass(frozen=True, slots=True)
class PhoneDraft:
    """A phone number as entered."""

    number: str
    type: str = AddressType.MOBILE
    permission: str = PhonePermission.TEXT_VOICEMAIL


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as entered."""

    first_name: str = ""
    last_name: str = ""
    goes_by: str = ""
    date_of_birth: date | None = None
    deceased_on: date | None = None
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    emails: tuple[EmailDraft, ...] = field(default=())
    phones: tuple[PhoneDraft, ...] = field(default=())


def clean_name(text: str, *, name: str) -> str:
    """Return a name without what cannot be seen; raises Invalid where it is too long."""
    cleaned = " ".join(CONTROL.sub("", text).split())
    if len(cleaned) > LONGEST_NAME:
        raise Invalid(**{name: f"At most {LONGEST_NAME} characters."})
    return cleaned


def clean_email(draft: EmailDraft) -> EmailDraft:
    """Return the address without blanks; raises Invalid where it cannot be one."""
    address = draft.address.strip().removeprefix("mailto:")
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise Invalid(email="This is not an e-mail address. It looks like name@example.org.")
    if draft.type not in AddressType.values:
        raise Invalid(email="Choose where the address is used.")
    return EmailDraft(address, draft.type, draft.may_email)


def digits_of(number: str, country: str) -> str:
    """Return a phone number's digits, international where it can be read as one of the country."""
    try:
        read = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return "".join(letter for letter in number if letter.isdecimal())
    if phonenumbers.is_possible_number(read):
        return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
    return "".join(letter for letter in number if letter.isdecimal())


def clean_phone(draft: PhoneDraft) -> PhoneDraft:
    """Return the number without blanks around; raises Invalid where it has no digits."""
    number = CONTROL.sub("", draft.number).strip().removeprefix("tel:")
    if not sum(letter.isdecimal() for letter in number) >= FEWEST_DIGITS or len(number) > 40:
        raise Invalid(phone="This is not a phone number.")
    if draft.type not in AddressType.values or draft.permission not in PhonePermission.values:
        raise Invalid(phone="Choose what the number is used for.")
    return PhoneDraft(number, draft.type, draft.permission)


def person_columns(draft: PersonDraft, today: date) -> dict[str, Any]:
    """Return a person's columns; raises Invalid without a name or with an impossible birthday."""
    first, last = (
        clean_name(draft.first_name, name="first_name"),
        clean_name(draft.last_name, name="last_name"),
    )
    if not first and not last:
        raise Invalid(last_name="Enter a name.")
    born = draft.date_of_birth
    if born and not (born.year >= 1880 and born <= today):
        raise Invalid(date_of_birth="A birthday lies in the past.")
    return {
        "first_name": first,
        "last_name": last,
        "goes_by": clean_name(draft.goes_by, name="goes_by"),
        "date_of_birth": born,
        "deceased_on": draft.deceased_on,
        "sort_name": sort_name(last, first),
        **{
            name: clean_name(getattr(draft, name), name=name)
            for name in ("street", "city", "region", "postal_code", "country")
        },
    }


def organization_columns(name: str, kind: str) -> dict[str, Any]:
    """Return an organization's columns; raises Invalid without a name or of an unknown kind."""
    cleaned = clean_name(name, name="name")
    if not cleaned:
        raise Invalid(name="Enter the organization's name.")
    if kind not in OrganizationKind.values:
        raise Invalid(kind=f"The kind is one of: {', '.join(OrganizationKind.values)}.")
    return {"last_name": cleaned, "organization_kind": kind, "sort_name": folded(cleaned)}


def organization_kind_of(relationship: str) -> str:
    """Return what kind of organization a contact of this relationship is."""
    kinds = {"school": OrganizationKind.SCHOOL, "agency": OrganizationKind.AGENCY}
    return kinds.get(relationship, OrganizationKind.OTHER)


def sort_name(last: str, first: str) -> str:
    """Return the name as lists sort it: last name first, without case or accents."""
    return folded(f"{last} {first}".strip())
