"""Jobs of import: a file checked, a file imported; each is one transaction, done or not done."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import OperationalError
from procrastinate import RetryStrategy

from kinbook.exchange.commands.bringing import Busy
from kinbook.exchange.commands.running import check_file, fail_import, run_import
from kinbook.jobs.app import app
from kinbook.team.queries import acting_for
from kinbook.tenancy.beside import acting_beside
from kinbook.tenancy.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kinbook.exchange.commands.running import Progress
    from kinbook.tenancy.viewer import Viewer

AGAIN = RetryStrategy(max_attempts=100, wait=3, retry_exceptions={Busy, OperationalError})
"""While another file is being imported, and where the database was restarted: done again, from the beginning."""
OURS = (
    "Something went wrong on our side. Nothing was imported: try again; if it happens twice, tell whoever runs Kinbook."
)
EVERY = 0.5
TELL = "UPDATE exchange_importprogress SET done = %s, total = %s, at = now() WHERE file_id = %s"


@app.task(name="exchange.check", retry=AGAIN)
def check(practice_id: str, import_id: str, member_id: str | None) -> None:
    """Keep, row by row, what importing a file would do."""
    with _at_work(practice_id, import_id, member_id) as (viewer, progress):
        check_file(viewer, import_id=UUID(import_id), progress=progress)


@app.task(name="exchange.run", retry=AGAIN)
def run(practice_id: str, import_id: str, member_id: str | None) -> None:
    """Import a file; killed, nothing of it has come in, and it begins anew."""
    with _at_work(practice_id, import_id, member_id) as (viewer, progress):
        run_import(viewer, import_id=UUID(import_id), progress=progress)


@contextmanager
def _at_work(practice_id: str, import_id: str, member_id: str | None) -> Iterator[tuple[Viewer, Progress]]:
    """Open the job's transaction; what goes wrong in it is kept where the page shows it."""
    member = UUID(member_id) if member_id else None
    practice = UUID(practice_id)
    try:
        with acting_for(practice, member, now=datetime.now(UTC)) as viewer:
            yield viewer, _telling(viewer, import_id)
    except (Busy, OperationalError):
        raise
    except Exception as failed:
        sentence = failed.sentence if isinstance(failed, Refused) else OURS
        with acting_for(practice, None, now=datetime.now(UTC)) as rule:
            fail_import(rule, import_id=UUID(import_id), sentence=sentence)
        if not isinstance(failed, Refused):
            raise


def _telling(viewer: Viewer, import_id: str) -> Progress:
    """Return what tells how far the job is, at most twice a second."""
    told_at = monotonic() - EVERY

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if monotonic() - told_at < EVERY:
            return
        told_at = monotonic()
        with acting_beside(viewer) as beside, beside.cursor() as cursor:
            cursor.execute(TELL, [done, total, import_id])

    return tell
