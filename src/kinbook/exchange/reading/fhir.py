"""FHIR R4 as records: bundles of any type, NDJSON, single resources; Patient, RelatedPerson and what ties them.

Read leniently and by hand: what other programs write is often not quite valid, and a child is not refused for it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kinbook.exchange.reading.fhir_person import coded_relation, dated, list_of, person_of, text_of
from kinbook.exchange.reading.record import FHIR, Kin, Person, Problem, Reading, Record, Source, Tie, Unreadable
from kinbook.exchange.reading.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

KEPT = frozenset({"Bundle", "Patient", "RelatedPerson", "Person"})
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource with its place in the file and the addresses it is referred to by."""

    line: int
    resource: Resource
    full_url: str = ""

    @property
    def kind(self) -> str:
        """Patient, RelatedPerson or Person."""
        return str(self.resource.get("resourceType", ""))

    @property
    def id(self) -> str:
        """The resource's own id."""
        return text_of(self.resource.get("id"))[:200]

    @property
    def names(self) -> list[str]:
        """The references that mean this resource."""
        return [each for each in (self.full_url, f"{self.kind}/{self.id}" if self.id else "") if each]


def read_fhir(content: bytes, *, today: date) -> Reading:
    """Return the reading of a FHIR file; raises Unreadable where it is no JSON or holds no patient."""
    text, _ = decode(content)
    entries = list(_entries(text))
    patients = [each for each in entries if each.kind == "Patient"]
    others = [each for each in entries if each.kind == "RelatedPerson"]
    if not patients and not others:
        raise Unreadable("There is no Patient in this file.")
    same = _same_people([each for each in entries if each.kind == "Person"])
    kin, ties = _kin_by_patient(patients, others, same, today)
    records = [_patient(each, kin.get(each.line, []), same, today) for each in patients]
    records += [_apart(each, tie, today) for each, tie in ties]
    records.sort(key=lambda record: record.line)
    return Reading(FHIR, len(records), lambda: iter(records), as_clients=True)


def looks_like_fhir(start: str) -> bool:
    """Tell whether a text begins as FHIR's JSON does."""
    return start.lstrip().startswith("{") and '"resourceType"' in start


def _entries(text: str) -> Iterator[Entry]:
    try:
        whole = _json(text)
    except RecursionError:
        raise Unreadable("The file is nested too deeply to be FHIR.") from None
    except ValueError as broken:
        yield from _lines(text, broken)
        return
    yield from _unpacked(whole)


def _lines(text: str, broken: ValueError) -> Iterator[Entry]:
    """Read NDJSON: a resource a line; one broken line is a refused record, no more."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    read, failed = [], []
    for number, line in lines:
        try:
            read.append((number, _json(line)))
        except (ValueError, RecursionError):
            failed.append((number, line))
    if not any(isinstance(each, dict) and each.get("resourceType") for _, each in read):
        raise Unreadable(f"This is not JSON: {str(broken)[:120]}.") from None
    for number, each in read:
        for entry in _unpacked(each):
            yield replace(entry, line=number)
    for number, line in failed:
        yield Entry(number, {"resourceType": "Patient", "_broken": line[:4000]})


def _json(text: str) -> Any:
    # numbers JSON does not have (NaN) are nothing; the database could not keep them
    return json.loads(text, object_hook=_only_people, parse_constant=lambda _: None)


def _only_people(found: Resource) -> Resource:
    """Forget encounters and all else as soon as they are read: a bundle is mostly those."""
    kind = found.get("resourceType")
    return found if not isinstance(kind, str) or kind in KEPT else {}


def _unpacked(whole: Any) -> Iterator[Entry]:
    if isinstance(whole, list):
        whole = {"resourceType": "Bundle", "entry": [{"resource": each} for each in whole]}
    if not isinstance(whole, dict) or not isinstance(whole.get("resourceType"), str):
        raise Unreadable("This is JSON, and not FHIR: it names no resourceType.")
    if whole["resourceType"] != "Bundle":
        yield Entry(1, whole)
        return
    for place, entry in enumerate(list_of(whole.get("entry")), start=1):
        resource = entry.get("resource")
        if isinstance(resource, dict) and resource.get("resourceType"):
            if resource["resourceType"] == "Bundle":  # a batch of searches answers in bundles
                yield from (replace(each, line=place) for each in _unpacked(resource))
            else:
                yield Entry(place, resource, text_of(entry.get("fullUrl")))


def _same_people(persons: list[Entry]) -> dict[str, Source]:
    """Return, for the references a Person ties together, the one name they share."""
    shared = {}
    for each in persons:
        for link in list_of(each.resource.get("link")):
            target = link.get("target")
            if isinstance(target, dict) and each.id:
                shared[text_of(target.get("reference"))] = Source("fhir:Person", each.id)
    return shared


def _with_shared(person: Person, entry: Entry, same: dict[str, Source]) -> Person:
    more = tuple(same[name] for name in entry.names if name in same)
    return replace(person, sources=(*person.sources, *more)) if more else person


def _kin_by_patient(
    patients: list[Entry], others: list[Entry], same: dict[str, Source], today: date
) -> tuple[dict[int, list[Kin]], list[tuple[Entry, Tie | None]]]:
    """Return the related persons of the file's patients by their lines, and those whose patient is elsewhere."""
    by_name = {name: each.line for each in patients for name in each.names}
    kin: dict[int, list[Kin]] = defaultdict(list)
    apart: list[tuple[Entry, Tie | None]] = []
    for each in others:
        found = _with_shared(person_of(each.resource, "RelatedPerson", today)[0], each, same)
        told = Kin(found, **coded_relation(each.resource.get("relationship")))
        whose = each.resource.get("patient")
        name = text_of(whose.get("reference")) if isinstance(whose, dict) else ""
        place = by_name.get(name, by_name.get("/".join(name.split("/")[-2:])))
        lives = each.resource.get("active") is not False and dated(each.resource.get("period"), today)
        if place is not None and lives:
            kin[place].append(told)
        elif name.rpartition("/")[2] and lives:
            apart.append((each, Tie(Source("fhir:Patient", name.rpartition("/")[2][:200]), told)))
        else:
            apart.append((each, None))
    return kin, apart


def _patient(entry: Entry, related: list[Kin], same: dict[str, Source], today: date) -> Record:
    resource = entry.resource
    if "_broken" in resource:
        problem = Problem("", "The line is not JSON.", refuses=True)
        return Record(entry.line, Person(), problems=(problem,), original=resource["_broken"])
    person, problems = person_of(resource, "Patient", today)
    replaced = [each for each in list_of(resource.get("link")) if each.get("type") == "replaced-by"]
    if replaced:
        problems.append(Problem("link", "Another Patient replaces this one.", refuses=True))
    aliases = tuple(
        Source("fhir:Patient", text_of(other.get("reference")).rpartition("/")[2][:200])
        for each in list_of(resource.get("link"))
        if each.get("type") == "replaces" and isinstance(other := each.get("other"), dict)
    )
    person = _with_shared(replace(person, sources=(*person.sources, *aliases)), entry, same)
    return Record(
        entry.line,
        person,
        (*_named_contacts(resource, today), *related),
        status="archived" if person.is_deceased else "inactive" if resource.get("active") is False else "",
        problems=tuple(problems),
        original=resource,
    )


def _named_contacts(resource: Resource, today: date) -> Iterator[Kin]:
    for each in list_of(resource.get("contact")):
        if dated(each.get("period"), today):
            person, _ = person_of(each, "contact", today)
            company = each.get("organization")
            if person.is_nameless and isinstance(company, dict):
                person = replace(person, organization=text_of(company.get("display")))
            if not person.is_nobody:
                yield Kin(person, **coded_relation(each.get("relationship")))


def _apart(entry: Entry, tie: Tie | None, today: date) -> Record:
    """Return a related person whose patient is not in the file: tied to one who came before, or refused."""
    person, problems = person_of(entry.resource, "RelatedPerson", today)
    if tie is None:
        names_one = isinstance(entry.resource.get("patient"), dict)
        reason = "This related person is not active any more." if names_one else "It names no patient."
        problems = [*problems, Problem("patient", reason, refuses=True)]
    return Record(
        entry.line,
        person,
        ties=(tie,) if tie else (),
        only_contact=True,
        problems=tuple(problems),
        original=entry.resource,
    )
