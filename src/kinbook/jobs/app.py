"""The job queue's application, and the retry that outside calls need."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

__all__ = ["OUTSIDE", "app", "enqueue"]

OUTSIDE = RetryStrategy(max_attempts=8, exponential_wait=5)
"""For calls that leave the machine: growing pauses, for about a day."""


def enqueue(task: str, **ids: str | int | None) -> None:
    """Have a task done once the transaction is committed; by name, so that commands need not import their jobs."""
    app.configure_task(task).defer(**ids)
