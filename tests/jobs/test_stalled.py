"""A killed worker's jobs are done by the next one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kinbook.jobs.stalled import MOST_TRIES, retry_stalled
from tests.cli.test_doctor import job, worker

pytestmark = pytest.mark.usefixtures("committed")


def once():
    """Do what the job does every minute, as the worker does it."""

    async def main():
        connector = app.connector.get_worker_connector()
        with app.replace_connector(connector) as worker_app:
            async with worker_app.open_async():

                class Context:
                    app = worker_app

                await retry_stalled.func(Context, 0)

    with ThreadPoolExecutor() as aside:  # where the browser's event loop does not run already
        aside.submit(asyncio.run, main()).result()


def left():
    return [(each.status, each.attempts) for each in ProcrastinateJob.objects.order_by("id")]


def test_a_job_of_a_silent_worker_waits_again():
    job("doing", worker_id=worker(silent_for=120))
    once()
    assert left() == [("todo", 1)]


def test_a_job_of_a_worker_that_was_forgotten_waits_again():
    job("doing")
    once()
    assert left() == [("todo", 1)]


def test_a_job_at_work_is_left_alone():
    job("doing", worker_id=worker(silent_for=5))
    once()
    assert left() == [("doing", 0)]


def test_a_job_that_takes_every_worker_down_is_given_up():
    job("doing", attempts=MOST_TRIES)
    once()
    assert left()[0][0] == "failed"


def test_a_job_of_the_clock_whose_next_turn_waits_already_holds_up_no_other():
    job("doing", queueing_lock="fold")
    job("todo", queueing_lock="fold")
    job("doing")
    once()
    assert left() == [("todo", 0), ("todo", 1)]


def test_both_watchmen_are_on_the_clock():
    names = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
    assert {"jobs.retry_stalled", "overview.fold_counts", "invoices.at_midnight"} <= names
