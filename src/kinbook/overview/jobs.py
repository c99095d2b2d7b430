"""Jobs of the screens that read across: the counts they show are folded, so that reading them stays quick."""

from __future__ import annotations

from datetime import UTC, datetime

from kinbook.jobs.app import app
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


@app.periodic(cron="11 * * * *")
@app.task(name="overview.finish_departures", queueing_lock="overview.finish_departures")
def finish_departures(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Close the accounts of members whose last day is over, practice by practice."""
    for practice_id in practice_ids():
        with acting_for(practice_id, None, now=datetime.now(UTC)) as viewer:
            close_accounts(viewer)
