"""Jobs of the audit log: the tables of the months ahead are there before their first entry."""

from __future__ import annotations

from django.db import connection

from kinbook.jobs.app import app


@app.periodic(cron="23 * * * *")
@app.task(name="audit.make_months", queueing_lock="audit.make_months")
def make_months(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Make the log's tables of the coming months; where it fails, entries go to the table for all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_audit_months_ahead()")
