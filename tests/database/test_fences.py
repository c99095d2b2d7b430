"""The database itself keeps practices apart, and the portal shut: tried as the application's role, table by table."""

# ruff: noqa: S608 - the names in statements are the catalogue's own

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from kinbook.tenancy.viewer import ViewerKind
from tests.database.catalogue import (
    ADDED_TO,
    APPLICATION,
    INSTALLATION,
    OPENED,
    TABLES,
    ask,
    column_of,
    names,
    practice_tables,
)
from tests.database.conftest import acting

POLICIES = """
SELECT polname, polpermissive, polcmd::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
FROM pg_policy WHERE polrelid = %s::regclass AND %s::regrole = ANY (polroles) ORDER BY polname
"""


@pytest.fixture
def tables(two):
    """Every practice table; a test that loops over them names the table it fails for."""
    return practice_tables()


def refused(cursor, sql, values=()):
    """Return what was wrong with a statement; None where it was obeyed."""
    try:
        with transaction.atomic():
            cursor.execute(sql, values)
    except DatabaseError as wrong:
        return wrong.__cause__
    return None


def test_every_table_is_fenced_or_on_the_list(two):
    fenced = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind IN ('r', 'p')"
    assert set(names(TABLES)) - set(names(fenced)) == INSTALLATION


def test_every_fence_is_the_same(tables):
    for table in tables:
        mine = f"({column_of(table)} = ( SELECT kinbook_practice() AS kinbook_practice))"
        staff = "(( SELECT ((kinbook_portal_person() IS NULL))::integer AS int4) <> 0)"
        practice, portal = ask(POLICIES, [table, APPLICATION])
        assert practice == ("practice", True, "*", mine, mine), table
        assert portal[:3] == ("staff_only", False, "*"), table
        if table in OPENED:
            assert portal[3].startswith(f"({staff} OR "), table
        elif table in ADDED_TO:
            assert (portal[3], portal[4].startswith(f"({staff} OR ")) == (staff, True), table
        else:
            assert portal[3:] == (staff, None), table


def test_no_policy_speaks_to_everybody(two):
    assert names("SELECT polrelid::regclass::text FROM pg_policy WHERE 0 = ANY (polroles)") == []


def test_each_practice_has_a_row_in_every_table(tables, two):
    for table in tables:
        assert len(ask(f"SELECT DISTINCT {column_of(table)} FROM {table}")) == 2, table


def test_without_a_practice_there_are_no_rows(tables):
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_a_practice_sees_its_own_rows_only(tables, two):
    with acting(two.here) as cursor:
        for table in tables:
            cursor.execute(f"SELECT DISTINCT {column_of(table)} FROM {table}")
            assert cursor.fetchall() == [(two.here.practice_id,)], table


def test_nobody_writes_a_row_of_another_practice(tables, two):
    with acting(two.here) as cursor:
        for table in tables:
            theirs = f"jsonb_build_object('{column_of(table)}', %s::uuid)"
            copied = f"INSERT INTO {table} SELECT (jsonb_populate_record(kept, {theirs})).* FROM {table} kept LIMIT 1"
            assert isinstance(refused(cursor, copied, [two.there.practice_id]), InsufficientPrivilege), table


def test_nobody_changes_or_deletes_a_row_of_another_practice(tables, two):
    with acting(two.here) as cursor:
        for table in tables:
            where = f"WHERE {column_of(table)} = %s"
            for verb in (f"UPDATE {table} SET {column_of(table)} = {column_of(table)}", f"DELETE FROM {table}"):
                wrong = refused(cursor, f"{verb} {where}", [two.there.practice_id])
                assert isinstance(wrong, InsufficientPrivilege) or cursor.rowcount == 0, table


def test_nobody_gives_a_row_away_to_another_practice(tables, two):
    with acting(two.here) as cursor:
        for table in tables:
            given = f"UPDATE {table} SET {column_of(table)} = %s"
            assert isinstance(refused(cursor, given, [two.there.practice_id]), InsufficientPrivilege), table


def test_a_portal_person_reads_only_what_was_opened(tables, two):
    with acting(two.here, ViewerKind.PORTAL, two.here.people["ana"]) as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert table in OPENED or cursor.fetchone() == (0,), table


def test_a_portal_person_writes_nothing_that_was_not_opened(tables, two):
    own = [two.here.practice_id]
    rows = {
        each: ask(f"SELECT to_jsonb(kept)::text FROM {each} kept WHERE {column_of(each)} = %s", own) for each in tables
    }
    with acting(two.here, ViewerKind.PORTAL, two.here.people["ana"]) as cursor:
        for table in set(tables) - OPENED:
            wrong = refused(cursor, f"DELETE FROM {table}")
            assert isinstance(wrong, InsufficientPrivilege) or cursor.rowcount == 0, table
            copied = f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s)).*"
            assert isinstance(refused(cursor, copied, [rows[table][0][0]]), InsufficientPrivilege), table


def test_the_application_may_not_pass_over_the_fences(two):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("right", ["TRUNCATE", "REFERENCES", "TRIGGER"])
def test_no_table_gives_the_application_a_right_that_fences_do_not_bind(two, right):
    with connection.cursor() as cursor:
        for table in names(TABLES):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
            assert cursor.fetchone() == (False,), table
