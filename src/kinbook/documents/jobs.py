"""Jobs of documents: runs of statements that go on step by step."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kinbook.documents.commands.runs import advance_statements
from kinbook.jobs.app import CLASH, app
from kinbook.team.queries import acting_for


@app.task(name="documents.continue_statements", retry=CLASH)
def continue_statements(practice_id: str, run_id: str, member_id: str | None) -> None:
    """Do the steps of a run that are left, each in a transaction of its own; killed, it goes on at the next step."""
    more = True
    while more:
        member = UUID(member_id) if member_id else None
        with acting_for(UUID(practice_id), member, now=datetime.now(UTC)) as viewer:
            more = advance_statements(viewer, run_id=UUID(run_id))
