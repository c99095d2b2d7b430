"""A card is charged once, whatever happens on the way: slow, broken, away, an answer that is lost, a second click."""

import pytest
import requests

from kinbook.cards import processor
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.models import CardCharge, ChargePart, State
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.settle import Settles
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Invoice
from kinbook.ledger.balances import payer_standing
from kinbook.ledger.models import Line
from kinbook.payments.models import Payment
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid, Unknown
from tests.cards.conftest import DECLINED
from tests.money import invoiced, pay, promises_hold, standing

CONFIRM, MAKE = r"/v1/payment_intents/\w+/confirm", "/v1/payment_intents"


def test_a_charge_pays_the_invoice_and_books_the_fee(billed, server):
    charge = billed.charge(billed.card, billed.invoice)
    with billed.cast.as_("owner"):
        payment = Payment.objects.get(pk=charge.payment_id)
        assert (payment.cents, payment.method, payment.reference) == (120_00, "card", charge.intent_id)
        assert standing(billed.cast, "ana") == (0, 0)
        assert charge.fee_cents == 120_00 * 29 // 1000 + 30
        booked = {line.account: line.cents for line in Line.objects.filter(entry__event="processing fee")}
        assert booked == {"fees": charge.fee_cents, "processor": -charge.fee_cents}
        promises_hold(billed.cast)
    assert server.charged() == 120_00


def test_a_part_of_an_invoice_is_charged(billed):
    billed.charge(billed.card, billed.invoice, 50_00)
    with billed.cast.as_("owner"):
        assert Invoice.objects.with_state().get(pk=billed.invoice.pk).standing.due_cents == 70_00


def test_one_charge_pays_several_invoices(billed):
    cast = billed.cast
    with cast.as_("owner") as viewer:
        (second,) = invoiced(cast, viewer, 9, name="Leo")
    with cast.as_("owner") as viewer:
        parts = [Settles(billed.invoice.pk, 120_00), Settles(second.pk, 20_00)]
        charge = ask_charge(viewer, card=billed.card, parts=parts)
    assert billed.carry(charge).state == State.SUCCEEDED
    with cast.as_("owner"):
        assert standing(cast, "ana") == (100_00, 0)
        promises_hold(cast)


def test_a_declined_card_charges_nothing_and_says_why(billed, server):
    card = billed.add("ana", DECLINED)
    charge = billed.charge(card, billed.invoice)
    assert (charge.state, charge.code, charge.why) == (State.FAILED, "card_declined", "the bank declined it")
    with billed.cast.as_("owner"):
        assert not Payment.objects.exists()
        assert CardCharge.objects.open_failures().get() == charge
        promises_hold(billed.cast)
    assert server.charged() == 0
    # the next try stands for the one that failed
    assert billed.charge(billed.card, billed.invoice).state == State.SUCCEEDED
    with billed.cast.as_("owner"):
        assert not CardCharge.objects.open_failures().exists()


@pytest.mark.parametrize("kind", ["lost", "broken", "away"])
@pytest.mark.parametrize("path", [MAKE, CONFIRM, r"/v1/payment_intents/\w+"])
def test_without_an_answer_it_is_looked_up_and_charged_once(billed, server, kind, path):
    charge = billed.ask(billed.card, billed.invoice)
    server.makes(kind, path, times=9)
    assert billed.carry(charge).state in {State.UNKNOWN, State.SUCCEEDED}
    with billed.cast.as_("owner"):
        promises_hold(billed.cast)
    server.behaves()
    assert billed.carry(charge).state == State.SUCCEEDED
    assert billed.carry(charge).state == State.SUCCEEDED
    assert server.charged() == 120_00
    with billed.cast.as_("owner"):
        assert Payment.objects.count() == 1
        assert standing(billed.cast, "ana") == (0, 0)
        promises_hold(billed.cast)


def test_a_slow_processor_is_not_waited_for(billed, server, monkeypatch):
    monkeypatch.setattr(processor, "TIME_LIMIT", 1)
    charge = billed.ask(billed.card, billed.invoice)
    server.makes("slow", CONFIRM, seconds=3)
    assert billed.carry(charge).state == State.UNKNOWN
    monkeypatch.setattr(processor, "TIME_LIMIT", 10)
    assert billed.carry(charge).state == State.SUCCEEDED
    assert server.charged() == 120_00


def test_a_second_click_is_the_same_charge(billed, server):
    first = billed.ask(billed.card, billed.invoice, token="form-1")
    again = billed.ask(billed.card, billed.invoice, token="form-1")
    assert first == again
    billed.carry(first)
    assert billed.ask(billed.card, billed.invoice, token="form-1") == first
    assert server.charged() == 120_00


def test_while_one_is_on_its_way_another_is_refused(billed):
    billed.ask(billed.card, billed.invoice)
    with pytest.raises(Conflict, match="on its way"):
        billed.ask(billed.card, billed.invoice)


def test_an_invoice_that_went_void_meanwhile_is_not_charged(billed, server):
    charge = billed.ask(billed.card, billed.invoice)
    with billed.cast.as_("owner") as viewer:
        void_invoice(viewer, invoice=billed.invoice, reason="Wrong day")
    done = billed.carry(charge)
    assert (done.state, done.why) == (State.FAILED, "the invoice was changed meanwhile")
    assert server.charged() == 0


def test_paid_otherwise_while_it_was_charged_the_money_is_credit(billed, server):
    charge = billed.ask(billed.card, billed.invoice)
    server.makes("lost", CONFIRM)
    assert billed.carry(charge).state == State.UNKNOWN
    with billed.cast.as_("owner") as viewer:
        pay(billed.cast, viewer, "ana", 120_00)
    assert billed.carry(charge).state == State.SUCCEEDED
    with billed.cast.as_("owner"):
        assert standing(billed.cast, "ana") == (-120_00, 120_00)
        promises_hold(billed.cast)


def test_a_limit_is_kept(billed):
    limited = billed.add("ana", most_a_charge=100_00, most_a_month=110_00)
    with pytest.raises(Invalid, match="limit"):
        billed.ask(limited, billed.invoice)
    assert billed.charge(limited, billed.invoice, 60_00).state == State.SUCCEEDED
    with pytest.raises(Invalid, match="month"):
        billed.ask(limited, billed.invoice, 60_00)


@pytest.mark.parametrize("cents", [0, -1, 120_01, 10**15])
def test_an_amount_that_is_not_due_is_refused(billed, cents):
    parts = [Settles(billed.invoice.pk, cents)]
    with billed.cast.as_("owner") as viewer, pytest.raises(Invalid):
        ask_charge(viewer, card=billed.card, parts=parts)
    with billed.cast.as_("owner"):
        assert not ChargePart.objects.exists()


def test_one_parents_card_never_pays_the_others_invoice(billed):
    cast = billed.cast
    with cast.as_("owner") as viewer:
        cast.arrange(viewer, cast.clients["mia"], "single", ["ben"])
        charges = cast.book(viewer, cast.clients["mia"], cast.now.date())
        (bens,) = issue_charges(viewer, client_id=cast.clients["mia"], charge_ids=[charges.pk])
        assert bens.payer_id == cast.people["ben"]
    with pytest.raises(Unknown):
        billed.ask(billed.card, bens)


def test_who_may_not_take_payments_charges_nothing(billed):
    with pytest.raises(Forbidden):
        billed.ask(billed.card, billed.invoice, by="basic")
    with pytest.raises(Forbidden):
        billed.ask(billed.card, billed.invoice, by="supervisor")


def test_other_keys_do_not_make_a_charge_look_failed(billed, server):
    charge = billed.ask(billed.card, billed.invoice)
    server.makes("lost", CONFIRM)
    billed.carry(charge)
    requests.delete(f"{server.url}/_config/data", timeout=5)  # as another account would answer: no such intent
    assert billed.carry(charge).state == State.UNKNOWN
    with billed.cast.as_("owner"):
        assert payer_standing([billed.cast.people["ana"]]).balance_cents == 120_00
