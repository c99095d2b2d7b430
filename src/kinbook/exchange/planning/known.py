"""Who is here already, in the database and earlier in the file, and how somebody is recognized.

A name alone recognizes nobody: it takes the birthday, an e-mail address, a phone number or the home with it, the name
by which another program knows them, or being the contact of that name of the same client or of a sibling: a client who
shares another contact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.exchange.models import HeldState
from kinbook.exchange.planning.cleaning import keys_of
from kinbook.people.models import PartyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from typing import Any
    from uuid import UUID

    from kinbook.exchange.planning.cleaning import Clean
    from kinbook.exchange.reading.record import Source


MOST_CHILDREN = 12


class KnownClient:
    """Somebody's being a client, with the contacts they have."""

    __slots__ = ("contacts", "id", "is_new", "status", "type")

    def __init__(self, id: UUID, type: str, status: str, *, is_new: bool = False) -> None:
        """Keep what decisions need."""
        self.id = id
        self.type = type
        self.status = status
        self.is_new = is_new
        self.contacts: list[Known] = []


class Known:
    """Somebody who is here already; slots, because a large file holds many."""

    __slots__ = (
        "addresses",
        "also",
        "born",
        "client",
        "clients",
        "digits",
        "goes_by",
        "home",
        "id",
        "is_contact",
        "is_deceased",
        "is_minor",
        "is_new",
        "kind",
        "sort_name",
    )

    def __init__(self, id: UUID, kind: str, sort_name: str, *, is_new: bool) -> None:
        """Begin with a name; the rest is set by whoever knows it."""
        self.id = id
        self.kind = kind
        self.sort_name = sort_name
        self.is_new = is_new
        self.born: date | None = None
        self.is_minor: bool | None = None
        self.is_deceased = False
        self.is_contact = False
        self.goes_by = False
        self.home = ""
        self.addresses: tuple[str, ...] = ()
        self.digits: tuple[str, ...] = ()
        self.client: KnownClient | None = None
        self.clients: tuple[KnownClient, ...] = ()
        self.also: tuple[str, ...] = ()

    def keys(self) -> Iterator[int]:
        """Return what recognizes them, under their own name and those merged into them."""
        for name in (self.sort_name, *self.also):
            yield from keys_of(self.kind, name, self.born, self.addresses, self.digits, self.home)

    def may_be(self, person: Clean, *, as_contact: bool) -> bool:
        """Tell whether nothing speaks against their being one; father and son may share name, number and home."""
        if self.kind != person.kind or (self.born and person.born and self.born != person.born):
            return False
        if self.born and person.born:
            return True
        if person.is_minor and not self.born and not as_contact:
            return not self.is_contact
        return not (as_contact and self.is_minor and self.client)

    def beside(self) -> Iterator[Known]:
        """Return who is a contact of the same children; nobody beside a case worker or a school, who have many."""
        if self.kind == PartyKind.PERSON and len(self.clients) <= MOST_CHILDREN:
            for client in self.clients:
                yield from client.contacts

    def is_recognized(self, person: Clean) -> bool:
        """Tell whether one of the keys in common is really one; keys are digests."""
        return (self.sort_name == person.sort_name or person.sort_name in self.also) and (
            self.kind == PartyKind.ORGANIZATION
            or (self.born is not None and self.born == person.born)
            or any(each in self.addresses for each in person.addresses)
            or any(each in self.digits for each in person.digits)
            or (self.home != "" and self.home == person.home)
        )

    def is_confirmed(self, person: Clean) -> bool:
        """Tell whether another program's name for somebody means this one: two programs count from 1 both."""
        if self.kind != person.kind:
            return False
        if self.kind == PartyKind.ORGANIZATION or (self.born and person.born and self.born != person.born):
            return self.sort_name == person.sort_name
        first = person.columns.get("first_name", "").casefold().split() or [person.sort_name]
        same_birthday = bool(self.born) and self.born == person.born
        return same_birthday or bool({*person.sort_name.split()[-len(first) :]} & {*self.sort_name.split()})


class KnownHeld:
    """A minor who waits for a contact."""

    __slots__ = ("born", "id", "sort_name", "state", "told")

    def __init__(self, id: UUID, sort_name: str, born: date | None, state: str, told: Any) -> None:
        """Keep what decisions need."""
        self.id = id
        self.sort_name = sort_name
        self.born = born
        self.state = state
        self.told = told


class Directory:
    """Everyone known so far, by what recognizes them."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.by_id: dict[UUID, Known] = {}
        self._by_key: dict[int, Known | list[Known]] = {}
        self._by_source: dict[int, Known | KnownHeld] = {}
        self._names: set[int] = set()
        self._held: dict[int, KnownHeld] = {}
        self.held_ids: set[UUID] = set()

    def add(self, known: Known) -> None:
        """Let somebody be known."""
        self.by_id[known.id] = known
        self._names.add(hash(known.sort_name))
        for key in set(known.keys()):
            self._add_key(key, known)

    def add_keys(self, known: Known, before: Iterable[int]) -> None:
        """Let somebody be recognized by what was learned of them since."""
        for key in set(known.keys()) - set(before):
            self._add_key(key, known)

    def _add_key(self, key: int, known: Known) -> None:
        there = self._by_key.setdefault(key, known)
        if there is known:
            return
        if isinstance(there, list):
            if known not in there:
                there.append(known)
        else:
            self._by_key[key] = [there, known]

    def add_source(self, source: Source, whose: Known | KnownHeld) -> bool:
        """Let another program's name mean somebody; returns False where it is on record already.

        What meant somebody who waited means the client they have become.
        """
        key = hash(source)
        there = self._by_source.get(key)
        if there is None or (isinstance(there, KnownHeld) and isinstance(whose, Known)):
            self._by_source[key] = whose
        return there is None

    def by_source(self, source: Source) -> Known | KnownHeld | None:
        """Return whom another program's name means."""
        return self._by_source.get(hash(source))

    def add_held(self, held: KnownHeld) -> None:
        """Let a minor who waits be known by name and birthday."""
        self.held_ids.add(held.id)
        if held.born:
            self._held[hash((held.sort_name, held.born))] = held

    def held_for(self, person: Clean) -> KnownHeld | None:
        """Return the entry of the waiting list that is this person's."""
        for source in person.sources:
            found = self.by_source(source)
            if isinstance(found, KnownHeld) and found.sort_name == person.sort_name:
                return found
        found = self._held.get(hash((person.sort_name, person.born))) if person.born else None
        return None if found and found.state == HeldState.COMPLETED else found

    def has_name(self, person: Clean) -> bool:
        """Tell whether somebody of this name is known."""
        return hash(person.sort_name) in self._names

    def find(self, person: Clean, *, as_contact: bool = False, among: Iterable[Known] = ()) -> Known | None:
        """Return who this is, if they are known; `among` are the contacts of the client in question."""
        for source in person.sources:
            found = self.by_source(source)
            if isinstance(found, Known) and found.is_confirmed(person):
                return found
        for key in list(person.keys()):
            there = self._by_key.get(key)
            for known in there if isinstance(there, list) else (there,) if there else ():
                if known.is_recognized(person) and known.may_be(person, as_contact=as_contact):
                    return known
        for known in among:
            if known.sort_name == person.sort_name and known.may_be(person, as_contact=False):
                return known
        return None
