"""Cards as records of people; who is related to whom becomes contacts, within the file and by name."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from kinbook.exchange.reading.cards import read_cards, split_unescaped, unescaped
from kinbook.exchange.reading.record import (
    VCARD,
    Kin,
    Mailbox,
    Number,
    Person,
    Problem,
    Reading,
    Record,
    Source,
    Unreadable,
)
from kinbook.exchange.reading.text import decode
from kinbook.exchange.reading.words import relationship_of, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kinbook.exchange.reading.cards import Card, Property

BIRTHDAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
ONLY_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?")
SILENT = frozenset({"FAX", "PAGER"})
# what X is to this card's person, by the words address books use
RELATED = ("RELATED", "X-ABRELATEDNAMES", "X-SPOUSE", "X-EVOLUTION-SPOUSE", "X-ANDROID-CUSTOM")
OF_CHILDREN = frozenset({"child", "son", "daughter", "hijo", "hija"})
NO_KIN = frozenset(
    {"friend", "colleague", "co-worker", "met", "acquaintance", "me", "muse", "crush", "date", "neighbor"}
)
ANDROID_RELATIONS = {
    "1": "assistant", "2": "brother", "3": "child", "4": "partner", "5": "father", "6": "friend", "7": "manager",
    "8": "mother", "9": "parent", "10": "partner", "11": "referred", "12": "relative", "13": "sister", "14": "spouse",
}  # fmt: skip


def read_vcard(content: bytes, *, today: date) -> Reading:
    """Return the reading of a vCard file; raises Unreadable where there is no card in it."""
    text, encoding = decode(content)
    # each property may have a charset of its own, unless the whole file is in a wide one
    plain = content.removeprefix(BOM_UTF8).replace(b"\x00", b"")
    cards = list(read_cards(text.encode() if encoding.startswith("utf-") and encoding != "utf-8" else plain))
    if not cards:
        raise Unreadable("There is no vCard in this file: a card begins with BEGIN:VCARD.")
    read = [_record(card, today) for card in cards]
    tied = _tied(cards, read)
    return Reading(VCARD, len(cards), lambda: iter(tied), as_clients=False)


def _record(card: Card, today: date) -> Record:
    problems: list[Problem] = []
    first, last, organization = _names(card)
    born, is_minor = _born(card, today, problems)
    goes_by = card.first("NICKNAME")
    address = _address(card)
    person = Person(
        first_name=first,
        last_name=last,
        organization=organization,
        goes_by=split_unescaped(goes_by.value, ",")[0].strip() if goes_by and not organization else "",
        born=born,
        is_minor=is_minor,
        deceased_on=_day(card, "DEATHDATE"),
        is_deceased=card.first("DEATHDATE") is not None,
        emails=tuple(Mailbox(each.text, _where(each)) for each in _preferred(card, "EMAIL")),
        phones=tuple(_number(each) for each in _preferred(card, "TEL")),
        sources=_sources(card),
        **address,
    )
    kind = card.first("KIND") or card.first("X-ADDRESSBOOKSERVER-KIND")
    if kind and kind.text.lower() == "group":
        problems.append(Problem("", "This card is a list of people, not a person.", refuses=True))
    if card.unread:
        problems.append(Problem("", f"{card.unread} lines of the card could not be read, and were left out."))
    return Record(card.line, person, problems=tuple(problems), original="\n".join(card.text))


def _names(card: Card) -> tuple[str, str, str]:
    """Return first name, last name and, where the card is an organization's, its name."""
    parts = next((each.parts for each in card.all("N") if any(each.parts)), [])
    family, given, more, _, suffix = [*parts, "", "", "", "", ""][:5]
    shown = next((each.text for each in card.all("FN") if each.text), "")
    company = next((each.parts[0] for each in card.all("ORG") if each.parts[0]), "")
    kind = card.first("KIND") or card.first("X-ADDRESSBOOKSERVER-KIND")
    shows_as = card.first("X-ABSHOWAS")
    is_company = bool((kind and kind.text.lower() == "org") or (shows_as and shows_as.text.upper() == "COMPANY"))
    first = " ".join(word for word in (given, more.replace(",", " ")) if word)
    last = " ".join(word for word in (family, suffix if family and len(suffix) <= 4 else "") if word)
    if is_company or not (first or last or shown):
        return "", "", company or (shown if is_company else "")
    if not first and not last:
        if company and shown == company:
            return "", "", company
        first, last = split_name(shown)
    return " ".join(first.split()), " ".join(last.split()), ""


def _born(card: Card, today: date, problems: list[Problem]) -> tuple[date | None, bool | None]:
    found = card.first("BDAY")
    text = found.text if found else ""
    if hit := BIRTHDAY.fullmatch(text):
        try:
            return date(*map(int, hit.groups())), None
        except ValueError:
            problems.append(Problem("Date of birth", f"“{text[:60]}” names no day.", refuses=True))
            return None, None
    if hit := ONLY_YEAR.fullmatch(text):
        problems.append(Problem("Date of birth", f"Only {text} is known: enter the day."))
        return None, today.year - int(hit[1]) <= 18
    if text:
        problems.append(Problem("Date of birth", f"“{text[:60]}” is no full date, and was left out."))
    return None, None


def _day(card: Card, name: str) -> date | None:
    found = card.first(name)
    hit = BIRTHDAY.fullmatch(found.text) if found else None
    try:
        return date(*map(int, hit.groups())) if hit else None
    except ValueError:
        return None


def _preferred(card: Card, name: str) -> list[Property]:
    """Return the properties of a name that say something, the preferred one first."""
    found = [each for each in card.all(name) if each.value.strip()]
    return sorted(found, key=lambda each: not (each.types & {"PREF"} or each.parameter("PREF") in {"1", "TRUE"}))


def _where(found: Property) -> str:
    types = found.types
    if types & {"CELL", "MOBILE", "IPHONE"}:
        return "mobile"
    if "WORK" in types:
        return "work"
    return "home" if "HOME" in types or found.name == "EMAIL" else "other" if types & SILENT else "mobile"


def _number(found: Property) -> Number:
    number = found.text.removeprefix("tel:").replace(";ext=", " ext. ")
    return Number(number, _where(found), silent=bool(found.types & SILENT))


def _address(card: Card) -> dict[str, str]:
    found = card.all("ADR")
    home = [each for each in found if "HOME" in each.types]
    for each in (*home, *found):
        box, extended, street, city, region, code, country = [*each.parts, *[""] * 7][:7]
        lines = [" ".join(part.split()) for part in (street, extended, box) if part]
        told = {"street": ", ".join(lines), "city": city, "region": region, "postal_code": code, "country": country}
        if any(told.values()):
            return told
    return {}


def _sources(card: Card) -> tuple[Source, ...]:
    found = card.first("UID") or card.first("X-ABUID")
    return (Source("vcard", _bare(found.text)),) if found else ()


def _bare(uid: str) -> str:
    return uid.strip().removeprefix("urn:uuid:").lower()[:200]


def _tied(cards: list[Card], read: list[Record]) -> list[Record]:
    """Return the records with their contacts; whoever is named as one by another card is a contact and no client."""
    by_uid = {source.value: place for place, record in enumerate(read) for source in record.person.sources}
    by_name = {record.person.name.casefold(): place for place, record in enumerate(read) if record.person.name}
    kin: dict[int, list[Kin]] = defaultdict(list)
    contacts: set[int] = set()
    for place, card in enumerate(cards):
        for words, said in _relations(card):
            other = by_uid.get(_bare(said), by_name.get(said.casefold()))
            if words in OF_CHILDREN:
                if other is not None and other != place:
                    kin[other].append(Kin(read[place].person, "parent"))
                    contacts.add(place)
            elif other is not None and other != place:
                kin[place].append(_kin(read[other].person, words))
                contacts.add(other)
            elif other is None and not said.lower().startswith(("urn:", "http")):
                first, last = split_name(said)
                kin[place].append(_kin(Person(first_name=first, last_name=last), words))
    return [
        replace(record, contacts=tuple(kin[place]), only_contact=place in contacts and not kin[place])
        for place, record in enumerate(read)
    ]


def _kin(person: Person, words: str) -> Kin:
    relationship = relationship_of(words) or "other"
    return Kin(person, relationship, relationship == "legal_guardian", "emergency" in words)


def _relations(card: Card) -> Iterator[tuple[str, str]]:
    """Return what this card's person has, in words ("mother"), and whom: an id or a name."""
    for each in card.all(*RELATED):
        if each.name == "X-ANDROID-CUSTOM":
            parts = [*each.parts, "", "", "", ""]
            if not parts[0].endswith("/relation"):
                continue
            words, said = ANDROID_RELATIONS.get(parts[2], parts[3]), parts[1]
        elif each.name.endswith("SPOUSE"):
            words, said = "spouse", each.text
        else:
            types = each.types - {"PREF"}
            words, said = (card.label_of(each) or " ".join(sorted(types))).lower(), unescaped(each.value)
        if said and not NO_KIN & set(words.split()):
            yield words, said
