"""The files' words, English and Spanish, as Kinbook's own: relationships, states, yes and no; names taken apart."""

from __future__ import annotations

import re
import unicodedata

RELATIONSHIPS = {
    "step_parent": "stepmother stepfather stepparent step madrastra padrastro",
    "foster_parent": "foster acogida",
    "grandparent": "grandmother grandfather grandparent grandma grandpa abuela abuelo abuelos",
    "legal_guardian": "guardian guardians tutor tutora custodian ward",
    "parent": "parent parents mother father mom mum mama dad papa madre padre padres progenitor progenitora",
    "sibling": "sibling brother sister hermano hermana",
    "partner": "spouse husband wife partner fiance fiancee esposa esposo conyuge pareja marido mujer",
    "case_worker": "caseworker case worker trabajadora trabajador",
    "school": "school teacher escuela colegio maestra maestro profesor profesora counselor",
    "agency": "agency agencia",
    "family_member": "family relative aunt uncle cousin nephew niece son daughter child kin familiar familia "
    "tia tio prima primo sobrina sobrino hija hijo",
}
BY_WORD = {word: name for name, words in RELATIONSHIPS.items() for word in words.split()}
STATUSES = {
    "active": "active current open activo activa actual vigente",
    "inactive": "inactive closed discharged dormant terminated inactivo inactiva alta baja",
    "prospective": "prospective prospect lead inquiry waitlist waiting pending intake new prospecto espera pendiente",
    "archived": "archived deceased dead deleted archivado archivada fallecido fallecida",
}
STATUS_BY_WORD = {word: name for name, words in STATUSES.items() for word in words.split()}
KINDS = {
    "minor": "minor child adolescent teen kid menor nino nina adolescente",
    "couple": "couple pareja",
    "adult": "adult individual adulto adulta",
}
KIND_BY_WORD = {word: name for name, words in KINDS.items() for word in words.split()}
YES = frozenset({"yes", "y", "true", "t", "x", "1", "si", "s", "verdadero", "checked", "on"})
NO = frozenset({"no", "n", "false", "f", "0", "falso", "off", "none"})
PARTICLES = frozenset(
    {
        "de",
        "del",
        "la",
        "las",
        "los",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "da",
        "das",
        "do",
        "dos",
        "di",
        "du",
        "le",
        "bin",
        "al",
        "el",
        "st",
        "san",
        "y",
        "mac",
    }
)
ENDINGS = frozenset({"jr", "sr", "ii", "iii", "iv"})
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "sr.", "sra", "srta", "mx", "rev"})
WORD = re.compile(r"[^\W\d_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def folded(text: str) -> str:
    """Return text as it is compared: lower case, without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def header_words(text: str) -> str:
    """Return a column's name as plain words: "DateOfBirth" and "date_of_birth" become "date of birth"."""
    spaced = CAMEL.sub(" ", text) if not text.isupper() else text
    return " ".join(re.findall(r"[^\W_]+", folded(spaced)))


def relationship_of(text: str) -> str:
    """Return what somebody is to the client, "other" where the words say nothing known, "" where there are none."""
    words = WORD.findall(folded(text))
    if not words:
        return ""
    joined = "".join(words)
    for name in ("step_parent", "foster_parent", "grandparent", "legal_guardian"):
        if any(word in words or (len(word) > 6 and word in joined) for word in RELATIONSHIPS[name].split()):
            return name
    return next((BY_WORD[word] for word in words if word in BY_WORD), "other")


def status_of(text: str) -> str:
    """Return the client's status; "" where the words say nothing known."""
    return next((STATUS_BY_WORD[word] for word in WORD.findall(folded(text)) if word in STATUS_BY_WORD), "")


def kind_of(text: str) -> str:
    """Return the type of client; "" where the words say nothing known."""
    return next((KIND_BY_WORD[word] for word in WORD.findall(folded(text)) if word in KIND_BY_WORD), "")


def is_yes(text: str) -> bool | None:
    """Tell yes from no; None where the text is neither."""
    plain = folded(text).strip()
    if plain in YES or not plain:
        return bool(plain)
    return False if plain in NO else None


def split_name(text: str) -> tuple[str, str]:
    """Return first and last name of a name in full: "Ortiz, Mia", "Mia Ortiz", "Piet de Vries", "Mr. Al Reed Jr."."""
    words = " ".join(text.split())
    last, comma, first = words.partition(",")
    if comma and first.strip() and folded(first).strip(" .") not in ENDINGS:
        return first.strip(), last.strip()
    parts = words.replace(",", " ").split()
    while len(parts) > 1 and folded(parts[0]).strip(".") in TITLES:
        parts.pop(0)
    tail = len(parts) - 1
    while tail > 1 and folded(parts[tail]).strip(".") in ENDINGS:
        tail -= 1
    while tail > 1 and folded(parts[tail - 1]) in PARTICLES:
        tail -= 1
    return " ".join(parts[:tail]), " ".join(parts[tail:])
