"""What people say of a file: which file it is, and what its columns mean."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.exchange.reading.columns import CLIENT, CONTACT, MAIN, MOST_CONTACTS, PERSON, Columns, is_field
from kinbook.exchange.reading.dates import Order
from kinbook.exchange.reading.opening import LARGER, LARGEST_FILE, Settings
from kinbook.exchange.reading.table import DELIMITERS
from kinbook.people.models import Relationship

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_SAMPLES = 3
LONGEST_SAMPLE = 60
DELIMITER_NAMES = {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"}
ORDERS = {Order.MONTH_FIRST: "Month first: 03/31/2015", Order.DAY_FIRST: "Day first: 31/03/2015"}
NO_NAME = "No column holds the name: choose First name and Last name, or Full name, for the columns that do."
TWICE = "Two columns mean this. Choose it for one of them."
ONCE = frozenset({"born", "kind", "status", "deceased_on", "first_name", "name", "relationship"})


class UploadForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="A CSV file of clients and contacts, a vCard address book (.vcf), or FHIR R4 (.json). At most 32 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.vcf,.vcard,.json,.ndjson,text/csv,text/vcard"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(LARGER)
        return file


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column as the mapping page shows it: its name, a few of its cells, and what it means."""

    place: int
    name: str
    samples: tuple[str, ...]
    field: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ContactSaid:
    """What holds for a contact in every row, where no column says it."""

    slot: str
    name: str
    columns: str
    relationship: str
    responsible: bool
    emergency_contact: bool
    legal_guardian: bool


def column_rows(
    header: Sequence[str],
    samples: Sequence[Sequence[str]],
    columns: Columns,
    problems: Mapping[str, str],
) -> list[ColumnRow]:
    """Return the columns of a file as the page shows them."""
    rows = []
    for place, name in enumerate(header):
        cells = dict.fromkeys(row[place].strip()[:LONGEST_SAMPLE] for row in samples if place < len(row))
        shown = tuple(cell for cell in cells if cell)[:SHOWN_SAMPLES]
        field = columns.fields[place] if place < len(columns.fields) else ""
        rows.append(ColumnRow(place, name, shown, field, problems.get(f"field-{place}", "")))
    return rows


def field_groups(columns: Columns) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a column can mean, in groups: the client, then each contact in use and one more."""
    used = [int(slot.removeprefix("contact")) for slot in columns.contacts]
    groups = [("Client", [(f"{MAIN}.{name}", label) for name, label in {**PERSON, **CLIENT}.items()])]
    for number in range(1, min(max([*used, 1]) + 1, MOST_CONTACTS) + 1):
        fields = [(f"contact{number}.{name}", f"Contact {number}: {label}") for name, label in _contact_fields()]
        groups.append((f"Contact {number}", fields))
    return groups


def _contact_fields() -> list[tuple[str, str]]:
    return list({**PERSON, **CONTACT}.items())


def contacts_said(columns: Columns, header: Sequence[str]) -> list[ContactSaid]:
    """Return what the page asks of each contact in use."""
    named: dict[str, list[str]] = defaultdict(list)
    for name, field in zip(header, columns.fields, strict=False):
        named[field.partition(".")[0]].append(name)
    return [
        ContactSaid(
            slot,
            f"Contact {slot.removeprefix('contact')}",
            ", ".join(named[slot]),
            _relationship(columns.said.get(f"{slot}.relationship", "")),
            *(columns.said.get(f"{slot}.{flag}") == "yes" for flag in FLAGS),
        )
        for slot in columns.contacts
    ]


FLAGS = ("responsible", "emergency_contact", "legal_guardian")
WORDS = {"mother": "parent", "father": "parent", "legal guardian": "legal_guardian"}


def _relationship(said: str) -> str:
    return WORDS.get(said, said if said in Relationship.values else "")


def read_settings(values: Mapping[str, str], header: Sequence[str]) -> tuple[Settings, dict[str, str]]:
    """Return how a file is to be read, as the page's form says, and its problems by field."""
    fields = tuple(_field(values.get(f"field-{place}", "")) for place in range(len(header)))
    said: dict[str, str] = {}
    for slot in Columns(fields).contacts:
        relationship = values.get(f"{slot}-relationship", "")
        if relationship in Relationship.values:
            said[f"{slot}.relationship"] = relationship.replace("_", " ")
        said.update({f"{slot}.{flag}": "yes" for flag in FLAGS if values.get(f"{slot}-{flag}")})
    order = Order(values["order"]) if values.get("order") in set(Order) else None
    as_clients = values.get("as", "clients") != "contacts"
    delimiter = values.get("delimiter", "")
    settings = Settings(
        as_clients,
        delimiter if delimiter in DELIMITERS else "",
        values.get("has_header", "yes") != "no",
        Columns(fields, said, as_clients, order),
    )
    return settings, _problems(fields)


def _field(name: str) -> str:
    return name if is_field(name) else ""


def _problems(fields: Sequence[str]) -> dict[str, str]:
    problems = {}
    names = {f"{MAIN}.{name}" for name in ("name", "first_name", "last_name", "organization")}
    if not names & set(fields):
        problems["columns"] = NO_NAME
    seen: set[str] = set()
    for place, name in enumerate(fields):
        if name in seen and name.partition(".")[2] in ONCE:
            problems[f"field-{place}"] = TWICE
        seen.add(name)
    return problems
