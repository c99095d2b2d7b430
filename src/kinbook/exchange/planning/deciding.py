"""What becomes of one record: a client, a contact, somebody held, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kinbook.exchange.models import HeldState, Outcome
from kinbook.exchange.planning.batch import NewHeld, Step
from kinbook.exchange.planning.entering import enter, fill, link
from kinbook.exchange.planning.known import Known, KnownClient, KnownHeld
from kinbook.exchange.planning.preparing import prepare
from kinbook.exchange.reading.keeping import kept_record, record_of
from kinbook.exchange.reading.record import Problem
from kinbook.people.commands.many import NewClient
from kinbook.people.models import ClientStatus, ClientType
from kinbook.people.queries import folded
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.exchange.planning.entering import Links, Plan
    from kinbook.exchange.planning.preparing import Prepared

TWO_RESPONSIBLE = "Two are responsible for billing: say on Who pays how they share. Until then charges need a payer."
NOT_CHANGED = "Who pays stays as it is here: change it on Who pays."
WAITS = "A minor needs a contact: waits in the list to be completed."


def decide_client(plan: Plan, prepared: Prepared) -> Step:
    """Return what becomes of a record about a client."""
    person = prepared.person
    if person is None:
        return _step(prepared, Outcome.REFUSED, "")
    known = plan.directory.find(person)
    if known and known.client:
        return _known_client(plan, prepared, known, known.client)
    held = plan.directory.held_for(person)
    if person.is_minor and not prepared.kin:
        return _hold(plan, prepared, held)
    if held and held.state == HeldState.WAITING:
        prepared = _joined(plan, prepared, held)
    return _new_client(plan, prepared, known, held)


def _joined(plan: Plan, prepared: Prepared, held: KnownHeld) -> Prepared:
    """Return the record with what was told of the same child before, so that nothing of it is lost."""
    before = prepare(record_of(held.told, prepared.record.line), plan.viewer.today, as_client=True).person
    person = prepared.person
    if before is None or person is None:
        return prepared
    columns = {name: person.columns.get(name) or value for name, value in before.columns.items()}
    emails = {each.address.lower(): each for each in (*before.emails, *person.emails)}
    numbers = dict((*before.phones, *person.phones))
    sources = tuple(dict.fromkeys((*person.sources, *before.sources)))
    joined = replace(
        person,
        columns=columns,
        born=person.born or before.born,
        emails=tuple(emails.values()),
        phones=tuple(numbers.items()),
        sources=sources,
        home=person.home or before.home,
    )
    return replace(prepared, person=joined)


def _new_client(plan: Plan, prepared: Prepared, known: Known | None, held: KnownHeld | None) -> Step:
    person, problems, record = prepared.person, prepared.problems, prepared.record
    if person is None:
        return _step(prepared, Outcome.REFUSED, "")
    client_id = new_id()
    if held:
        held.state = HeldState.COMPLETED.value
    if known is None:
        known = enter(plan, person, problems)
    else:
        fill(plan, known, person, problems)
    type_ = ClientType.MINOR if person.is_minor else ClientType.ADULT
    status = ClientStatus.ARCHIVED if person.is_deceased else ClientStatus(record.status or ClientStatus.ACTIVE)
    client = known.client = KnownClient(client_id, type_.value, status.value, is_new=True)
    clinician = _clinician(plan, record.clinician, problems)
    plan.batch.clients.append(NewClient(client_id, known.id, type_.value, status.value, known.sort_name, clinician))
    if held:
        plan.batch.completed.append((held.id, known.id, client_id))
    links = link(plan, client, known, prepared.kin, problems)
    pays = _let_pay(plan, known, client, links, problems)
    plan.batch.told_of_clients[client_id] = ("client.added", {"type": type_.value, "name": person.name})
    contacts = f" with {', '.join(links.names)}" if links.names else ""
    archived = ", archived" if status == ClientStatus.ARCHIVED else ""
    told = f"New client, {type_.value}{archived}{contacts}. {pays}"
    return _step(prepared, Outcome.CREATED, told, client_id)


def _let_pay(plan: Plan, known: Known, client: KnownClient, links: Links, problems: list[Problem]) -> str:
    """Say who pays from the beginning: the one responsible contact, else an adult themselves, never a child."""
    if len(links.responsible) > 1:
        problems.append(Problem("Responsible for billing", TWO_RESPONSIBLE))
        return "Needs a payer."
    if links.responsible:
        plan.batch.payers.append((client.id, links.responsible[0]))
        return f"Responsible for billing: {links.payer}."
    if client.type == ClientType.ADULT:
        plan.batch.payers.append((client.id, known.id))
        return "Pays themselves."
    return "Needs a payer: nobody is responsible for billing yet."


def _clinician(plan: Plan, text: str, problems: list[Problem]) -> UUID | None:
    if not text:
        return None
    found = plan.clinicians.get(" ".join(folded(text).replace(",", " ").split()))
    if found is None:
        problems.append(Problem("Primary clinician", f"“{text[:60]}” is nobody on the team: left out."))
    return found


def _known_client(plan: Plan, prepared: Prepared, known: Known, client: KnownClient) -> Step:
    """Return what somebody who is a client already is given."""
    person, problems = prepared.person, prepared.problems
    added = fill(plan, known, person, problems) if person else []
    if client.type == ClientType.COUPLE:
        links = None
    else:
        links = link(plan, client, known, prepared.kin, problems)
        added += links.filled + [f"contact {name}" for name in links.names]
        if links.responsible and links.names:
            problems.append(Problem("Responsible for billing", NOT_CHANGED))
    if person and person.is_deceased and client.status != ClientStatus.ARCHIVED:
        client.status = ClientStatus.ARCHIVED.value
        plan.batch.archived.append(client.id)
        added.append("archived")
    if not added:
        return _step(prepared, Outcome.UNCHANGED, "Here already, with all of this", client.id)
    if not client.is_new:
        plan.batch.told_of_clients.setdefault(client.id, ("client.changed", {"imported": added[:20]}))
    return _step(prepared, Outcome.CHANGED, f"Adds {', '.join(added)}", client.id)


def _hold(plan: Plan, prepared: Prepared, held: KnownHeld | None) -> Step:
    person, record = prepared.person, prepared.record
    if person is None:
        return _step(prepared, Outcome.REFUSED, "")
    if held and held.state == HeldState.WAITING:
        return _step(prepared, Outcome.UNCHANGED, "Waits in the list to be completed already")
    if held and held.state == HeldState.DROPPED:
        return _step(prepared, Outcome.UNCHANGED, "Was taken off the list to be completed")
    told = kept_record(record)
    made = KnownHeld(new_id(), person.sort_name, person.born, HeldState.WAITING.value, told)
    plan.directory.add_held(made)
    for source in person.sources:
        if plan.directory.add_source(source, made):
            plan.batch.sources.append((source, None, made.id))
    plan.batch.held.append(NewHeld(made.id, record.line, person.name, person.sort_name, person.born, told))
    return _step(prepared, Outcome.HELD, WAITS)


def decide_contact(plan: Plan, prepared: Prepared) -> Step:
    """Return what becomes of a record about somebody who is no client for this file: a person to be linked."""
    person, problems = prepared.person, prepared.problems
    if person is None:
        return _step(prepared, Outcome.REFUSED, "")
    if prepared.record.ties:
        return _tied(plan, prepared)
    known = plan.directory.find(person)
    told = []
    if known is None:
        known = enter(plan, person, problems)
        outcome, words = Outcome.CREATED, "New contact"
    else:
        told = fill(plan, known, person, problems)
        outcome, words = (Outcome.CHANGED, "Adds ") if told else (Outcome.UNCHANGED, "Here already, with all of this")
    if prepared.kin and known.client and known.client.type != ClientType.COUPLE:
        links = link(plan, known.client, known, prepared.kin, problems)
        told += links.filled + [f"contact {name}" for name in links.names]
        if told and outcome is Outcome.UNCHANGED:
            outcome, words = Outcome.CHANGED, "Adds "
        if links.names and not known.client.is_new:
            entry = ("client.changed", {"imported": links.names[:20]})
            plan.batch.told_of_clients.setdefault(known.client.id, entry)
    elif prepared.kin:
        names = ", ".join(f"{each.person.name} ({each.kin.relationship})" for each in prepared.kin)
        problems.append(Problem("Related", f"{names}: not tied, because {person.name} is no client."))
    return _step(prepared, outcome, words + ", ".join(told), known.client.id if known.client else None)


def _tied(plan: Plan, prepared: Prepared) -> Step:
    """Return what becomes of a related person whose patient came in another file: their contact, if they are here."""
    tie = prepared.record.ties[0]
    found = plan.directory.by_source(tie.client)
    if isinstance(found, Known) and found.client and prepared.kin:
        links = link(plan, found.client, found, prepared.kin, prepared.problems)
        added = links.filled + [f"contact {name}" for name in links.names]
        if not added:
            return _step(prepared, Outcome.UNCHANGED, "Here already, with all of this", found.client.id)
        if not found.client.is_new:
            plan.batch.told_of_clients.setdefault(found.client.id, ("client.changed", {"imported": added[:20]}))
        return _step(prepared, Outcome.CHANGED, f"Adds {', '.join(added)}", found.client.id)
    if isinstance(found, KnownHeld) and found.state == HeldState.WAITING and prepared.kin:
        child = prepare(record_of(found.told, prepared.record.line), plan.viewer.today, as_client=True)
        child.kin = prepared.kin
        step = _new_client(plan, child, None, found)
        return replace(step, name=prepared.name, told=f"{child.name}: {step.told}")
    reason = "Its patient is neither in this file nor here: load the patient first."
    prepared.problems.append(Problem("patient", reason, refuses=True))
    return _step(prepared, Outcome.REFUSED, "")


def _step(prepared: Prepared, outcome: Outcome, told: str, client_id: UUID | None = None) -> Step:
    record = prepared.record
    return Step(
        record.line,
        outcome,
        prepared.name,
        told,
        tuple(prepared.problems),
        client_id,
        record.more_lines,
        record.original if outcome in {Outcome.REFUSED, Outcome.HELD} else None,
    )
