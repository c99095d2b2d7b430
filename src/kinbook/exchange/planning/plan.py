"""A file's records decided a stretch at a time, each with what it writes: the same for a dry run and for the deed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kinbook.exchange.planning.batch import Batch
from kinbook.exchange.planning.deciding import decide_client, decide_contact
from kinbook.exchange.planning.entering import Plan
from kinbook.exchange.planning.loading import learn
from kinbook.exchange.planning.preparing import prepare
from kinbook.people.queries import folded
from kinbook.team.queries import clinicians_to_be

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from kinbook.exchange.planning.batch import Step
    from kinbook.exchange.reading.record import Reading, Record
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 1000
"""Records decided together: few enough for memory, many enough that queries do not count."""


def plan_file(viewer: Viewer, reading: Reading) -> Iterator[tuple[list[Step], Batch]]:
    """Return, stretch by stretch, what happens with the records of a file and what that writes.

    Who was decided on earlier in the file is known further down, written or not.
    """
    plan = Plan(viewer, clinicians(viewer))
    records = reading.records()
    while stretch := list(islice(records, AT_ONCE)):
        prepared = [prepare(record, viewer.today, as_client=_is_client(record, reading)) for record in stretch]
        people = [person for each in prepared for person in each.everyone()]
        ties = [tie.client for each in prepared for tie in each.record.ties]
        learn(viewer, plan.directory, people, ties)
        plan.batch = Batch()
        steps = [
            (decide_client if _is_client(each.record, reading) else decide_contact)(plan, each) for each in prepared
        ]
        yield steps, plan.batch


def _is_client(record: Record, reading: Reading) -> bool:
    return reading.as_clients and not record.only_contact and not record.person.organization


def clinicians(viewer: Viewer) -> dict[str, UUID | None]:
    """Return who treats clients by every name a file may call them; a name that two have means neither."""
    found: dict[str, UUID | None] = {}
    for member in clinicians_to_be(viewer):
        first, last, title = folded(member.first_name), folded(member.last_name), folded(member.title)
        names = {f"{first} {last}", f"{last} {first}", f"{title} {first} {last}", f"{title} {last}", member.email}
        for name in {" ".join(each.split()) for each in names}:
            found[name] = None if name in found else member.pk
    return found
