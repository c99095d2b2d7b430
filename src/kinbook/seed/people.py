"""The people of the demo: families with their contacts, what they agreed, and who pays first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.commands.clients import ClientDraft, ContactDraft, PartnerDraft
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import ClientType, Contact
from kinbook.seed.families import FAMILIES
from kinbook.seed.grown import ADULTS, COUPLES
from kinbook.seed.terms import Child
from kinbook.whopays.commands.arrange import read_agreement, set_arrangement
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.commands.responsible import add_client

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.seed.terms import Family, Terms
    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.commands.arrange import Agreement

PORTAL = {"access": True, "messages": True, "appointments": True, "billing_documents": True, "payments": True}
TEEN = {"access": True, "messages": True, "appointments": True}
COVERED_FOR = timedelta(days=300)


@dataclass(slots=True)
class People:
    """Who was entered: clients with how they come, and everybody by the name the story uses."""

    viewer: Viewer
    today: date
    monday: date
    members: dict[str, UUID]
    clients: list[tuple[Client, Child]] = field(default_factory=list)
    parties: dict[str, UUID] = field(default_factory=dict)
    organizations: dict[str, UUID] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(101))


def enter_people(people: People) -> None:
    """Enter every family, adult and couple."""
    for family in FAMILIES:
        people.organizations |= {
            name: add_organization(people.viewer, name=name, kind=kind, email=_address(name, "")).pk
            for name, kind in family.organizations.items()
        }
        known: dict[str, UUID] = {}
        for place, child in enumerate(family.children):
            _enter_child(people, family, child, known, place)
            _cover(people, child)
    for adult in ADULTS:
        first, last = adult.name.split(" ", 1)
        draft = ClientDraft(
            type=ClientType.ADULT,
            person=_person(people, first, last, born=_birthday(people, adult.age, len(people.clients))),
            clinician_id=people.members[adult.clinician],
            portal=PORTAL,
        )
        people.clients.append((add_client(people.viewer, draft=draft), adult))
    for couple in COUPLES:
        _enter_couple(people, *couple)


def _person(people: People, first: str, last: str, born: date | None = None) -> PersonDraft:
    return PersonDraft(
        first_name=first,
        last_name=last,
        date_of_birth=born,
        street=f"{next(people.numbers)} {('Elm', 'Harbor', 'Mill', 'Cedar')[len(first) % 4]} Street"
        if born is None
        else "",
        city="Portsmouth" if born is None else "",
        region="NH" if born is None else "",
        emails=(EmailDraft(_address(first, last)),),
        phones=(PhoneDraft(f"555-0{100 + next(people.numbers) % 100}"),),
    )


def _address(first: str, last: str) -> str:
    words = f"{first} {last}".lower().replace("é", "e").split()
    return f"{'.'.join(words)}@mail.example"


def _birthday(people: People, age: int, place: int) -> date:
    """Return a birthday that makes the client this old today."""
    last_one = people.today - timedelta(days=11 * place % 180 + 5)
    return last_one.replace(year=last_one.year - age, day=min(last_one.day, 28))


def _enter_child(people: People, family: Family, child: Child, known: dict[str, UUID], place: int) -> None:
    contacts = tuple(
        _contact(people, family, name, relationship, known, is_first=not position)
        for position, (name, relationship) in enumerate(family.adults.items())
    )
    draft = ClientDraft(
        type=ClientType.MINOR,
        person=PersonDraft(
            first_name=child.name,
            last_name=family.name,
            date_of_birth=_birthday(people, child.age, len(people.clients)),
            emails=(EmailDraft(_address(f"{child.name}.{family.name}", "")),) if child.age > 14 else (),
        ),
        contacts=contacts,
        clinician_id=people.members[child.clinician],
        status=child.status,
        portal=TEEN if child.age > 14 else {},
    )
    first_terms = child.earlier[0] if child.earlier else child.terms
    order = [*family.adults]

    def agreed(parties: Sequence[UUID]) -> Agreement:
        named = {name.split()[0]: party for name, party in zip(order, parties, strict=False)}
        return _agreement(people, first_terms or {}, named, child.exceptions)

    client = add_client(people.viewer, draft=draft, agreement=agreed if first_terms else None)
    links = Contact.objects.filter(client=client).order_by("position").values_list("party_id", flat=True)
    known |= dict(zip(order, links, strict=True))
    people.parties |= {f"{name.split()[0]} {family.name}": party for name, party in known.items()}
    people.parties[f"{child.name} {family.name}"] = client.pk
    people.clients.append((client, child))
    if child.earlier and child.terms:
        named = {name.split()[0]: party for name, party in known.items()}
        later = _agreement(people, child.terms, named, (), starts_on=people.monday + timedelta(days=91 + place))
        set_arrangement(people.viewer, client_id=client.pk, agreement=later)


def _contact(
    people: People, family: Family, name: str, relationship: str, known: dict[str, UUID], *, is_first: bool
) -> ContactDraft:
    first, _, last = name.partition(" ")
    return ContactDraft(
        relationship=relationship,
        party_id=known.get(name),
        person=None if name in known else _person(people, first, last or family.name),
        legal_guardian=relationship not in {"step_parent", "grandparent"} or len(family.adults) == 1,
        emergency_contact=is_first,
        reminders=is_first,
        portal=PORTAL if relationship == "parent" else {},
    )


def _agreement(
    people: People,
    terms: Terms,
    named: dict[str, UUID],
    exceptions: Sequence[Terms],
    starts_on: date | None = None,
) -> Agreement:
    return read_agreement(
        _with_ids(terms, named, people.monday),
        starts_on=starts_on,
        exceptions=[_with_ids(each, named, people.monday) for each in exceptions],
    )


def _with_ids(value: Any, named: dict[str, UUID], monday: date) -> Any:
    """Return terms with ids where the story has names, and the date of the first Monday."""
    if isinstance(value, dict):
        return {_with_ids(key, named, monday): _with_ids(each, named, monday) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_ids(each, named, monday) for each in value]
    if value == "MONDAY":
        return monday.isoformat()
    return str(named[value]) if value in named else value


def _cover(people: People, child: Child) -> None:
    client, _ = people.clients[-1]
    for terms in child.covered:
        limits = {name: value for name, value in terms.items() if name != "organization"}
        draft = CoverageDraft(
            organization_id=people.organizations[terms["organization"]],
            starts_on=people.monday,
            until=people.monday + COVERED_FOR,
            **limits,
        )
        add_coverage(people.viewer, client_id=client.pk, draft=draft)


def _enter_couple(people: People, one: tuple[str, str], other: tuple[str, str], clinician: str, *when: Any) -> None:
    weekday, hour, terms = when
    names = (one[0], other[0])

    def agreed(parties: Sequence[UUID]) -> Agreement:
        return _agreement(people, terms, dict(zip(names, parties, strict=False)), ())

    draft = ClientDraft(
        type=ClientType.COUPLE,
        partners=tuple(PartnerDraft(person=_person(people, *each)) for each in (one, other)),
        clinician_id=people.members[clinician],
    )
    client = add_client(people.viewer, draft=draft, agreement=agreed)
    how = Child(client.name, 30, clinician, weekday, hour, terms, service="Couple session")
    people.clients.append((client, how))
