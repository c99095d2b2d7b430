"""The job queue's application, and the retry that outside calls need."""

from __future__ import annotations

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

__all__ = ["CLASH", "OUTSIDE", "app", "enqueue"]

OUTSIDE = RetryStrategy(max_attempts=8, exponential_wait=5)
"""For calls that leave the machine: growing pauses, for about a day."""

CLASH = RetryStrategy(max_attempts=5, wait=2, retry_exceptions={OperationalError})
"""For work that may meet a deadlock, or a database that is restarting: done again from where it stands."""


def enqueue(task: str, in_seconds: int = 0, /, **ids: str | int | None) -> None:
    """Have a task done once the transaction is committed, or so much later; by name: commands import no jobs."""
    app.configure_task(task, schedule_in={"seconds": in_seconds} if in_seconds else None).defer(**ids)
