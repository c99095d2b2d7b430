"""Jobs whose worker was killed are done again: each of ours is safe to run twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from kinbook.jobs.app import app

if TYPE_CHECKING:
    from procrastinate import JobContext

MOST_TRIES = 10
"""A job that takes its worker down with it every time is given up, where `kinbook doctor` shows it."""


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have the jobs of workers that show no sign of life done by another."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        if job.attempts >= MOST_TRIES:
            await jobs.finish_job(job, status=Status.FAILED, delete_job=False)
            continue
        try:
            await jobs.retry_job(job)
        except UniqueViolation:  # a job of the clock whose next turn waits already
            await jobs.finish_job(job, status=Status.FAILED, delete_job=True)
