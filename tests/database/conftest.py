"""Two practices with a row in every table, committed once for a file of tests."""

from collections import namedtuple
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.cast import ELSEWHERE, Cast
from tests.conftest import empty, make_room
from tests.database.catalogue import fill, practice_tables
from tests.messaging.family import tell_everything
from tests.money import invoiced, pay

Two = namedtuple("Two", "here there")  # noqa: PYI024 - two names


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        make_room()
        both = Two(Cast.enter(), Cast.enter(ELSEWHERE, "elsewhere.example"))
        for cast in both:
            with cast.as_("owner") as viewer:
                invoiced(cast, viewer, 2, 9)
                pay(cast, viewer, "ana", 50_00)
            tell_everything(cast)
            for table in practice_tables():
                fill(table, cast.practice_id)
        connections["owner"].close()
        yield both
        empty()


@contextmanager
def acting(cast, kind=ViewerKind.MEMBER, who=None):
    """Speak raw SQL as the application does for a viewer of a practice, and leave no trace."""
    identity = Identity(cast.practice_id, kind, who or cast.members["owner"])
    with acting_as(identity), connection.cursor() as cursor:
        yield cursor
        transaction.set_rollback(True)
