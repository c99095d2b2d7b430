"""`kinbook doctor`: what is looked at, what is bad, and what to do."""

from datetime import timedelta

import pytest
from django.db import connections

from kinbook.config import doctor
from kinbook.invoices.commands.send import send_invoice
from kinbook.mail.models import Letter
from tests.cli.installation import kinbook
from tests.money import invoiced


def states(found):
    return {each.name: each.state for each in found}


def worker(*, silent_for):
    """Enter a worker that showed a sign of life so long ago; returns its id."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [timedelta(seconds=silent_for)],
        )
        return cursor.fetchone()[0]


def job(status, **columns):
    named = {"task_name": "mail.send_letter", "queue_name": "default", "status": status, "args": "{}", **columns}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO procrastinate_jobs ({', '.join(named)}) VALUES ({', '.join(['%s'] * len(named))})",  # noqa: S608
            list(named.values()),
        )


def test_with_a_worker_everything_is_well(lasting_cast):
    worker(silent_for=1)
    found = states(doctor.findings())
    assert found.pop("mail") == "look"
    assert found.pop("disk") in {"good", "look"}
    assert set(found.values()) == {"good"}, found
    assert set(found) >= {
        *("database", "migrations", "role", "worker"),
        *("stalled jobs", "waiting jobs", "failed jobs", "letters", "audit log"),
    }


def test_without_a_worker_it_ends_with_1_and_says_what_to_do(lasting_cast):
    worker(silent_for=600)
    done = kinbook("doctor", "--json")
    assert (done.returncode, done.told["ok"]) == (1, False)
    (bad,) = [each for each in done.told["findings"] if each["state"] == "bad"]
    assert bad["name"] == "worker"
    assert "Run `kinbook serve`" in bad["says"]
    assert "BAD   worker: None is at work" in kinbook("doctor").stdout


def test_stalled_waiting_and_failed_jobs_are_counted(lasting_cast):
    job("doing", worker_id=worker(silent_for=600))
    job("failed")
    job("todo", scheduled_at="2026-01-01T00:00:00Z")
    found = states(doctor.findings())
    assert {found[name] for name in ("stalled jobs", "failed jobs", "waiting jobs")} == {"look"}


def test_failed_letters_are_counted(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        (invoice,) = invoiced(lasting_cast, viewer)
        send_invoice(viewer, invoice=invoice)
        Letter.objects.update(state="failed")
    (letters,) = [each for each in doctor.findings() if each.name == "letters"]
    assert (letters.state, letters.says.split()[0]) == ("look", "1")


def test_a_role_that_owns_tables_is_bad(lasting_cast):
    import os

    owner = kinbook("doctor", "--json", DATABASE_APP_URL=owner_url(os.environ["DATABASE_URL"]))
    (role,) = [each for each in owner.told["findings"] if each["name"] == "role"]
    assert role["state"] == "bad"


def owner_url(url):
    from kinbook.postgres.urls import with_database

    return with_database(url, connections["default"].settings_dict["NAME"])


def test_a_database_that_does_not_answer_is_bad():
    away = "postgresql://nobody:x@127.0.0.1:9/nowhere"
    done = kinbook("doctor", "--json", DATABASE_URL=away, DATABASE_APP_URL=away)
    assert done.returncode == 1
    assert done.told["findings"][0]["state"] == "bad"


@pytest.mark.parametrize(("free", "state"), [(100 << 30, "good"), (1 << 30, "look"), (100 << 20, "bad")])
def test_the_disk_is_judged_by_what_is_free(free, state):
    assert doctor.disk(free).state == state
