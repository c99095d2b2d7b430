"""Money that goes back: refunds to the card it came from, once each; a dispute that is lost leaves the payment."""

import pytest

from kinbook.cards.commands.hear import hear_told
from kinbook.cards.commands.refunds import ask_card_refund, carry_on_refund, refundable_cents
from kinbook.cards.models import CardCharge, CardRefund, Dispute, RefundState, Told
from kinbook.config.verify import differences
from kinbook.invoices.models import Invoice
from kinbook.ledger.models import Line
from kinbook.payments.commands import reverse_payment
from kinbook.payments.models import Payment, Refund
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cards.test_told import tell
from tests.money import promises_hold, standing


@pytest.fixture
def paid(billed):
    billed.paid = billed.charge(billed.card, billed.invoice)
    return billed


def ask(paid, cents, by="owner"):
    with paid.cast.as_(by, paid.now) as viewer:
        return ask_card_refund(viewer, charge=CardCharge.objects.get(pk=paid.paid.pk), cents=cents, reason="Agreed")


def carry(paid, row):
    carry_on_refund(paid.cast.practice_id, row.pk, paid.clock)
    with paid.cast.as_("owner"):
        return CardRefund.objects.get(pk=row.pk)


def back_at(server):
    import requests

    words = {"Authorization": "Bearer sk_test_of_tests"}
    found = requests.get(f"{server.url}/v1/refunds?limit=100", headers=words, timeout=5).json()["data"]
    return sorted(each["amount"] for each in found)


def test_in_part_and_in_several_it_goes_back_to_the_card(paid, server):
    assert carry(paid, ask(paid, 20_00)).state == RefundState.DONE
    assert carry(paid, ask(paid, 30_00)).state == RefundState.DONE
    assert back_at(server) == [20_00, 30_00]
    with paid.cast.as_("owner"):
        assert Invoice.objects.with_state().get(pk=paid.invoice.pk).standing.due_cents == 50_00
        assert standing(paid.cast, "ana") == (50_00, 0)
        promises_hold(paid.cast)
    with pytest.raises(Invalid):
        ask(paid, 70_01)
    assert carry(paid, ask(paid, 70_00)).state == RefundState.DONE
    with paid.cast.as_("owner"):
        assert refundable_cents(CardCharge.objects.get()) == 0
        promises_hold(paid.cast)


def test_a_charge_changed_behind_the_program_is_found(paid):
    with paid.cast.as_("owner"):
        CardCharge.objects.filter(pk=paid.paid.pk).update(cents=120_01)
        found = differences(Practice.objects.get(pk=paid.cast.practice_id))
        assert {each.check for each in found} == {"cards were charged what was paid"}


@pytest.mark.parametrize("kind", ["lost", "broken", "away"])
def test_without_an_answer_it_goes_back_once(paid, server, kind):
    row = ask(paid, 20_00)
    server.makes(kind, "/v1/refunds", times=2)
    assert carry(paid, row).state == RefundState.PENDING
    with paid.cast.as_("owner"):
        assert not Refund.objects.exists()
    server.behaves()
    for _ in range(3):
        assert carry(paid, row).state == RefundState.DONE
    assert back_at(server) == [20_00]
    with paid.cast.as_("owner"):
        assert Refund.objects.get().cents == 20_00
        promises_hold(paid.cast)


def test_what_is_on_its_way_back_is_not_given_twice(paid):
    ask(paid, 100_00)
    with pytest.raises(Invalid):
        ask(paid, 20_01)


def test_one_the_processor_refuses_is_told_and_books_nothing(paid, server):
    import requests

    row = ask(paid, 20_00)
    requests.delete(f"{server.url}/_config/data", timeout=5)
    assert carry(paid, row).state == RefundState.FAILED
    with paid.cast.as_("owner"):
        assert not Refund.objects.exists()
        promises_hold(paid.cast)


def test_a_charge_is_not_reversed_and_not_everybody_refunds(paid):
    with paid.cast.as_("owner") as viewer, pytest.raises(Conflict, match="refund it to that card"):
        reverse_payment(viewer, payment=Payment.objects.get(), reason="Wrong")
    with pytest.raises(Forbidden):
        ask(paid, 1_00, by="scheduler")


def dispute(paid, status, name, **more):
    found = {"id": "dp_1", "object": "dispute", "payment_intent": paid.paid.intent_id, "amount": 120_00}
    found |= {"status": status, "reason": "fraudulent", "evidence_details": {"due_by": 1_795_000_000}, **more}
    kind = "charge.dispute.closed" if status in {"won", "lost"} else "charge.dispute.created"
    assert tell(paid.cast, {"id": name, "type": kind, "data": {"object": found}}).status_code == 204
    with paid.cast.as_("owner"):
        told = list(Told.objects.order_by("pk").values_list("pk", flat=True))
    for each in told:
        hear_told(paid.cast.practice_id, each, paid.clock)


FEE = [{"amount": -120_00, "fee": 15_00}]


@pytest.mark.parametrize("order", [("needs_response", "lost"), ("lost", "needs_response"), ("lost", "lost")])
def test_a_lost_dispute_leaves_the_payment_once_in_whatever_order_it_is_told(paid, order):
    for place, status in enumerate(order):
        dispute(paid, status, f"evt_{place}", balance_transactions=FEE)
    with paid.cast.as_("owner"):
        row = Dispute.objects.get()
        assert (row.state, row.cents) == ("lost", 120_00)
        assert Refund.objects.get().kind == "dispute"
        assert standing(paid.cast, "ana") == (120_00, 0)
        fees = Line.objects.filter(account="fees").values_list("cents", flat=True)
        assert sorted(fees) == sorted([paid.paid.fee_cents, 15_00])
        promises_hold(paid.cast)


def test_a_dispute_that_is_won_changes_nothing(paid):
    dispute(paid, "needs_response", "evt_1")
    dispute(paid, "won", "evt_2")
    with paid.cast.as_("owner"):
        assert Dispute.objects.get().state == "won"
        assert standing(paid.cast, "ana") == (0, 0)
        promises_hold(paid.cast)
