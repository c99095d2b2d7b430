"""Databases for tests: a rolled-back one by default, a committed one where transactions are the subject."""

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from tests.cast import Cast


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Made and migrated by the owner; the application's role, the default, looks at the same database."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        yield
        for connection in connections.all():
            connection.close()
        teardown_databases(made, verbosity=0)


@pytest.fixture
def cast(db) -> Cast:
    """A practice with the cast, in a transaction that is rolled back."""
    return Cast.enter()


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """The database as it is really used: what a test commits is emptied afterwards, by the owner."""
    with django_db_blocker.unblock():
        yield
        empty()


@pytest.fixture
def lasting_cast(committed) -> Cast:
    """A practice with the cast, committed."""
    return Cast.enter()


def empty() -> None:
    for connection in connections.all():
        connection.close()
    owner = connections["owner"]
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [table for table in owner.introspection.table_names() if table not in kept]
    with owner.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    owner.close()
