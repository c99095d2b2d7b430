"""Large files are the work of jobs: each is one transaction, with its progress told beside it."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from kinbook.exchange import jobs
from kinbook.exchange.commands import running
from kinbook.exchange.commands.running import start_import
from kinbook.exchange.models import Import, ImportFile, ImportProgress
from kinbook.people.models import Client, Party
from kinbook.tenancy.refused import Conflict
from tests.exchange.bringing import FAMILIES, GUESSED, SAID, meaning, upload
from tests.scheduling.visitor import Visitor


@pytest.fixture
def large(lasting_cast, monkeypatch):
    """A file that is a job's to check."""
    monkeypatch.setattr("kinbook.exchange.views.files.CHECKED_AT_ONCE", dict.fromkeys(["csv", "vcard", "fhir"], 0))
    monkeypatch.setattr("kinbook.exchange.views.files.IMPORTED_AT_ONCE", 0)
    monkeypatch.setattr("kinbook.exchange.jobs.EVERY", 0)
    owner = Visitor(lasting_cast, "owner")
    where = owner.post(upload(owner, FAMILIES)["Location"], meaning(GUESSED, **SAID))["Location"]
    return lasting_cast, owner, where


def work():
    """Do the jobs that wait, as the worker does; returns their names."""
    done = []
    for job in ProcrastinateJob.objects.filter(task_name__startswith="exchange.").order_by("id"):
        if job.pk not in WORKED:
            WORKED.add(job.pk)
            {"exchange.check": jobs.check, "exchange.run": jobs.run}[job.task_name](**job.args)
            done.append(job.task_name)
    return done


WORKED = set()


def state(cast):
    with cast.as_("owner"):
        return Import.objects.get().state, Client.objects.count()


def test_a_large_file_is_checked_and_imported_by_jobs(large):
    cast, owner, where = large
    assert "Looking at what will happen" in owner.get(where).content.decode()
    assert owner.get(f"{where}progress/").status_code == 200
    assert work() == ["exchange.check"]
    assert owner.get(f"{where}progress/")["HX-Refresh"] == "true"
    owner.post(f"{where}run/")
    assert "Importing" in owner.get(where).content.decode()
    assert work() == ["exchange.run"]
    assert state(cast) == ("imported", 3)


def test_progress_is_seen_before_the_jobs_transaction_ends(large, monkeypatch):
    cast, _, _ = large
    seen = []

    def looking(viewer, import_id, steps, *, done):
        with Beside(cast) as cursor:
            cursor.execute("SELECT done, total FROM exchange_importprogress")
            seen.append(cursor.fetchone())

    monkeypatch.setattr(running, "write_steps", looking)
    monkeypatch.setattr("kinbook.exchange.planning.plan.AT_ONCE", 2)
    work()
    assert seen[0] == (0, 0)
    assert seen[-1][0] > 0
    with cast.as_("owner"):
        assert ImportProgress.objects.get().done == 6


class Beside:
    """Another connection, as a page's is."""

    def __init__(self, cast):
        self.cast = cast

    def __enter__(self):
        self.other = connection.copy()
        cursor = self.other.cursor()
        cursor.execute("SELECT set_config('kinbook.practice', %s, false)", [str(self.cast.practice_id)])
        return cursor

    def __exit__(self, *_):
        self.other.close()


def test_an_import_that_breaks_off_leaves_nothing_and_says_so(large, monkeypatch):
    cast, owner, where = large
    work()
    owner.post(f"{where}run/")
    really = running.write_steps

    def breaking(*args, **kwargs):
        really(*args, **kwargs)
        raise RuntimeError

    monkeypatch.setattr(running, "write_steps", breaking)
    with pytest.raises(RuntimeError):
        work()
    assert state(cast) == ("failed", 0)
    with cast.as_("owner"):
        assert (Party.objects.count(), ImportFile.objects.count()) == (0, 1)
    assert "Nothing was imported" in owner.get(where).content.decode()
    monkeypatch.setattr(running, "write_steps", really)
    owner.post(f"{where}check/")
    work()
    owner.post(f"{where}run/")
    work()
    assert state(cast) == ("imported", 3)


def test_a_job_done_twice_imports_once(large):
    cast, owner, where = large
    work()
    owner.post(f"{where}run/")
    work()
    found = ProcrastinateJob.objects.get(task_name="exchange.run")
    jobs.run(**found.args)
    assert state(cast) == ("imported", 3)


def test_a_file_whose_check_is_under_way_cannot_be_imported(large):
    cast, _, _ = large
    with cast.as_("owner") as viewer, pytest.raises(Conflict):
        start_import(viewer, import_id=Import.objects.get().pk)


def test_while_one_file_is_imported_another_waits(large):
    cast, owner, where = large
    work()
    owner.post(f"{where}run/")
    found = ProcrastinateJob.objects.get(task_name="exchange.run")
    with Beside(cast) as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"import {cast.practice_id}"])
        with pytest.raises(jobs.Busy):
            jobs.run(**found.args)
    assert state(cast) == ("running", 0)
    jobs.run(**found.args)
    assert state(cast) == ("imported", 3)
