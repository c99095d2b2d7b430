"""Jobs of invoicing: runs that go on step by step, and the automatic run at each practice's midnight."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kinbook.invoices.commands.automatic import start_automatic_run
from kinbook.invoices.commands.runs import advance_run, continue_later, void_some_of_run
from kinbook.jobs.app import app
from kinbook.team.queries import acting_for, practice_ids

VOID_REASON = "The run was voided"


@app.task(name="invoices.continue_run", queueing_lock=None)
def continue_run(practice_id: str, run_id: str, member_id: str | None) -> None:
    """Do the steps of a run that are left; killed, it goes on at the next step."""
    more = True
    while more:
        with acting_for(UUID(practice_id), _id(member_id), now=datetime.now(UTC)) as viewer:
            more = advance_run(viewer, run_id=UUID(run_id))


@app.task(name="invoices.void_run")
def void_run(practice_id: str, run_id: str, member_id: str | None) -> None:
    """Void what a run made, some invoices at a time."""
    more = True
    while more:
        with acting_for(UUID(practice_id), _id(member_id), now=datetime.now(UTC)) as viewer:
            more = void_some_of_run(viewer, run_id=UUID(run_id), reason=VOID_REASON)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


@app.periodic(cron="*/5 * * * *")
@app.task(name="invoices.at_midnight")
def at_midnight(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Start the run of each practice whose day has ended and whose invoices make themselves daily."""
    for practice_id in practice_ids():
        with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer:
            run = start_automatic_run(viewer)
            if run:
                continue_later(run)
