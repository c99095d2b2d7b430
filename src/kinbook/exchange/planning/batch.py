"""What a stretch of records writes, and what is told of each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kinbook.people.commands.many import Filling

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.exchange.models import Outcome
    from kinbook.exchange.reading.record import Problem, Source
    from kinbook.people.commands.many import NewClient, NewContact, NewParty


@dataclass(frozen=True, slots=True)
class Step:
    """What happens with one record, in words and as an outcome."""

    line: int
    outcome: Outcome
    name: str
    told: str
    problems: tuple[Problem, ...] = ()
    client_id: UUID | None = None
    more_lines: tuple[int, ...] = ()
    original: Any = None


@dataclass(frozen=True, slots=True)
class NewHeld:
    """A minor to hold until a contact is named."""

    id: UUID
    line: int
    name: str
    sort_name: str
    born: Any
    told: Any


@dataclass(slots=True)
class Batch:
    """Everything a stretch of records writes; empty where a dry run only asks."""

    parties: list[NewParty] = field(default_factory=list)
    fillings: dict[UUID, Filling] = field(default_factory=dict)
    clients: list[NewClient] = field(default_factory=list)
    contacts: list[NewContact] = field(default_factory=list)
    payers: list[tuple[UUID, UUID]] = field(default_factory=list)
    sources: list[tuple[Source, UUID | None, UUID | None]] = field(default_factory=list)
    held: list[NewHeld] = field(default_factory=list)
    completed: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)
    archived: list[UUID] = field(default_factory=list)
    told_of_clients: dict[UUID, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def filling(self, party_id: UUID, *, emails_from: int, phones_from: int) -> Filling:
        """Return what somebody known is given in this stretch."""
        if party_id not in self.fillings:
            self.fillings[party_id] = Filling(party_id, emails_from=emails_from, phones_from=phones_from)
        return self.fillings[party_id]


@dataclass(slots=True)
class Counts:
    """How many records did what, and whom they brought."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    refused: int = 0
    new_clients: int = 0
    new_contacts: int = 0

    def add(self, steps: list[Step], batch: Batch) -> None:
        """Count a stretch."""
        for step in steps:
            setattr(self, step.outcome.value, getattr(self, step.outcome.value) + 1)
        self.new_clients += len(batch.clients)
        own = {each.party_id for each in batch.clients}
        self.new_contacts += sum(each.id not in own for each in batch.parties)

    def columns(self) -> dict[str, Any]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in self.__slots__}
