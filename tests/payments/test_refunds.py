"""Money goes back to where it came from: what is not applied first, then the newest allocations, never too much."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinbook.invoices.commands.settle import Settles, standing_allocations
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Invoice
from kinbook.payments.commands import (
    allocate_payment,
    receive_payment,
    refund_payment,
    reverse_payment,
    unallocated_cents,
)
from kinbook.payments.commands.refund import give_back
from kinbook.payments.models import Payment, Refund, RefundKind
from kinbook.payments.queries.payment import left_of, payment_page, refund_preview
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import Cast, nov
from tests.money import invoiced, pay, promises_hold, standing
from tests.payments.test_at_once import PATIENCE, Held
from tests.payments.test_payments import due, three
from tests.scheduling.visitor import Visitor


def refund(viewer, payment, cents, reason="Paid twice"):
    return refund_payment(viewer, payment=payment, cents=cents, reason=reason)


def test_what_is_not_applied_goes_back_first(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 200_00)
        refund(viewer, payment, 80_00)
        assert due() == [0]
        assert standing(cast, "ana") == (0, 0)
        promises_hold(cast)


def test_then_the_newest_allocations_are_undone_and_those_invoices_are_due_again(cast):
    with cast.as_("owner") as viewer:
        first, second, _ = three(cast, viewer)
        payment = pay(cast, viewer, "ana", 260_00, parts=[Settles(second.pk, 120_00)])
        allocate_payment(viewer.at(viewer.now.replace(hour=20)), payment=payment, invoice_id=first.pk, cents=120_00)
        assert due() == [0, 0, 120_00]
        refund(viewer, payment, 50_00)
        assert due() == [30_00, 0, 120_00], "20.00 of credit, and 30.00 of what was applied last"
        refund(viewer, payment, 100_00)
        assert due() == [120_00, 10_00, 120_00]
        assert left_of(payment).refundable_cents == 110_00
        promises_hold(cast)


def test_several_refunds_are_never_more_than_the_payment(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 120_00)
        refund(viewer, payment, 60_00)
        for cents in (60_01, 0, -5):
            with pytest.raises(Invalid, match="at most what was not refunded yet") as refused:
                refund(viewer, payment, cents)
            assert set(refused.value.problems) == {"amount_cents"}
        refund(viewer, payment, 60_00)
        assert due() == [120_00]
        assert standing(cast, "ana") == (120_00, 0)
        assert unallocated_cents(payment) == 0
        promises_hold(cast)


def test_a_refund_says_why(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        payment = pay(cast, viewer, "ana", 50_00)
        with pytest.raises(Invalid) as refused:
            refund(viewer, payment, 10_00, reason="  ")
        assert set(refused.value.problems) == {"reason"}
        assert not Refund.objects.exists()


def test_what_was_refunded_is_not_reversed_and_what_was_reversed_is_not_refunded(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        refunded, reversed_one = pay(cast, viewer, "ana", 50_00), pay(cast, viewer, "ana", 70_00)
        refund(viewer, refunded, 10_00)
        reverse_payment(viewer, payment=reversed_one, reason="bounced")
        with pytest.raises(Conflict, match="refund the rest instead"):
            reverse_payment(viewer, payment=refunded, reason="bounced")
        with pytest.raises(Conflict, match="nothing of it is left"):
            refund(viewer, reversed_one, 10_00)
        assert standing(cast, "ana") == (-40_00, 40_00)
        promises_hold(cast)


def test_a_card_is_refunded_by_its_processor_alone(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        entered = {"cents": 50_00, "method": "card", "received_on": nov(3), "entered_at": viewer.now}
        by_hand = receive_payment(
            viewer, payer_id=cast.people["ana"], cents=50_00, method="external_card", received_on=nov(3)
        )
        charged = Payment(practice_id=cast.practice_id, payer_id=cast.people["ana"], **entered)
        with pytest.raises(Conflict, match="refunded to that card"):
            refund(viewer, charged, 10_00)
        refund(viewer, by_hand, 10_00)


def test_money_a_bank_took_back_is_out_of_the_payment_too(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 120_00)
        lost = give_back(viewer, payment=payment, cents=120_00, reason="Dispute lost", kind=RefundKind.DISPUTE)
        assert lost.kind == "dispute"
        assert due() == [120_00]
        promises_hold(cast)


def test_the_dialog_says_before_what_will_be_due_again(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 150_00)
        row = payment_page(viewer, payment.pk).row
        told = refund_preview(viewer, row, standing_allocations(payment=payment), 100_00)
        assert (told.credit_cents, told.other_cents) == (30_00, 0)
        assert [(each.invoice.name, each.cents) for each in told.again] == [(Invoice.objects.get().name, 70_00)]
    biller = Visitor(cast, "biller")
    page = biller.get(f"/billing/payments/{payment.pk}/refund/?amount=100").content.decode()
    assert "is due again: $70.00" in page
    assert "due again" not in biller.get(f"/billing/payments/{payment.pk}/refund/?amount=1000").content.decode()


def test_who_takes_payments_at_the_desk_gives_none_back(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        payment = pay(cast, viewer, "ana", 50_00)
    for name in ("scheduler", "kim", "supervisor"):
        with cast.as_(name) as viewer, pytest.raises(Forbidden):
            refund(viewer, payment, 10_00)


def test_an_invoice_voided_after_a_refund_leaves_the_rest_as_credit(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 120_00)
        refund(viewer, payment, 50_00)
        void_invoice(viewer, invoice=invoice, reason="wrong")
        assert standing(cast, "ana") == (-70_00, 70_00)
        promises_hold(cast)


def test_the_database_refuses_refunds_beyond_the_payment(cast):
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        payment = pay(cast, viewer, "ana", 50_00)
        refund(viewer, payment, 30_00)
        row = Refund.objects.get()
        row.pk, row.cents = new_id(), 20_01
        with transaction.atomic(), connection.cursor() as cursor:
            Refund.objects.bulk_create([row])
            with pytest.raises(IntegrityError, match="exceed the payment"):
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)


def test_two_refund_the_same_payment_and_only_what_is_left_goes_back(lasting_cast):
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        payment = pay(cast, viewer, "ana", 120_00)

    def again():
        try:
            with cast.as_("biller") as viewer:
                refund(viewer, payment, 80_00)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = Held(cast, lambda viewer: refund(viewer, payment, 80_00))
        second = pool.submit(again)
        first.somebody_waits()
        first.let_go()
        with pytest.raises(Invalid, match="at most"):
            second.result(PATIENCE)
    with cast.as_("owner"):
        assert standing(cast, "ana") == (80_00, 0)
        promises_hold(cast)


@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    received=st.integers(1, 400_00),
    parts=st.lists(st.integers(1, 120_00), max_size=3),
    wanted=st.lists(st.integers(1, 200_00), min_size=1, max_size=5),
)
def test_however_much_goes_back_due_and_credit_add_up(db, received, parts, wanted):
    cast = Cast.enter(domain=f"{new_id()}.example")
    with cast.as_("owner") as viewer:
        made = three(cast, viewer)
        payment = pay(cast, viewer, "ana", received, parts=[])
        for invoice, cents in zip(made, parts, strict=False):
            if cents <= unallocated_cents(payment):
                allocate_payment(viewer, payment=payment, invoice_id=invoice.pk, cents=cents)
        left = received
        for cents in wanted:
            if cents > left:
                with pytest.raises(Invalid):
                    refund(viewer, payment, cents)
                continue
            before, credit = sum(due()), unallocated_cents(payment)
            refund(viewer, payment, cents)
            left -= cents
            assert unallocated_cents(payment) == max(0, credit - cents), "credit goes first"
            assert sum(due()) - before == max(0, cents - credit), "and what else went back is due again"
            assert standing(cast, "ana")[0] == 360_00 - left
        promises_hold(cast)
