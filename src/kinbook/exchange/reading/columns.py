"""What a CSV file's columns mean, guessed from their names, English and Spanish; people correct the guess."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kinbook.exchange.reading.words import folded, header_words, is_yes

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from collections.abc import Sequence

    from kinbook.exchange.reading.dates import Order

IGNORED = ""
MOST_CONTACTS = 6
MAIN = "client"

PERSON = {
    "name": "Full name",
    "first_name": "First name",
    "middle_name": "Middle name",
    "last_name": "Last name",
    "email": "Email",
    "phone": "Phone",
    "mobile": "Mobile phone",
    "home_phone": "Home phone",
    "work_phone": "Work phone",
    "fax": "Fax",
    "street": "Street",
    "city": "City",
    "region": "State or province",
    "postal_code": "ZIP or postal code",
    "country": "Country",
    "organization": "Organization",
    "id": "Number in the other program",
}
CLIENT = {
    "goes_by": "Goes by",
    "born": "Date of birth",
    "kind": "Type (adult, minor)",
    "status": "Status",
    "clinician": "Primary clinician",
    "deceased_on": "Date of death",
}
CONTACT = {
    "relationship": "Relationship",
    "legal_guardian": "Legal guardian (yes or no)",
    "emergency_contact": "Emergency contact (yes or no)",
    "responsible": "Responsible for billing (yes or no)",
}
FLAGS = ("legal_guardian", "emergency_contact", "responsible")

PHRASES = {
    "name": "name|full name|display name|nombre completo|nombre y apellidos|legal name|nombre y apellido",
    "first_name": "first name|first|given name|given|forename|nombre|nombres|fname|primer nombre|legal first name",
    "middle_name": "middle name|middle|mi|middle initial|segundo nombre|additional name|additional names",
    "last_name": "last name|last|surname|family name|family|lname|apellido|apellidos|primer apellido|segundo apellido"
    "|apellido paterno|apellido materno|legal last name",
    "email": "email|e mail|email address|e mail address|mail|correo|correo electronico|primary email|electronic mail",
    "phone": "phone|phone number|telephone|tel|telefono|primary phone|numero de telefono|telephone number|phone no",
    "mobile": "mobile|cell|cell phone|mobile phone|celular|movil|telefono movil|mobile number|cell number|cellphone",
    "home_phone": "home phone|home telephone|telefono de casa|telefono fijo|home number|landline",
    "work_phone": "work phone|business phone|office phone|telefono del trabajo|work number|work telephone",
    "fax": "fax|fax number|business fax|home fax",
    "street": "address|street|street address|address line|direccion|calle|domicilio|home address|mailing address|apt"
    "|address street|street line",
    "city": "city|town|ciudad|localidad|poblacion|municipio",
    "region": "state|province|region|provincia|state province|comunidad|county",
    "postal_code": "zip|zip code|zipcode|postal code|postcode|codigo postal|cp|zip postal code|zip postal",
    "country": "country|pais|country region",
    "id": "id|mrn|medical record number|record number|chart number|account number|expediente|numero de expediente"
    "|external id|identifier|uid|number|key|record id|record no|numero",
    "goes_by": "goes by|preferred name|nickname|known as|preferred first name|preferred|apodo|alias|nombre preferido",
    "born": "date of birth|dob|birth date|birthdate|birthday|born|fecha de nacimiento|nacimiento|fecha nacimiento"
    "|f nacimiento|bday|birth day|d o b",
    "kind": "type|tipo|category",
    "status": "status|estatus|situacion|estado del cliente|estado del paciente",
    "clinician": "clinician|primary clinician|therapist|provider|counselor|clinico|terapeuta|profesional|doctor"
    "|assigned clinician|primary provider|primary therapist|assigned to|psicologa|psicologo",
    "deceased_on": "deceased|date of death|deceased date|death date|fallecido|fecha de defuncion"
    "|fecha de fallecimiento|deceased on",
    "relationship": "relationship|relation|relationship to client|relationship to patient|parentesco|relacion"
    "|relationship type|relationship to child",
    "organization": "organization|company|organizacion|empresa|organization name|company name",
    "legal_guardian": "legal guardian|is legal guardian|guardian|tutor legal",
    "emergency_contact": "emergency contact|is emergency contact|emergency|contacto de emergencia",
    "responsible": "responsible for billing|responsible|pays|guarantor|responsable de pago|billing|billing contact"
    "|is responsible for billing|financially responsible|responsible party",
}
BY_PHRASE = {phrase: name for name, phrases in PHRASES.items() for phrase in phrases.split("|")}

OWN = re.compile(
    r"^(?:client|patient|child|student|minor|member|paciente|cliente|nino|nina|menor|hijo|hija)s?\b ?(?:s )?"
)
GROUPS: tuple[tuple[str, re.Pattern[str], dict[str, str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{words})\b(?: (\d)\b)?"), said)
    for name, words, said in (
        ("emergency", "emergency contact|contacto de emergencia|in case of emergency", {"emergency_contact": "yes"}),
        (
            "payer",
            "responsible party|guarantor|billing contact|billing party|payer|pagador|responsable de pago|bill to",
            {"responsible": "yes"},
        ),
        ("guardian", "legal guardian|guardian legal|tutor legal", {"relationship": "legal guardian"}),
        (
            "parent",
            "parent guardian|guardian parent|parent or guardian|padre madre o tutor",
            {"relationship": "parent"},
        ),
        ("mother", "mother|mom|madre|mama", {"relationship": "mother"}),
        ("father", "father|dad|padre|papa", {"relationship": "father"}),
        ("parent", "parent|progenitor", {"relationship": "parent"}),
        ("guardian", "guardian|tutora|tutor|custodian", {"relationship": "legal guardian"}),
        ("contact", "contact person|related person|family member|contact|contacto|familiar|relative", {}),
    )
)
LINKS = re.compile(r" (?:de la|del|de|of the|of)$|^s\b ?")
LAST_DIGIT = re.compile(r" (\d)$")
NUMBERED = re.compile(r"\b\d+\b")
ABOUT_ADDRESS = re.compile(r"^(?:home|mailing|primary|address|personal|current|permanent|direccion) (?:address )?")


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column means ("client.born", "contact1.email", "" to ignore it), and how its dates are written.

    `said` holds what a column's name alone says of a contact: {"contact1.relationship": "mother"}.
    """

    fields: tuple[str, ...]
    said: Map[str, str] = field(default_factory=dict)
    as_clients: bool = True
    order: Order | None = None

    @property
    def contacts(self) -> list[str]:
        """The contacts that columns speak of, in order."""
        named = {each.split(".", maxsplit=1)[0] for each in self.fields if each}
        return sorted(named - {MAIN})


def is_field(name: str) -> bool:
    """Tell whether a column can mean this."""
    whose, _, what = name.partition(".")
    if whose == MAIN:
        return what in PERSON or what in CLIENT
    return bool(re.fullmatch(rf"contact[1-{MOST_CONTACTS}]", whose)) and (what in PERSON or what in CONTACT)


def guess_columns(header: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> Columns:
    """Return what the columns mean as far as their names tell; `samples` are a few rows, to tell a name from a yes."""
    words = [header_words(each) for each in header]
    numbered = {name for each in words for name, pattern, _ in GROUPS if (hit := pattern.search(each)) and hit[1]}
    slots: dict[tuple[str, str], str] = {}
    fields: list[str] = []
    said: dict[str, str] = {}
    for place, each in enumerate(words):
        group, rest, says = _group_of(each, numbered, is_flag=_yes_or_no(samples, place))
        if group is None:
            fields.append(_own_field(rest, words))
            continue
        slot = slots.get(group) or (f"contact{len(slots) + 1}" if len(slots) < MOST_CONTACTS else "")
        what = _field_of(rest) or (IGNORED if rest else "name")
        known = what in PERSON or what in CONTACT
        fields.append(f"{slot}.{what}" if slot and known else IGNORED)
        if slot and known:
            slots[group] = slot
            said.update({f"{slot}.{name}": value for name, value in says.items()})
    return _settled(words, fields, said)


def _yes_or_no(samples: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place] for row in samples if place < len(row) and row[place].strip()]
    return bool(cells) and all(is_yes(cell) is not None for cell in cells)


def _group_of(words: str, numbered: set[str], *, is_flag: bool) -> tuple[tuple[str, str] | None, str, dict[str, str]]:
    """Return whose column this is, the words left over, and what its name says of the contact."""
    own = OWN.sub("", words)
    if own != words:
        return None, own, {}
    hits = [(name, hit, says) for name, pattern, says in GROUPS if (hit := pattern.search(words))]
    # "contact 1 legal guardian" speaks of contact 1
    for name, hit, says in sorted(hits, key=lambda each: each[1][1] is None):
        number, rest = hit[1] or "", LINKS.sub("", " ".join((words[: hit.start()] + words[hit.end() :]).split()))
        if is_flag and not rest:
            return ("contact", number), words, {}
        last = LAST_DIGIT.search(f" {rest}")
        if not number and last and name not in numbered:
            number, rest = last[1], rest[: -len(last[1])].strip()
        return (name, number), rest, says
    return None, words, {}


def _field_of(words: str) -> str:
    bare = " ".join(word for word in NUMBERED.sub("", words).split() if word not in {"value", "s"})
    found = BY_PHRASE.get(bare) or BY_PHRASE.get(ABOUT_ADDRESS.sub("", bare))
    if not found and bare.startswith("is "):
        found = BY_PHRASE.get(bare.removeprefix("is "))
    return found or ""


def _own_field(words: str, all_words: Sequence[str]) -> str:
    if words == "estado":  # Spanish for both: a state where there is a city, else a status
        return f"{MAIN}.region" if any(_field_of(each) == "city" for each in all_words) else f"{MAIN}.status"
    what = _field_of(words) if words else "name"
    if what in FLAGS or what == "relationship":
        return f"contact1.{what}"
    return f"{MAIN}.{what}" if what else IGNORED


def _settled(words: Sequence[str], fields: list[str], said: dict[str, str]) -> Columns:
    """Give a contact without a name back to the row's own person, and Spanish names their first name."""
    named = {each.split(".")[0] for each in fields if each.endswith(("name", ".organization"))}
    own = set(fields)
    for place, each in enumerate(fields):
        whose, _, what = each.partition(".")
        if whose.startswith("contact") and whose not in named:
            taken = f"{MAIN}.{what}"
            fields[place] = taken if what in PERSON and taken not in own else IGNORED
    for whose in sorted(named):
        # "Nombre" beside "Apellidos" is a first name, alone it is a name in full
        if f"{whose}.first_name" in fields and f"{whose}.last_name" not in fields and f"{whose}.name" not in fields:
            fields[fields.index(f"{whose}.first_name")] = f"{whose}.name"
    return Columns(
        tuple(fields),
        {name: value for name, value in said.items() if name.split(".")[0] in named},
        as_clients=_speaks_of_clients(words, fields),
    )


def _speaks_of_clients(words: Sequence[str], fields: Sequence[str]) -> bool:
    if any(each.startswith("contact") for each in fields):
        return True
    tells = {f"{MAIN}.{name}" for name in ("born", "kind", "status", "clinician", "deceased_on")}
    return bool(tells & set(fields)) or any(OWN.match(each) for each in words)


def label_of(name: str) -> str:
    """Return a field's name as people read it: "Contact 1: Email"."""
    whose, _, what = name.partition(".")
    words = PERSON.get(what) or CLIENT.get(what) or CONTACT.get(what) or what
    return words if whose == MAIN else f"Contact {whose.removeprefix('contact')}: {words}"


def same_words(one: str, other: str) -> bool:
    """Tell whether two columns' names are the same, whatever their case and accents."""
    return folded(one).split() == folded(other).split()
