"""Jobs that read across: counts are folded, seals sent outside, and accounts of who left are closed."""

from __future__ import annotations

from datetime import UTC, datetime

from kinbook.jobs.app import app
from kinbook.overview.commands.audit_head import send_head
from kinbook.tallies.fold import fold_tallies
from kinbook.team.commands.leaving import finish_departures as close_accounts
from kinbook.team.queries import acting_for, practice_ids


@app.periodic(cron="*/5 * * * *")
@app.task(name="overview.fold_counts", queueing_lock="overview.fold_counts")
def fold_counts(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Fold the steps of every practice's counts into one row a kind and date."""
    for practice_id in practice_ids():
        with acting_for(practice_id, None, now=datetime.now(UTC)):
            fold_tallies(practice_id)


@app.periodic(cron="41 * * * *")
@app.task(name="overview.send_audit_heads", queueing_lock="overview.send_audit_heads")
def send_audit_heads(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Mail each practice's newest seal to the address it chose, once a day of the practice."""
    for practice_id in practice_ids():
        with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer:
            send_head(viewer)


@app.periodic(cron="11 * * * *")
@app.task(name="overview.finish_departures", queueing_lock="overview.finish_departures")
def finish_departures(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Close the accounts of members whose last day is over, practice by practice."""
    for practice_id in practice_ids():
        with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer:
            close_accounts(viewer)
