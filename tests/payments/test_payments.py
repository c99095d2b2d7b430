"""Money belongs to who paid: it settles their oldest invoices, what is over is credit, a mistake is answered."""

from datetime import timedelta

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.settle import Settles
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Allocation, Invoice
from kinbook.ledger.balances import payer_standing
from kinbook.payments.commands import (
    allocate_payment,
    apply_credit,
    receive_payment,
    reverse_payment,
    unallocated_cents,
)
from kinbook.payments.models import Payment, Reversal
from kinbook.rules.money import LARGEST
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.cast import NOW, TODAY, nov
from tests.invoices.test_issue_invoices import OPEN, run, siblings
from tests.money import invoiced, pay, promises_hold, split, standing
from tests.scheduling.visitor import Visitor


def three(cast, viewer):
    """Three invoices of 120.00 to Ana, issued a day after the other."""
    mia = cast.child(viewer)
    made = []
    for place, day in enumerate((2, 4, 6)):
        charge = cast.book(viewer, mia.pk, nov(day)).pk
        later = viewer.at(NOW + timedelta(days=place))
        made += issue_charges(later, client_id=mia.pk, charge_ids=[charge])
    return made


def due():
    return [each.standing.due_cents for each in Invoice.objects.with_state().order_by("number")]


def test_it_goes_to_the_oldest_invoice_first(cast):
    with cast.as_("owner") as viewer:
        three(cast, viewer)
        pay(cast, viewer, "ana", 150_00)
        assert due() == [0, 90_00, 120_00]
        assert standing(cast, "ana") == (210_00, 0)
        promises_hold(cast)


def test_of_the_same_due_date_the_lower_number_comes_first(cast):
    with cast.as_("owner") as viewer:
        siblings(cast, viewer)
        run(viewer)
        pay(cast, viewer, "ana", 130_00)
        assert due() == [0, 110_00]


def test_what_is_over_is_credit_of_who_paid(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 200_00)
        assert standing(cast, "ana") == (-80_00, 80_00)
        assert standing(cast, "ben") == (0, 0)
        assert unallocated_cents(payment) == 80_00
        promises_hold(cast)


def test_chosen_invoices_are_settled_as_chosen(cast):
    with cast.as_("owner") as viewer:
        first, second, third = three(cast, viewer)
        parts = [Settles(third.pk, 120_00), Settles(first.pk, 10_00)]
        payment = pay(cast, viewer, "ana", 150_00, parts=parts)
        assert due() == [110_00, 120_00, 0]
        assert unallocated_cents(payment) == 20_00
        assert second.standing.due_cents == 120_00
        promises_hold(cast)


def test_chosen_to_settle_nothing_it_is_all_credit(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        pay(cast, viewer, "ana", 50_00, parts=[])
        assert standing(cast, "ana") == (70_00, 50_00)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([(0, 120_01)], "at most what is due"),
        ([(0, 0)], "more than nothing"),
        ([(0, -5)], "more than nothing"),
        ([(0, 60_00), (0, 60_00)], "each invoice once"),
        ([(0, 120_00), (1, 120_00)], "more than the payment"),
    ],
)
def test_allocations_that_cannot_be_are_refused_and_nothing_is_kept(cast, parts, sentence):
    with cast.as_("owner") as viewer:
        made = three(cast, viewer)
        chosen = [Settles(made[place].pk, cents) for place, cents in parts]
        with pytest.raises(Invalid, match=sentence) as refused:
            pay(cast, viewer, "ana", 200_00, parts=chosen)
        assert set(refused.value.problems) == {"allocations"}
        assert not Payment.objects.exists()
        promises_hold(cast)


def test_nobody_pays_the_other_parents_invoice_by_accident(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        with pytest.raises(Invalid, match="of its own payer only"):
            pay(cast, viewer, "ana", 48_00, parts=[Settles(invoices["ben"].pk, 48_00)])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cents": 0}, "amount_cents"),
        ({"cents": -1}, "amount_cents"),
        ({"cents": LARGEST + 1}, "amount_cents"),
        ({"method": "card"}, "method"),
        ({"method": "shells"}, "method"),
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
    ],
)
def test_what_cannot_be_a_payment_is_told_beside_its_field(cast, wrong, field):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        entered = {"cents": 10_00, "method": "cash", "received_on": TODAY, **wrong}
        with pytest.raises(Invalid) as refused:
            receive_payment(viewer, payer_id=cast.people["ana"], **entered)
        assert set(refused.value.problems) == {field}


def test_a_payer_of_nowhere_is_unknown(cast):
    from uuid import uuid4

    with cast.as_("owner") as viewer, pytest.raises(Unknown):
        receive_payment(viewer, payer_id=uuid4(), cents=1, method="cash", received_on=TODAY)


def test_credit_is_applied_by_a_person_oldest_payment_first(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        old, new = (pay(cast, viewer, "ana", cents, received_on=nov(day)) for cents, day in ((50_00, 3), (100_00, 5)))
        charge = cast.book(viewer, cast.clients["mia"], nov(2)).pk
        (invoice,) = issue_charges(viewer, client_id=cast.clients["mia"], charge_ids=[charge])
        assert standing(cast, "ana") == (-30_00, 150_00)
        assert apply_credit(viewer, payer_id=cast.people["ana"], invoice_id=invoice.pk) == 120_00
        assert (unallocated_cents(old), unallocated_cents(new)) == (0, 30_00)
        with pytest.raises(Conflict):
            apply_credit(viewer, payer_id=cast.people["ana"], invoice_id=invoice.pk)
        promises_hold(cast)


def test_the_other_parents_credit_is_not_applied(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        pay(cast, viewer, "ana", 500_00)
        with pytest.raises(Conflict, match="no credit"):
            apply_credit(viewer, payer_id=cast.people["ana"], invoice_id=invoices["ben"].pk)


def test_what_is_left_of_a_payment_is_allocated(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 50_00, parts=[])
        for cents in (0, 50_01):
            with pytest.raises(Invalid):
                allocate_payment(viewer, payment=payment, invoice_id=invoice.pk, cents=cents)
        allocate_payment(viewer, payment=payment, invoice_id=invoice.pk, cents=50_00)
        assert standing(cast, "ana") == (70_00, 0)
        void_invoice(viewer, invoice=invoice, reason="?")
        with pytest.raises(Invalid) as refused:
            allocate_payment(viewer, payment=payment, invoice_id=invoice.pk, cents=1)
        assert "invoice_id" in refused.value.problems
        promises_hold(cast)


def test_one_payment_settles_several_children_in_the_order_of_the_lines(cast):
    with cast.as_("owner") as viewer:
        mia, leo = siblings(cast, viewer, **OPEN)
        (invoice,) = run(viewer, by_family=True)
        pay(cast, viewer, "ana", 150_00)
        by_client = dict(Allocation.objects.filter(invoice=invoice).values_list("client_id", "cents"))
        assert by_client == {mia.pk: 120_00, leo.pk: 30_00}
        each = payer_standing([cast.people["ana"]]).by_client
        assert (each[mia.pk].balance_cents, each[leo.pk].balance_cents) == (0, 90_00)
        promises_hold(cast)


def test_reversed_what_it_settled_is_due_again(cast):
    with cast.as_("owner") as viewer:
        three(cast, viewer)
        payment = pay(cast, viewer, "ana", 250_00)
        reverse_payment(viewer, payment=payment, reason="bounced")
        assert due() == [120_00, 120_00, 120_00]
        assert standing(cast, "ana") == (360_00, 0)
        assert unallocated_cents(payment) == 0
        assert (Payment.objects.get().cents, Reversal.objects.get().reason) == (250_00, "bounced")
        with pytest.raises(Conflict, match="reversed already"):
            reverse_payment(viewer, payment=payment, reason="again")
        promises_hold(cast)


def test_a_reversed_payment_cannot_be_allocated_or_applied(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 50_00, parts=[])
        reverse_payment(viewer, payment=payment, reason="bounced")
        with pytest.raises(Invalid):
            allocate_payment(viewer, payment=payment, invoice_id=invoice.pk, cents=1)
        with pytest.raises(Conflict):
            apply_credit(viewer, payer_id=cast.people["ana"], invoice_id=invoice.pk)


def test_a_reversal_says_why_and_a_scheduler_makes_none(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 50_00)
        with pytest.raises(Invalid):
            reverse_payment(viewer, payment=payment, reason=" ")
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        reverse_payment(viewer, payment=payment, reason="?")


def test_two_apply_the_same_credit_at_once_and_it_is_spent_once(lasting_cast):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    with lasting_cast.as_("owner") as viewer:
        made = three(lasting_cast, viewer)
        pay(lasting_cast, viewer, "ana", 120_00, parts=[])

    def apply(invoice):
        try:
            with lasting_cast.as_("biller") as viewer:
                return apply_credit(viewer, payer_id=lasting_cast.people["ana"], invoice_id=invoice.pk)
        except Conflict:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(apply, made)) == [0, 0, 120_00]
    with lasting_cast.as_("owner"):
        promises_hold(lasting_cast)


def test_what_was_just_voided_takes_nothing_and_whoever_enters_the_payment_is_told(cast):
    with cast.as_("owner") as viewer:
        first, *_ = three(cast, viewer)
        void_invoice(viewer, invoice=first, reason="wrong")
    sent = {"payer": cast.people["ana"], "invoice": first.pk, "settles": first.pk, "amount": "120.00"}
    sent |= {"method": "check", "received_on": TODAY.isoformat(), "reference": ""}
    biller = Visitor(cast, "biller")
    assert biller.send("/billing/payments/new/", sent).status_code == 204
    assert "What no invoice took is credit." in biller.get("/billing/").content.decode()
    with cast.as_("owner"):
        assert standing(cast, "ana")[1] == 120_00
