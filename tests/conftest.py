"""Databases for tests: a rolled-back one by default, a committed one where transactions are the subject."""

import copy
import fcntl
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from tests import migrated
from tests.cast import Cast

Entered = TypeVar("Entered")


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no process waits for it at the end; a folder's tests stay together.

    They share what stands in the database. Which folder comes first, and which test in it, stays as it was shuffled.
    """
    folders: dict[Path, int] = {}
    for item in items:
        folders.setdefault(item.path.parent, len(folders))
    longest = ("browser", "slow")
    items.sort(
        key=lambda item: ([item.get_closest_marker(each) is None for each in longest], folders[item.path.parent])
    )


def pytest_collection_finish():
    """Look seldom for rubbish, and never at what was loaded, which stays: the search itself is what takes long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A copy of the migrated one, the owner's; the application's role, the default, looks at the same database."""
    settings = connections["owner"].settings_dict
    settings["TEST"]["TEMPLATE"] = settings["NAME"]
    migrate_once()
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        yield
        for connection in connections.all():
            connection.close()
        teardown_databases(made, verbosity=0)


standing: dict[Callable[[], Any], Any] = {}
"""What was entered once for many tests, by what entered it, until one of them needs the database otherwise."""


def stand(enter: Callable[[], Entered]) -> Entered:
    """Return what `enter` enters, committed, where it does not stand already; a test's own changes are rolled back."""
    if enter not in standing:
        make_room()
        standing[enter] = enter()
    return standing[enter]


@pytest.fixture
def cast(entered, db) -> Cast:
    """A practice with the cast; what the test does with it is rolled back."""
    return copy.deepcopy(entered)


def migrate_once() -> None:
    """Migrate the database that each process copies: the first to come does, the others wait for it."""
    done = Path(os.environ["KINBOOK_HOME"], "migrated")
    with done.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            migrated.bring()
            done.touch()


@pytest.fixture
def entered(django_db_setup, django_db_blocker) -> Cast:
    """Enter the cast, committed, where it does not stand already."""
    with django_db_blocker.unblock():
        return stand(Cast.enter)


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """The database as it is really used: what a test commits is emptied afterwards, by the owner."""
    with django_db_blocker.unblock():
        make_room()
        yield
        empty()


@pytest.fixture
def lasting_cast(committed) -> Cast:
    """A practice with the cast, committed, and the test's own."""
    return Cast.enter()


def make_room() -> None:
    """Empty the database for a test that commits, where something stands."""
    if standing:
        empty()


def empty() -> None:
    standing.clear()
    for connection in connections.all():
        connection.close()
    owner = connections["owner"]
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [table for table in owner.introspection.table_names() if table not in kept]
    with owner.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    owner.close()
