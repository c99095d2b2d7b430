"""A person with contacts as JSON, kept while a minor waits, and read back."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from kinbook.exchange.reading.record import Kin, Mailbox, Number, Person, Record, Source

DAYS = ("born", "deceased_on")


def kept_record(record: Record) -> dict[str, Any]:
    """Return what is kept of a record: who, with which contacts, as what."""
    return {
        "person": _kept_person(record.person),
        "contacts": [{**asdict(kin), "person": _kept_person(kin.person)} for kin in record.contacts],
        "kind": record.kind,
        "status": record.status,
        "clinician": record.clinician,
    }


def record_of(kept: dict[str, Any], line: int) -> Record:
    """Return the record that was kept."""
    contacts = tuple(Kin(**{**each, "person": _person_of(each["person"])}) for each in kept["contacts"])
    return Record(
        line,
        _person_of(kept["person"]),
        contacts,
        kind=kept["kind"],
        status=kept["status"],
        clinician=kept["clinician"],
    )


def _kept_person(person: Person) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(person).items() if value not in ("", None, ())}
    for name in DAYS:
        if name in kept:
            kept[name] = kept[name].isoformat()
    return kept


def _person_of(kept: dict[str, Any]) -> Person:
    values = {each.name: kept[each.name] for each in fields(Person) if each.name in kept}
    for name in DAYS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    for name, kind in (("emails", Mailbox), ("phones", Number), ("sources", Source)):
        if name in values:
            values[name] = tuple(kind(**each) for each in values[name])
    return Person(**values)
