"""What a file tells, whatever its kind: records of people with their contacts, each with its line and its problems."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

CSV, VCARD, FHIR = "csv", "vcard", "fhir"


class Unreadable(ValueError):
    """The whole file cannot be read; the message says why and what to do, in words for people."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a record: it comes in without the field, or is refused."""

    field: str
    reason: str
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The name by which another program knows a person: in which system, and there."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An e-mail address and where it is used: mobile, home, work or other."""

    address: str
    type: str = "home"


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number and where it is used; nobody calls or texts a silent one, such as a fax."""

    number: str
    type: str = "mobile"
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A person, or an organization by its name, as a file tells it.

    `is_minor` is said where the birthday is not known in full, but enough of it is.
    """

    first_name: str = ""
    last_name: str = ""
    goes_by: str = ""
    organization: str = ""
    born: date | None = None
    is_minor: bool | None = None
    deceased_on: date | None = None
    is_deceased: bool = False
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    emails: tuple[Mailbox, ...] = ()
    phones: tuple[Number, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def name(self) -> str:
        """The name in full."""
        return self.organization or f"{self.first_name} {self.last_name}".strip()

    @property
    def is_nameless(self) -> bool:
        """Tell whether nothing says who this is."""
        return not (self.first_name or self.last_name or self.organization)

    @property
    def is_nobody(self) -> bool:
        """Tell whether nothing at all is said of this person."""
        return self.is_nameless and not (self.emails or self.phones or self.born)


@dataclass(frozen=True, slots=True)
class Kin:
    """A contact of the person a record is about."""

    person: Person
    relationship: str = "other"
    legal_guardian: bool = False
    emergency_contact: bool = False
    responsible: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """That the record's person is a contact of a client who stands in another file, known by that program's name."""

    client: Source
    kin: Kin


@dataclass(frozen=True, slots=True)
class Record:
    """One record: who it is about, with contacts; `original` is what a person mends where it is refused."""

    line: int
    person: Person
    contacts: tuple[Kin, ...] = ()
    ties: tuple[Tie, ...] = ()
    kind: str = ""
    status: str = ""
    clinician: str = ""
    only_contact: bool = False
    problems: tuple[Problem, ...] = ()
    original: Any = None
    more_lines: tuple[int, ...] = ()

    def with_problems(self, *more: Problem) -> Record:
        """Return the record with more problems."""
        return replace(self, problems=(*self.problems, *more))


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that could be read: its kind, how many lines or entries it has, and its records one after the other.

    `records` starts from the beginning each time it is called; a large file is never held as records all at once.
    """

    kind: str
    total: int
    records: Callable[[], Iterator[Record]]
    as_clients: bool
    notes: tuple[str, ...] = field(default=())
