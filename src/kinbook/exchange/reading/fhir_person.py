"""FHIR's names, addresses, telecoms, identifiers and relationship codes as a person's."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from kinbook.exchange.reading.record import Mailbox, Number, Person, Problem, Source
from kinbook.exchange.reading.words import relationship_of, split_name

Found = dict[str, Any]
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?")
PART_OF_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
NAME_ORDER = ("official", "usual", "", "temp", "nickname", "anonymous")
ADDRESS_ORDER = ("home", "", "temp", "work")
TELECOM_TYPES = {"home": "home", "work": "work", "mobile": "mobile", "temp": "other"}
# numbers by which the state knows somebody are not kept: nothing here needs them
OFFICIAL = frozenset({"SS", "SSN", "DL", "PPN", "TAX", "NI", "NIIP", "SB", "CZ", "PRC"})
RELATIONS = {
    "parent": "PRN MTH FTH NMTH NFTH NPRN ADOPTP ADOPTF ADOPTM GESTM MTHR FTHR NMTHF",
    "step_parent": "STPPRN STPMTH STPFTH",
    "foster_parent": "PRNFOST MTHFOST FTHFOST",
    "grandparent": "GRPRN GRMTH GRFTH MGRMTH MGRFTH PGRMTH PGRFTH GGRPRN MGRPRN PGRPRN",
    "legal_guardian": "GUARD GUADLTM HPOWATT DPOWATT POWATT SPOWATT GT",
    "sibling": "SIB BRO SIS HBRO HSIB HSIS NBRO NSIB NSIS STPBRO STPSIB STPSIS TWIN TWINBRO TWINSIS FTWIN ITWIN",
    "partner": "SPS HUSB WIFE DOMPART SIGOTHR FMRSPS",
    "family_member": "FAMMEMB EXT AUNT UNCLE COUSN CHILD CHLDFOST SON DAU NEPHEW NIECE INLAW MAUNT PAUNT MUNCLE PUNCLE"
    " N NOK",
    "case_worker": "CASEMGR CM",
    "agency": "S F STATE",
}  # fmt: skip
BY_CODE = {code: name for name, codes in RELATIONS.items() for code in codes.split()}
EMERGENCY = frozenset({"C", "EP", "ECON"})
PAYS = frozenset({"BP", "RESPRSN", "GUAR"})


def text_of(value: Any) -> str:
    """Return a text of JSON without what cannot be seen; "" for what is none."""
    if not isinstance(value, str):
        return ""
    # half a surrogate pair is valid JSON and no text
    plain = value if value.isascii() else value.encode("utf-8", "ignore").decode()
    return " ".join(plain.replace("\x00", "").split())


def list_of(value: Any) -> list[Found]:
    """Return the objects of a JSON list; nothing for what is none."""
    if isinstance(value, dict):  # some programs leave the list out where there is one
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts_of(value: Any) -> list[str]:
    """Return the texts of a JSON list."""
    if isinstance(value, str):
        value = [value]
    return [text for each in value if (text := text_of(each))] if isinstance(value, list) else []


def person_of(found: Found, kind: str, today: date | None = None) -> tuple[Person, list[Problem]]:
    """Return the person that a Patient, RelatedPerson or contact tells of, and what is wrong with it."""
    problems: list[Problem] = []
    first, last, goes_by = _names(found.get("name"), today)
    born, is_minor = _born(found.get("birthDate"), today, problems)
    deceased_on, is_deceased = _deceased(found)
    person = Person(
        first_name=first,
        last_name=last,
        goes_by=goes_by,
        born=born,
        is_minor=is_minor,
        deceased_on=deceased_on,
        is_deceased=is_deceased,
        emails=_emails(found, today),
        phones=_phones(found, today),
        sources=_sources(found, kind),
        **_address(found.get("address"), today),
    )
    return person, problems


def dated(period: Any, today: date | None) -> bool:
    """Tell whether a period is not over."""
    end = text_of(period.get("end")) if isinstance(period, dict) else ""
    return not end or today is None or end[:10] >= today.isoformat()[: len(end[:10])]


def _ranked(value: Any, order: tuple[str, ...], today: date | None) -> list[Found]:
    """Return what holds today, the use that counts most first; old and maiden ones are left out."""
    items = [each for each in list_of(value) if dated(each.get("period"), today)]
    known = [each for each in items if (text_of(each.get("use"))) in order]
    return sorted(known, key=lambda each: order.index(text_of(each.get("use"))))


def _names(value: Any, today: date | None) -> tuple[str, str, str]:
    named = [(each, *_parts(each)) for each in _ranked(value, NAME_ORDER, today)]
    named = [each for each in named if each[1] or each[2]]
    if not named:  # better an old name than none
        named = [(each, *parts) for each in list_of(value) if any(parts := _parts(each))]
    if not named:
        return "", "", ""
    _, first, last = named[0]
    called = next(
        (given for each, given, _ in named[1:] if each.get("use") in {"usual", "nickname"} and given != first), ""
    )
    return first, last, called


def _parts(name: Found) -> tuple[str, str]:
    first, last = (
        " ".join(texts_of(name.get("given"))),
        text_of(name.get("family")) or " ".join(texts_of(name.get("family"))),
    )
    if not first and not last:
        return split_name(text_of(name.get("text")))
    return first, last


def _born(value: Any, today: date | None, problems: list[Problem]) -> tuple[date | None, bool | None]:
    text = text_of(value)
    if hit := DAY.fullmatch(text):
        try:
            return date(*map(int, hit.groups())), None
        except ValueError:
            problems.append(Problem("birthDate", f"“{text[:60]}” names no day.", refuses=True))
            return None, None
    if hit := PART_OF_DAY.fullmatch(text):
        problems.append(Problem("birthDate", f"Only {text} is known: enter the day."))
        return None, bool(today and today.year - int(hit[1]) <= 18)
    if value not in {None, ""} if isinstance(value, (str, type(None))) else True:
        problems.append(Problem("birthDate", f"“{str(value)[:60]}” is not a date.", refuses=True))
    return None, None


def _deceased(found: Found) -> tuple[date | None, bool]:
    text = text_of(found.get("deceasedDateTime"))
    if hit := DAY.fullmatch(text):
        try:
            return date(*map(int, hit.groups())), True
        except ValueError:
            return None, True
    return None, bool(text) or found.get("deceasedBoolean") is True


def _telecoms(found: Found, today: date | None, *systems: str) -> list[Found]:
    items = [each for each in list_of(found.get("telecom")) if text_of(each.get("system")) in systems]
    live = [each for each in items if text_of(each.get("use")) != "old" and dated(each.get("period"), today)]
    return sorted(live, key=_rank)


def _rank(telecom: Found) -> int:
    rank = telecom.get("rank")
    return rank if isinstance(rank, int) else 1000


def _emails(found: Found, today: date | None) -> tuple[Mailbox, ...]:
    return tuple(
        Mailbox(text_of(each.get("value")).removeprefix("mailto:"), TELECOM_TYPES.get(text_of(each.get("use")), "home"))
        for each in _telecoms(found, today, "email")
        if text_of(each.get("value"))
    )


def _phones(found: Found, today: date | None) -> tuple[Number, ...]:
    return tuple(
        Number(
            text_of(each.get("value")).removeprefix("tel:"),
            TELECOM_TYPES.get(text_of(each.get("use")), "mobile"),
            silent=each.get("system") in {"fax", "pager"},
        )
        for each in _telecoms(found, today, "phone", "sms", "fax", "pager")
        if text_of(each.get("value"))
    )


def _address(value: Any, today: date | None) -> dict[str, str]:
    for each in _ranked(value, ADDRESS_ORDER, today):
        lines = texts_of(each.get("line"))
        told = {
            "street": ", ".join(lines),
            "city": text_of(each.get("city")),
            "region": text_of(each.get("state")),
            "postal_code": text_of(each.get("postalCode")),
            "country": text_of(each.get("country")),
        }
        if not any(told.values()):
            told["street"] = text_of(each.get("text"))
        if any(told.values()):
            return told
    return {}


def _sources(found: Found, kind: str) -> tuple[Source, ...]:
    """Return the names by which the other program knows this person: its id, and record numbers."""
    own = text_of(found.get("id"))[:200]
    sources = [Source(f"fhir:{kind}", own)] if own and kind != "contact" else []
    for each in list_of(found.get("identifier")):
        system, value = text_of(each.get("system")), text_of(each.get("value"))[:200]
        type_ = each.get("type")
        codes = (
            {text_of(code.get("code")) for code in list_of(type_.get("coding"))} if isinstance(type_, dict) else set()
        )
        if value and not codes & OFFICIAL and "ssn" not in system.lower() and each.get("use") != "old":
            sources.append(Source(f"fhir:{system}"[:200], value))
    return tuple(dict.fromkeys(sources))


def coded_relation(value: Any) -> dict[str, Any]:
    """Return what a relationship's codes or words say: relationship, legal_guardian, emergency_contact, responsible."""
    concepts = list_of(value)
    codes = [text_of(code.get("code")).upper() for each in concepts for code in list_of(each.get("coding"))]
    words = [text_of(each.get("text")) for each in concepts]
    words += [text_of(code.get("display")) for each in concepts for code in list_of(each.get("coding"))]
    known = [BY_CODE[code] for code in codes if code in BY_CODE]
    spoken = [name for text in words if (name := relationship_of(text)) not in {"", "other"}]
    ranked = [*known, *spoken]
    nearer = [name for name in ranked if name != "family_member"]
    relationship = (nearer or ranked or ["other"])[0]
    return {
        "relationship": relationship,
        "legal_guardian": "legal_guardian" in ranked,
        "emergency_contact": bool(EMERGENCY & set(codes)) or any("emergency" in text.lower() for text in words),
        "responsible": bool(PAYS & set(codes)),
    }
