"""A closed month takes no entry, whoever posts; what is entered or corrected later is booked in the open one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import void_invoice
from kinbook.ledger.commands import close_month, reopen_month
from kinbook.ledger.models import Closing, Entry
from kinbook.ledger.periods import ClosedMonth, months
from kinbook.payments.commands import refund_payment, reverse_payment
from kinbook.payments.models import Payment
from kinbook.rules.periods import next_month, spoken_month
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import TODAY, nov
from tests.money import invoiced, pay, promises_hold, standing
from tests.payments.test_at_once import PATIENCE, Held
from tests.scheduling.visitor import Visitor

OCTOBER, SEPTEMBER, NOVEMBER = date(2026, 10, 1), date(2026, 9, 1), date(2026, 11, 1)


def october(day):
    return date(2026, 10, day)


@pytest.mark.parametrize(
    ("day", "following"),
    [(date(2026, 12, 31), date(2027, 1, 1)), (date(2026, 2, 28), date(2026, 3, 1)), (OCTOBER, NOVEMBER)],
)
def test_months_follow_each_other(day, following):
    assert next_month(day) == following
    assert spoken_month(OCTOBER) == "October 2026"


def test_a_payment_dated_in_a_closed_month_proposes_the_first_open_day(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        pay(cast, viewer, "ana", 10_00, received_on=october(30))
        close_month(viewer, month=OCTOBER)
        with pytest.raises(ClosedMonth, match="October 2026 is closed") as refused:
            pay(cast, viewer, "ana", 20_00, received_on=october(31))
        assert refused.value.opens_on == NOVEMBER
        assert Payment.objects.count() == 1
        pay(cast, viewer, "ana", 20_00, received_on=NOVEMBER)
        promises_hold(cast)


def test_on_the_page_one_click_takes_the_day_proposed(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        pay(cast, viewer, "ana", 10_00, received_on=october(30))
        close_month(viewer, month=OCTOBER)
    biller = Visitor(cast, "biller")
    entered = {"payer": cast.people["ana"], "amount": "20", "method": "check", "received_on": "2026-10-31"}
    refused = biller.post("/billing/payments/new/", entered)
    assert refused.status_code == 422
    assert 'name="instead" value="2026-11-01"' in refused.content.decode()
    biller.post("/billing/payments/new/", {**entered, "instead": "2026-11-01"})
    with cast.as_("owner"):
        assert Payment.objects.get(cents=20_00).received_on == NOVEMBER


def test_corrections_of_a_closed_month_are_booked_today_and_say_so(cast):
    with cast.as_("owner") as viewer:
        earlier = viewer.at(viewer.now.replace(month=10))
        (invoice,) = invoiced(cast, earlier)
        paid, wrong = (pay(cast, earlier, "ana", cents, received_on=october(10)) for cents in (50_00, 10_00))
        close_month(viewer, month=OCTOBER)
        booked = {each.pk for each in Entry.objects.all()}
        add_credit_note(viewer, invoice=invoice, charge_id=None, cents=5_00, reason="Shorter")
        refund_payment(viewer, payment=paid, cents=20_00, reason="Too much")
        reverse_payment(viewer, payment=wrong, reason="Not ours")
    biller = Visitor(cast, "biller")
    for address in (f"invoices/{invoice.pk}/void/", f"invoices/{invoice.pk}/credit/", f"payments/{paid.pk}/refund/"):
        told = biller.get(f"/billing/{address}").content.decode()
        assert "October 2026 is closed: this is booked today, " in told, address
    with cast.as_("owner") as viewer:
        void_invoice(viewer, invoice=invoice, reason="Wrong")
        assert {each.on_date for each in Entry.objects.exclude(pk__in=booked)} == {TODAY}
        assert standing(cast, "ana") == (-30_00, 30_00)
        promises_hold(cast)


def test_invoices_made_later_bear_their_own_day_and_appointments_may_change_until_then(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        pay(cast, viewer, "ana", 10_00, received_on=october(2))
        close_month(viewer, month=OCTOBER)
        late = cast.book(viewer, mia.pk, october(15))
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[late.pk])
        assert invoice.issued_on == TODAY
        promises_hold(cast)


def test_a_month_that_is_not_over_is_not_closed_nor_one_twice(cast):
    with cast.as_("owner") as viewer:
        with pytest.raises(Conflict, match="not over yet"):
            close_month(viewer, month=NOVEMBER)
        close_month(viewer, month=OCTOBER)
        with pytest.raises(Conflict, match="closed already"):
            close_month(viewer, month=SEPTEMBER)


def test_closing_a_month_closes_the_open_ones_before_it(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        pay(cast, viewer, "ana", 10_00, received_on=date(2026, 8, 20))
        closed = close_month(viewer, month=OCTOBER)
        assert [each.starts_on.month for each in closed] == [8, 9, 10]
        shown = {each.starts_on.month: (bool(each.closed_at), each.can_close) for each in months(viewer)}
        assert shown == {11: (False, False), 10: (True, False), 9: (True, False), 8: (True, False)}


def test_only_the_last_closed_month_is_opened_again_by_an_owner_with_a_reason(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        pay(cast, viewer, "ana", 10_00, received_on=date(2026, 9, 20))
        close_month(viewer, month=OCTOBER)
        with pytest.raises(Invalid) as refused:
            reopen_month(viewer, month=OCTOBER, reason="")
        assert set(refused.value.problems) == {"reason"}
        with pytest.raises(Conflict, match="last closed month, October 2026"):
            reopen_month(viewer, month=SEPTEMBER, reason="A late check")
        reopen_month(viewer, month=OCTOBER, reason="A late check")
        pay(cast, viewer, "ana", 20_00, received_on=october(31))
        with pytest.raises(ClosedMonth):
            pay(cast, viewer, "ana", 20_00, received_on=date(2026, 9, 30))
        close_month(viewer, month=OCTOBER)
        assert Closing.objects.count() == 3, "what was closed and opened again stays on record"
        promises_hold(cast)
    for name in ("manager", "biller", "entire"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            reopen_month(viewer, month=OCTOBER, reason="A late check")
    for name in ("kim", "scheduler", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            close_month(viewer, month=OCTOBER)


def test_months_come_to_what_was_booked_in_them(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        pay(cast, viewer, "ana", 50_00, received_on=october(31))
        add_credit_note(viewer, invoice=invoice, charge_id=None, cents=20_00, reason="Shorter")
        shown = {each.starts_on: (each.invoiced_cents, each.paid_cents) for each in months(viewer)}
        assert shown == {NOVEMBER: (100_00, 0), OCTOBER: (0, 50_00)}


def test_the_database_refuses_an_entry_in_a_closed_month_whoever_posts_it(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        pay(cast, viewer, "ana", 10_00, received_on=october(30))
        close_month(viewer, month=OCTOBER)
        entry = Entry.objects.first()
        with pytest.raises(IntegrityError, match="month of this entry is closed"), transaction.atomic():
            Entry.objects.create(
                practice_id=entry.practice_id, event="by hand", on_date=october(5), posted_at=viewer.now
            )


def test_closing_waits_for_who_posts_and_who_posts_later_is_told(lasting_cast):
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        cast.child(viewer)

    def told(deed):
        try:
            with cast.as_("owner") as viewer:
                return deed(viewer)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        posting = Held(cast, lambda viewer: pay(cast, viewer, "ana", 10_00, received_on=october(30)))
        closing = pool.submit(told, lambda viewer: close_month(viewer, month=OCTOBER))
        posting.somebody_waits()
        posting.let_go()
        closing.result(PATIENCE)
        with cast.as_("owner") as viewer:
            reopen_month(viewer, month=OCTOBER, reason="Once more")
        closing = Held(cast, lambda viewer: close_month(viewer, month=OCTOBER))
        late = pool.submit(told, lambda viewer: pay(cast, viewer, "ana", 20_00, received_on=october(31)))
        closing.somebody_waits()
        closing.let_go()
        with pytest.raises(ClosedMonth):
            late.result(PATIENCE)
    with cast.as_("owner"):
        assert Payment.objects.count() == 1
        assert nov(1) == NOVEMBER
        promises_hold(cast)
