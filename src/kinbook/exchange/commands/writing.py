"""Writing what was decided of a stretch of records: a few statements, within the one transaction of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from kinbook.audit.record import record_for_clients
from kinbook.exchange.models import Held, HeldState, ImportRow, Outcome, Source
from kinbook.exchange.reading.opening import as_text
from kinbook.people.commands.many import add_clients, add_contacts, add_parties, fill_parties
from kinbook.people.models import Client, ClientStatus
from kinbook.people.queries import lock_clients
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id
from kinbook.whopays.commands.arrange import pay_from_the_beginning
from kinbook.whopays.commands.forecast import rewrite_forecast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.exchange.planning.batch import Batch, Step
    from kinbook.tenancy.viewer import Viewer

SOURCE = ("id", "practice_id", "system", "value", "party_id", "held_id")
HELD = ("id", "practice_id", "file_id", "line", "name", "sort_name", "born", "told", "state", "held_at", "settled_by")
ROW = (
    "id",
    "practice_id",
    "file_id",
    "line",
    "more_lines",
    "outcome",
    "name",
    "told",
    "notes",
    "client_id",
    "original",
)
COMPLETE = """
WITH done AS (
  UPDATE exchange_held AS held
  SET state = 'completed', settled_at = %(now)s, settled_by = %(name)s, client_id = new.client_id
  FROM unnest(%(held)s::uuid[], %(clients)s::uuid[]) AS new (id, client_id)
  WHERE held.practice_id = %(practice)s AND held.id = new.id
)
UPDATE exchange_source AS source SET party_id = new.party_id, held_id = NULL
FROM unnest(%(held)s::uuid[], %(parties)s::uuid[]) AS new (id, party_id)
WHERE source.practice_id = %(practice)s AND source.held_id = new.id
"""


def write_batch(viewer: Viewer, file_id: UUID | None, batch: Batch) -> None:
    """Write everything that was decided of a stretch."""
    known_clients = {each.client_id for each in batch.contacts} - {each.id for each in batch.clients}
    changed = [*known_clients, *batch.archived]
    lock_clients(changed)
    add_parties(viewer, batch.parties)
    fill_parties(viewer, list(batch.fillings.values()))
    add_clients(viewer, batch.clients)
    add_contacts(viewer, batch.contacts)
    pay_from_the_beginning(viewer, batch.payers)
    if batch.archived:
        Client.objects.filter(pk__in=batch.archived).update(status=ClientStatus.ARCHIVED)
    _write_held(viewer, file_id, batch)
    insert_rows(
        Source,
        SOURCE,
        [
            (new_id(), viewer.practice_id, source.system, source.value, party_id, held_id)
            for source, party_id, held_id in batch.sources
        ],
    )
    if known_clients:
        rewrite_forecast(viewer, known_clients)
    for action in ("client.added", "client.changed"):
        told = [(client_id, details) for client_id, (each, details) in batch.told_of_clients.items() if each == action]
        record_for_clients(viewer, action, told)


def _write_held(viewer: Viewer, file_id: UUID | None, batch: Batch) -> None:
    rows = [
        (
            each.id,
            viewer.practice_id,
            file_id,
            each.line,
            each.name,
            each.sort_name,
            each.born,
            each.told,
            HeldState.WAITING.value,
            viewer.now,
            "",
        )
        for each in batch.held
    ]
    insert_rows(Held, HELD, rows)
    complete_many(viewer, batch.completed)


def complete_many(viewer: Viewer, completed: Sequence[tuple[UUID, UUID, UUID]]) -> None:
    """Take people off the waiting list (held id, person id, client id); what named them names the person now."""
    if completed:
        values: dict[str, Any] = {
            "held": [each[0] for each in completed],
            "parties": [each[1] for each in completed],
            "clients": [each[2] for each in completed],
            "now": viewer.now,
            "name": viewer.name,
            "practice": viewer.practice_id,
        }
        with connection.cursor() as cursor:
            cursor.execute(COMPLETE, values)


def write_steps(viewer: Viewer, file_id: UUID, steps: Sequence[Step], *, done: bool) -> None:
    """Keep what became of records, or what would; a client that would be made has no page yet."""
    made = {Outcome.CREATED} if not done else set()
    rows = [
        (
            new_id(),
            viewer.practice_id,
            file_id,
            step.line,
            list(step.more_lines),
            step.outcome.value,
            step.name[:200],
            step.told[:2000],
            [[problem.field, problem.reason] for problem in step.problems],
            None if step.outcome in made else step.client_id,
            as_text(step.original) if step.original is not None else "",
        )
        for step in steps
    ]
    insert_rows(ImportRow, ROW, rows)
