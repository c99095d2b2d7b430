"""A record's people cleaned, before anyone asks whether they are here already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kinbook.exchange.planning.cleaning import LABELS, clean_person
from kinbook.exchange.reading.record import Problem, Source
from kinbook.people.models import ClientType
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from datetime import date

    from kinbook.exchange.planning.cleaning import Clean
    from kinbook.exchange.reading.record import Kin, Record

CARERS = frozenset({"parent", "legal_guardian", "step_parent", "foster_parent", "agency"})
GUARDED = "No birthday: taken as a minor, because a parent or guardian is named."
COUPLE = "A couple comes as two people: load each as a client of their own, then join them in Kinbook."


@dataclass(frozen=True, slots=True)
class CleanKin:
    """A contact cleaned."""

    kin: Kin
    person: Clean


@dataclass(slots=True)
class Prepared:
    """A record with its people cleaned; without a `person` it is refused, and its problems say why."""

    record: Record
    person: Clean | None = None
    kin: list[CleanKin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of whom the record is about."""
        return self.person.name if self.person else self.record.person.name

    def everyone(self) -> list[Clean]:
        """Return all people of the record."""
        return [each.person for each in self.kin] + ([self.person] if self.person else [])


def prepare(record: Record, today: date, *, as_client: bool) -> Prepared:
    """Return the record with its people cleaned; a missing name or an impossible birthday refuses it."""
    prepared = Prepared(record, problems=list(record.problems))
    if any(problem.refuses for problem in record.problems):
        return prepared
    if as_client and record.kind == ClientType.COUPLE:
        prepared.problems.append(Problem("Type", COUPLE, refuses=True))
        return prepared
    if record.person.is_nameless:
        prepared.problems.append(Problem("Name", "There is no name.", refuses=True))
        return prepared
    try:
        person = clean_person(record.person, today, prepared.problems)
    except Invalid as refused:
        prepared.problems += [
            Problem(LABELS.get(name, name), sentence, refuses=True) for name, sentence in refused.problems.items()
        ]
        return prepared
    if not person.sources and not any(person.keys()):
        person = replace(person, sources=(fingerprint(person),))
    prepared.kin = _kin(record, today, prepared.problems)
    prepared.person = replace(person, is_minor=_is_minor(record, person, prepared.problems)) if as_client else person
    return prepared


def fingerprint(person: Clean) -> Source:
    """Return a name made of all that is said of somebody, so that the same line again is the same person."""
    said = "\x1f".join(str(value) for _, value in sorted(person.columns.items()))
    return Source("kinbook", hashlib.sha256(f"{person.kind}\x1f{said}".encode()).hexdigest()[:32])


def _kin(record: Record, today: date, problems: list[Problem]) -> list[CleanKin]:
    cleaned = []
    for place, kin in enumerate((*record.contacts, *(tie.kin for tie in record.ties)), start=1):
        if kin.person.is_nameless:
            problems.append(Problem(f"Contact {place}", "The contact has no name: left out."))
            continue
        try:
            person = clean_person(kin.person, today, problems, relationship=kin.relationship)
        except Invalid as refused:
            sentence = " ".join(refused.problems.values())
            problems.append(Problem(f"Contact {place}", f"{sentence} The contact was left out."))
        else:
            cleaned.append(CleanKin(kin, person))
    return cleaned


def _is_minor(record: Record, person: Clean, problems: list[Problem]) -> bool:
    """Tell whether the client is a minor: the birthday decides, then what the file says, then who is beside them."""
    said = record.kind == ClientType.MINOR if record.kind else None
    if person.is_minor is not None:
        if said is not None and said != person.is_minor:
            word = "a minor" if person.is_minor else "an adult"
            problems.append(Problem("Type", f"By the birthday this is {word}, and comes in as one."))
        return person.is_minor
    if said is not None:
        return said
    if any(kin.relationship in CARERS for kin in record.contacts):
        problems.append(Problem("Date of birth", GUARDED))
        return True
    problems.append(Problem("Date of birth", "No birthday: taken as an adult."))
    return False
