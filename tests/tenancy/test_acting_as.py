"""One transaction, one practice, one viewer."""

import pytest
from django.db import connection

from kinbook.people.models import Client
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests.cast import ELSEWHERE, Cast

NAMED = (
    "SELECT current_setting('kinbook.practice', true), current_setting('kinbook.viewer', true),"
    " current_setting('kinbook.portal_person', true)"
)


def identity(cast, kind=ViewerKind.MEMBER):
    return Identity(cast.practice_id, kind, cast.members["owner"])


def named():
    with connection.cursor() as cursor:
        cursor.execute(NAMED)
        return [name or "" for name in cursor.fetchone()]


def test_nobody_changes_viewer_half_way(cast):
    with acting_as(identity(cast)), pytest.raises(RuntimeError, match="durable"), acting_as(identity(cast)):
        pass


def test_the_database_knows_who_acts_and_where(cast):
    who = identity(cast)
    with acting_as(who):
        assert named() == [str(cast.practice_id), f"member:{who.id}", ""]


def test_a_portal_person_is_named_as_one(cast):
    who = identity(cast, ViewerKind.PORTAL)
    with acting_as(who):
        assert named() == [str(cast.practice_id), f"portal:{who.id}", str(who.id)]


def test_the_names_end_with_the_transaction(lasting_cast):
    with acting_as(identity(lasting_cast)):
        pass
    assert named() == ["", "", ""]


def failing(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        raise ZeroDivisionError


def test_what_fails_leaves_neither_names_nor_rows(lasting_cast):
    with pytest.raises(ZeroDivisionError):
        failing(lasting_cast)
    assert named() == ["", "", ""]
    with lasting_cast.as_("owner"):
        assert not Client.objects.exists()


def test_after_one_practice_comes_another_on_the_same_connection(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        lasting_cast.child(viewer)
    there = Cast.enter(ELSEWHERE, "elsewhere.example")
    with there.as_("owner"):
        assert not Client.objects.exists()
    assert not Client.objects.exists()
