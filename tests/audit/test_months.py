"""The log lies in a table a month: made ahead, and what no month takes is taken all the same."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection

from kinbook.audit.jobs import make_months
from kinbook.audit.models import Entry
from kinbook.audit.record import record
from tests.audit.test_seals import behind
from tests.database.catalogue import ask, names

MONTHS = """
SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass ORDER BY 1
"""
WHERE = "SELECT DISTINCT tableoid::regclass::text FROM audit_entry WHERE action = %s"


def month(ahead=0):
    today = datetime.now(UTC)
    years, place = divmod(today.month - 1 + ahead, 12)
    return f"kinbook_audit.entry_{today.year + years}_{place + 1:02}"


def id_of(instant):
    return uuid.UUID(int=int(instant.timestamp() * 1000) << 80 | 7 << 76)


def test_this_month_and_the_coming_ones_are_there(committed):
    assert {month(0), month(1), month(2), month(3), "kinbook_audit.entry_other"} <= set(names(MONTHS))


def test_an_entry_lies_in_its_month(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        record(viewer, "told.once")
    assert names(WHERE, ["told.once"]) == [month()]


def put(cast, instant):
    with cast.as_("owner") as viewer:
        Entry.objects.create(
            id=id_of(instant),
            practice_id=viewer.practice_id,
            at=viewer.now,
            viewer_kind="member",
            viewer_id=viewer.id,
            action="told.once",
        )


@pytest.mark.parametrize("year", [1971, 2199])
def test_an_entry_of_an_unlikely_time_is_taken_too(lasting_cast, year):
    put(lasting_cast, datetime(year, 5, 5, tzinfo=UTC))
    assert names(WHERE, ["told.once"]) == ["kinbook_audit.entry_other"]
    with lasting_cast.as_("owner"):
        assert Entry.objects.filter(action="told.once").count() == 1


@pytest.fixture
def without_the_third_month(committed):
    gone = month(3)
    behind(f"DROP TABLE {gone}")
    yield gone
    if gone not in names(MONTHS):
        make_months.func(0)


def test_the_job_makes_what_is_missing_and_is_safe_to_run_again(without_the_third_month):
    make_months.func(0)
    make_months.func(0)
    assert without_the_third_month in names(MONTHS)
    assert ask("SELECT has_table_privilege('kinbook_application', %s, 'SELECT')", [without_the_third_month]) == [
        (False,)
    ]


def test_a_month_that_began_among_the_others_stays_there(without_the_third_month, lasting_cast):
    _, year, number = without_the_third_month.rsplit("_", 2)
    put(lasting_cast, datetime(int(year), int(number), 2, tzinfo=UTC))
    make_months.func(0)
    assert without_the_third_month not in names(MONTHS)
    behind("DELETE FROM audit_entry WHERE action = 'told.once'")


def test_the_application_reaches_the_months_through_the_log_only(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('kinbook_audit', 'USAGE')")
        assert cursor.fetchone() == (False,)
