"""Jobs of documents: runs of statements that go on step by step."""

from __future__ import annotations

from uuid import UUID

from kinbook.documents.commands.runs import advance_statements
from kinbook.jobs.app import CLASH, app
from kinbook.team.jobs import work_through


@app.task(name="documents.continue_statements", retry=CLASH)
def continue_statements(practice_id: str, run_id: str, member_id: str | None) -> None:
    """Do the steps of a run that are left, each in a transaction of its own; killed, it goes on at the next step."""
    work_through(practice_id, member_id, lambda viewer: advance_statements(viewer, run_id=UUID(run_id)))
