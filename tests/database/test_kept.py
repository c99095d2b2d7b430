"""What was written stays: the journal, the audit log, issued documents; and the journal balances, whoever posts."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from psycopg.errors import InsufficientPrivilege

from kinbook.tenancy.viewer import ViewerKind
from tests.database.catalogue import KEPT, ask, names
from tests.database.conftest import acting

NEVER_CHANGED = [
    "audit_entry",
    "audit_seal",
    "cards_chargepart",
    "cards_told",
    "documents_approval",
    "documents_document",
    "documents_documentclient",
    "documents_opening",
    "documents_release",
    "documents_sending",
    "invoices_allocation",
    "invoices_creditnote",
    "invoices_creditnoteline",
    "invoices_creditnotevoid",
    "invoices_delivery",
    "invoices_invoice",
    "invoices_invoiceline",
    "invoices_latefee",
    "invoices_succession",
    "invoices_void",
    "invoices_writeoff",
    "ledger_closing",
    "ledger_entry",
    "ledger_line",
    "ledger_reopening",
    "messaging_attachment",
    "messaging_message",
    "messaging_seen",
    "papers_letterhead",
    "payments_payment",
    "payments_refund",
    "payments_reversal",
]
KEPT_BY_TRIGGERS = ["invoices_standing", "ledger_balance"]
ENTRY = "INSERT INTO ledger_entry (id, practice_id, event, on_date, posted_at, posted_by, note) VALUES (%s, %s, 'by hand', %s, now(), '', '')"
LINE = "INSERT INTO ledger_line (id, practice_id, entry_id, account, cents, payer_id, on_date, method) VALUES (%s, %s, %s, %s, %s, %s, %s, '')"
FINISH = "SET CONSTRAINTS ALL IMMEDIATE"


def test_the_list_is_what_the_database_keeps(two):
    assert names(KEPT) == NEVER_CHANGED


@pytest.mark.parametrize("table", NEVER_CHANGED + KEPT_BY_TRIGGERS)
@pytest.mark.parametrize("verb", ["UPDATE {} SET practice_id = practice_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_application_never_alters_what_was_written(two, table, verb):
    with acting(two.here) as cursor, pytest.raises(DatabaseError) as wrong, transaction.atomic():
        cursor.execute(verb.format(table))
    assert isinstance(wrong.value.__cause__, InsufficientPrivilege)


@pytest.mark.parametrize("table", NEVER_CHANGED)
@pytest.mark.parametrize("verb", ["UPDATE {} SET practice_id = practice_id", "DELETE FROM {}"])
def test_not_even_the_owner_of_the_database_alters_it_by_accident(two, table, verb):
    owner = connections["owner"]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic("owner"), owner.cursor() as cursor:
        cursor.execute(verb.format(table))


def post(cursor, cast, *cents, entry=None, on=date(2026, 11, 18)):
    """Post lines to receivable and income, past the program."""
    made = entry or uuid4()
    if entry is None:
        cursor.execute(ENTRY, [made, cast.practice_id, date(2026, 11, 18)])
    for account, each in zip(("receivable", "income", "income"), cents, strict=False):
        cursor.execute(LINE, [uuid4(), cast.practice_id, made, account, each, cast.people["ana"], on])
    return made


@pytest.mark.parametrize("cents", [(100, -100), (100, -60, -40)])
def test_an_entry_that_sums_to_zero_is_taken(two, cents):
    with acting(two.here) as cursor:
        post(cursor, two.here, *cents)
        cursor.execute(FINISH)


@pytest.mark.parametrize("cents", [(), (100,), (100, -99), (100, -60, -41)])
def test_an_entry_that_does_not_is_refused(two, cents):
    with acting(two.here) as cursor, transaction.atomic():
        post(cursor, two.here, *cents)
        with pytest.raises(IntegrityError, match="sum to zero"):
            cursor.execute(FINISH)
        transaction.set_rollback(True)


def test_a_line_bears_the_date_of_its_entry(two):
    with acting(two.here) as cursor, transaction.atomic():
        with pytest.raises(IntegrityError, match="the date of its entry"):
            post(cursor, two.here, 100, -100, on=date(2026, 11, 17))
        transaction.set_rollback(True)


@pytest.fixture
def portal_posts(two):
    """Let portal persons add to the journal, which they still cannot read."""
    with connections["owner"].cursor() as cursor:
        for table in ("ledger_entry", "ledger_line"):
            cursor.execute(f"ALTER POLICY staff_only ON {table} WITH CHECK (true)")
    yield
    staff = "(SELECT (kinbook_portal_person() IS NULL)::int) <> 0"
    with connections["owner"].cursor() as cursor:
        for table in ("ledger_entry", "ledger_line"):
            cursor.execute(f"DROP POLICY staff_only ON {table}")
            cursor.execute(f"CREATE POLICY staff_only ON {table} AS RESTRICTIVE TO kinbook_application USING ({staff})")
    connections["owner"].close()


@pytest.mark.parametrize(("cents", "stands"), [((100, -100), True), ((100, -99), False)])
def test_a_parents_own_entry_is_judged_by_all_its_lines(portal_posts, two, cents, stands):
    with acting(two.here, ViewerKind.PORTAL, two.here.people["ana"]) as cursor:
        post(cursor, two.here, *cents)
        cursor.execute("SELECT count(*) FROM ledger_line")
        assert cursor.fetchone() == (0,), "they post, and read nothing"
        if stands:
            cursor.execute(FINISH)
            return
        with pytest.raises(IntegrityError, match="sum to zero"):
            cursor.execute(FINISH)
        transaction.set_rollback(True)


def test_an_entry_takes_no_lines_after_its_transaction(two):
    with acting(two.here) as cursor:
        cursor.execute("SELECT id FROM ledger_entry LIMIT 1")
        known = cursor.fetchone()[0]
        with pytest.raises(IntegrityError, match="no lines after"), transaction.atomic():
            post(cursor, two.here, 5, -5, entry=known)


def test_an_entry_takes_no_lines_of_another_practice(two):
    there = ask("SELECT id FROM ledger_entry WHERE practice_id = %s LIMIT 1", [two.there.practice_id])[0][0]
    with acting(two.here) as cursor, pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
        post(cursor, two.here, 5, -5, entry=there)


def test_balances_are_the_sums_of_their_lines(two):
    sums = "SELECT payer_id, client_id, account, sum(cents)::bigint FROM ledger_line WHERE account IN ('receivable', 'credit') GROUP BY 1, 2, 3"
    with acting(two.here) as cursor:
        for cents in ((100, -100), (-30, 30), (7, -7)):
            post(cursor, two.here, *cents)
        cursor.execute(f"{sums} HAVING sum(cents) <> 0 ORDER BY 1, 2, 3")
        lines = cursor.fetchall()
        cursor.execute(
            "SELECT payer_id, client_id, account, cents FROM ledger_balance WHERE cents <> 0"
            " AND payer_id IN (SELECT payer_id FROM ledger_line) ORDER BY 1, 2, 3"
        )
        assert cursor.fetchall() == lines
        assert lines


def test_an_issued_invoice_takes_no_more_lines(two):
    with acting(two.here) as cursor, pytest.raises(IntegrityError, match="no more lines"), transaction.atomic():
        cursor.execute(
            "INSERT INTO invoices_invoiceline SELECT (jsonb_populate_record(line,"
            " jsonb_build_object('id', gen_random_uuid(), 'position', 99))).* FROM invoices_invoiceline line LIMIT 1"
        )
