"""People entered, or given what they lack, and linked: decided here, written later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kinbook.exchange.planning.batch import Batch
from kinbook.exchange.planning.cleaning import PLACE
from kinbook.exchange.planning.known import Directory, Known
from kinbook.exchange.reading.record import Problem
from kinbook.people.commands.many import NewContact, NewParty
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.exchange.planning.cleaning import Clean
    from kinbook.exchange.planning.known import KnownClient
    from kinbook.exchange.planning.preparing import CleanKin
    from kinbook.tenancy.viewer import Viewer

SIBLINGS = frozenset({"sibling", "family_member"})
KEPT = "Stays as it is here; the file says otherwise."
TAKEN = "The other program's number {value} means somebody else here; this one was taken as another person."
NAMESAKE = "Somebody named {name} is here already; nothing else tells that it is the same person."


@dataclass(slots=True)
class Plan:
    """What is known while records are decided, and what the stretch at hand writes."""

    viewer: Viewer
    clinicians: dict[str, UUID | None]
    directory: Directory = field(default_factory=Directory)
    batch: Batch = field(default_factory=Batch)


def enter(plan: Plan, person: Clean, problems: list[Problem]) -> Known:
    """Let a new person be known and written."""
    if plan.directory.has_name(person):
        problems.append(Problem("Name", NAMESAKE.format(name=person.name)))
    known = Known(new_id(), person.kind, person.sort_name, is_new=True)
    known.born, known.is_minor, known.is_deceased = person.born, person.is_minor, person.is_deceased
    known.goes_by, known.home = bool(person.columns.get("goes_by")), person.home
    known.addresses, known.digits = person.addresses, person.digits
    plan.directory.add(known)
    plan.batch.parties.append(NewParty(known.id, person.kind, person.columns, person.emails, person.phones))
    keep_sources(plan, person, known, problems)
    return known


def keep_sources(plan: Plan, person: Clean, known: Known, problems: list[Problem]) -> None:
    """Remember the names by which other programs know somebody."""
    for source in person.sources:
        if plan.directory.add_source(source, known):
            plan.batch.sources.append((source, known.id, None))
        elif isinstance(plan.directory.by_source(source), Known) and plan.directory.by_source(source) is not known:
            problems.append(Problem("Number", TAKEN.format(value=source.value)))


def fill(plan: Plan, known: Known, person: Clean, problems: list[Problem]) -> list[str]:
    """Give somebody known what they lack and nothing else; returns what that is, in words."""
    keys = list(known.keys())
    added = _fill_columns(plan, known, person, problems)
    emails = [each for each in person.emails if each.address.lower() not in known.addresses]
    phones = [each for each in person.phones if each[0] not in known.digits]
    if emails or phones:
        filling = plan.batch.filling(known.id, emails_from=len(known.addresses), phones_from=len(known.digits))
        filling.emails += emails
        filling.phones += phones
        known.addresses += tuple(each.address.lower() for each in emails)
        known.digits += tuple(digits for digits, _ in phones)
        added += [f"e-mail {each.address}" for each in emails] + [f"phone {each.number}" for _, each in phones]
    if added:
        plan.directory.add_keys(known, keys)
    keep_sources(plan, person, known, problems)
    return added


def _fill_columns(plan: Plan, known: Known, person: Clean, problems: list[Problem]) -> list[str]:
    columns: dict[str, Any] = {}
    added = []
    if person.born and not known.born:
        columns["date_of_birth"] = known.born = person.born
        known.is_minor = person.is_minor
        added.append("birthday")
    elif person.born and known.born != person.born:
        problems.append(Problem("Date of birth", KEPT))
    if person.columns.get("goes_by") and not known.goes_by:
        columns["goes_by"], known.goes_by = person.columns["goes_by"], True
        added.append("what they go by")
    if person.home and not known.home:
        columns |= {name: person.columns[name] for name in PLACE}
        known.home = person.home
        added.append("address")
    elif person.home and known.home != person.home:
        problems.append(Problem("Address", KEPT))
    if person.is_deceased and not known.is_deceased and person.columns.get("deceased_on"):
        columns["deceased_on"], known.is_deceased = person.columns["deceased_on"], True
        added.append("date of death")
    if columns:
        filling = plan.batch.filling(known.id, emails_from=len(known.addresses), phones_from=len(known.digits))
        filling.columns |= columns
    return added


@dataclass(slots=True)
class Links:
    """What linking a record's contacts did: whom it added, who is ticked as responsible, and the last one's name."""

    names: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    responsible: list[UUID] = field(default_factory=list)
    payer: str = ""


def link(plan: Plan, client: KnownClient, owner: Known, kin: Iterable[CleanKin], problems: list[Problem]) -> Links:
    """Let people be contacts of a client: each once, whoever is known already as who they are."""
    links = Links()
    new: dict[UUID, dict[str, Any]] = {}
    kin = list(kin)
    family = _family(plan, kin)
    for each in kin:
        known = plan.directory.find(
            each.person, as_contact=_is_elder(each), among=(*client.contacts, *(family if _is_elder(each) else ()))
        )
        if known is owner:
            problems.append(Problem("Contact", "Nobody is their own contact: left out."))
            continue
        word = "here already"
        if known is None:
            known, word = enter(plan, each.person, problems), "new"
        else:
            added = fill(plan, known, each.person, problems)
            links.filled += [f"{what} of {each.person.name}" for what in added]
        known.is_contact = True
        if known in client.contacts and known.id not in new:
            continue
        if known.id not in new:
            client.contacts.append(known)
            known.clients += (client,)
            links.names.append(f"{each.person.name} ({word})")
            new[known.id] = {"position": len(client.contacts) - 1, "relationship": each.kin.relationship}
        _add_flags(new[known.id], each)
        if each.kin.responsible and known.id not in links.responsible:
            links.responsible.append(known.id)
            links.payer = each.person.name
    plan.batch.contacts += [NewContact(client.id, party_id, **said) for party_id, said in new.items()]
    return links


def _family(plan: Plan, kin: Iterable[CleanKin]) -> list[Known]:
    """Return the grown contacts of siblings: of clients who have one of these people for a contact already."""
    found = (plan.directory.find(each.person, as_contact=True) for each in kin if _is_elder(each))
    beside = {id(other): other for known in found if known for other in known.beside() if not other.is_minor}
    return list(beside.values())


def _is_elder(each: CleanKin) -> bool:
    return each.kin.relationship not in SIBLINGS


def _add_flags(said: dict[str, Any], each: CleanKin) -> None:
    for flag in ("legal_guardian", "emergency_contact"):
        said[flag] = said.get(flag, False) or getattr(each.kin, flag)
    if said["relationship"] == "other":
        said["relationship"] = each.kin.relationship
