"""`kinbook ledger verify` finds every figure that is not what the journal and the facts say."""

from datetime import date

import pytest
from django.db import connections

from kinbook.config.verify import differences
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.commands.write_off import write_off
from kinbook.payments.commands import reverse_payment
from kinbook.tenancy.models import Practice
from tests.cast import nov
from tests.money import invoiced, pay, promises_hold, split

CHANGES = {
    "entries sum to zero": "UPDATE ledger_line SET cents = cents + 1 WHERE account = 'income'",
    "lines bear the date of their entry": "UPDATE ledger_line SET on_date = on_date + 1 WHERE account = 'income'",
    "balances are sums of lines": "UPDATE ledger_balance SET cents = cents + 1 WHERE account = 'receivable'",
    "what is due on invoices": "UPDATE invoices_standing SET due_cents = due_cents + 1 WHERE due_cents > 0",
    "invoices are their lines": "UPDATE invoices_invoice SET total_cents = total_cents + 1",
    "numbers have no gaps": "UPDATE invoices_invoice SET number = number + 1 WHERE number = 2",
    "every share is invoiced once": "UPDATE whopays_share SET invoice_id = NULL WHERE invoice_id IS NOT NULL",
    "payments settle at most what they are": "UPDATE payments_payment SET cents = cents - 1",
    "shares add up to charges": "UPDATE whopays_share SET cents = cents + 1",
    "forecasts are what the facts decide": "UPDATE whopays_share SET reason = 'because' WHERE invoice_id IS NULL",
    "no entry moves money between payers": "UPDATE ledger_line SET payer_id = (SELECT max(payer_id::text)::uuid FROM ledger_line) WHERE account = 'cash'",
    "what was invoiced is in the journal": "UPDATE ledger_line SET cents = cents * 2 WHERE account = 'receivable'",
    "what was applied and given up is in the journal": "UPDATE invoices_writeoff SET cents = cents + 1 WHERE cents > 0",
    "credit is what was paid and not applied": "UPDATE invoices_allocation SET cents = cents + 1 WHERE cents > 0",
    "counts of what needs a hand": "UPDATE tallies_tally SET count = count + 1",
}


def story(cast):
    """Split invoices paid, written off, reversed and voided, and a session that waits."""
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 100_00)
        reverse_payment(viewer, payment=pay(cast, viewer, "ana", 10_00), reason="entered twice")
        write_off(viewer, invoice=invoices["ana"], charge_id=None, cents=10_00, reason="hardship")
        void_invoice(viewer, invoice=invoices["ben"], reason="wrong address")
        cast.book(viewer, cast.clients["mia"], nov(20), status="scheduled")


def test_a_practice_with_a_history_differs_in_nothing(cast):
    story(cast)
    with cast.as_("owner"):
        promises_hold(cast)


@pytest.mark.parametrize("check", CHANGES)
def test_a_figure_changed_behind_the_program_is_found(lasting_cast, check):
    story(lasting_cast)
    behind(CHANGES[check])
    with lasting_cast.as_("owner"):
        found = differences(Practice.objects.get())
    assert check in {each.check for each in found}


def behind(statement, values=()):
    """Change what nobody may change, as the database's owner with its triggers off."""
    table = statement.split()[1]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        assert cursor.rowcount
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_differences_name_nobody(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        invoiced(lasting_cast, viewer)
    behind("UPDATE ledger_balance SET cents = cents + 1")
    with lasting_cast.as_("owner"):
        found = differences(Practice.objects.get())
    assert found
    assert not any("Ortiz" in each.subject + each.says for each in found)


def test_a_decision_that_another_fact_would_give_is_found(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        mia = lasting_cast.child(viewer)
        lasting_cast.book(viewer, mia.pk, date(2026, 11, 24), status="scheduled")
    ben = lasting_cast.people["ben"]
    behind("UPDATE whopays_arrangement SET rule = jsonb_set(rule, '{payers}', jsonb_build_array(%s::text))", [str(ben)])
    with lasting_cast.as_("owner"):
        (found,) = differences(Practice.objects.get())
    assert found.check == "forecasts are what the facts decide"
    assert str(ben) in found.says
