"""AutoPay at night: who chose it is charged on the due date; what fails is tried after 1, 3 and 5 days, then told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kinbook.cards.commands.autopay import end_autopay, set_autopay
from kinbook.cards.commands.cards import card_of, remove_card
from kinbook.cards.commands.night import pay_by_itself
from kinbook.cards.models import AutoPay, CardCharge, State
from kinbook.cards.queries.night import autopay_on
from kinbook.mail.models import Letter
from kinbook.payments.models import Payment
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Unknown
from tests.cards.conftest import DECLINED
from tests.money import invoiced, pay, promises_hold, standing


@pytest.fixture
def by_itself(billed):
    """Ana's card pays for Mia by itself; it is the night of the due date."""
    with billed.cast.as_("owner", billed.now) as viewer:
        set_autopay(viewer, card=billed.card, client_id=billed.cast.clients["mia"])
    billed.now = billed.cast.now + timedelta(days=(billed.invoice.due_on - billed.cast.now.date()).days)
    return billed


def night(keyed):
    """Let the night pass; returns the charges of it."""
    asked = pay_by_itself(keyed.cast.practice_id, keyed.now)
    with keyed.cast.as_("owner", keyed.now):
        charges = list(CardCharge.objects.filter(pk__in=asked))
    return [keyed.carry(each) for each in charges]


def planned(keyed):
    with keyed.cast.as_("owner", keyed.now) as viewer:
        return autopay_on(viewer.today)


def test_an_invoice_is_paid_on_its_due_date_and_not_before(by_itself, server):
    by_itself.now -= timedelta(days=1)
    assert night(by_itself) == []
    by_itself.now += timedelta(days=1)
    (plan,) = planned(by_itself)
    assert (plan.cents, plan.held) == (120_00, "")
    (charge,) = night(by_itself)
    assert (charge.state, charge.origin) == (State.SUCCEEDED, "autopay")
    assert night(by_itself) == []
    assert server.charged() == 120_00
    with by_itself.cast.as_("owner"):
        promises_hold(by_itself.cast)


def test_credit_goes_first(by_itself):
    with by_itself.cast.as_("owner", by_itself.now) as viewer:
        pay(by_itself.cast, viewer, "ana", 50_00, parts=[])
    (charge,) = night(by_itself)
    assert charge.cents == 70_00
    with by_itself.cast.as_("owner"):
        assert standing(by_itself.cast, "ana") == (0, 0)
        promises_hold(by_itself.cast)


def test_a_failed_one_is_tried_after_1_3_and_5_days_then_somebody_is_told(billed):
    cast, begins = billed.cast, billed.invoice.due_on
    card = billed.add("ana", DECLINED)
    with cast.as_("owner", billed.now) as viewer:
        set_autopay(viewer, card=card, client_id=cast.clients["mia"])
    tried = []
    for day in range(9):
        billed.now = cast.now + timedelta(days=(begins - cast.now.date()).days + day)
        tried += [day for each in night(billed) if each.state == State.FAILED]
    assert tried == [0, 1, 3, 5]
    with cast.as_("owner"):
        last = CardCharge.objects.open_failures().get()
        assert (last.attempt, last.next_try_on) == (4, None)
        assert not Payment.objects.exists()
        (letter,) = Letter.objects.all()
        assert letter.to == "ana.ortiz@mail.example"
        assert "/pay/" in letter.body
        assert "Mia" not in letter.body
    (plan,) = planned(billed)
    assert "not tried again" in plan.held


def test_over_its_limit_it_is_held(by_itself):
    with by_itself.cast.as_("owner", by_itself.now) as viewer:
        set_autopay(viewer, card=by_itself.card, client_id=by_itself.cast.clients["mia"], most_cents=100_00)
    (plan,) = planned(by_itself)
    assert plan.held == "Over the limit its holder set"
    assert night(by_itself) == []


def test_an_expired_card_is_held(by_itself):
    with by_itself.cast.as_("owner"):
        by_itself.card.exp_year = 2020
        by_itself.card.save()
    (plan,) = planned(by_itself)
    assert "expired" in plan.held


def test_switched_off_nothing_is_charged(by_itself):
    with by_itself.cast.as_("owner", by_itself.now) as viewer:
        end_autopay(viewer, payer_id=by_itself.cast.people["ana"], client_id=by_itself.cast.clients["mia"])
    assert planned(by_itself) == []


def test_a_removed_card_pays_nothing_any_more(by_itself):
    with by_itself.cast.as_("owner", by_itself.now) as viewer:
        remove_card(viewer, card=by_itself.card)
    assert planned(by_itself) == []
    with by_itself.cast.as_("owner"), pytest.raises(Unknown):
        card_of(by_itself.cast.people["ana"], by_itself.card.pk)


def test_a_sibling_without_autopay_is_not_paid(by_itself):
    with by_itself.cast.as_("owner", by_itself.now) as viewer:
        invoiced(by_itself.cast, viewer, 9, name="Leo")
    by_itself.now += timedelta(days=60)
    (plan,) = planned(by_itself)
    assert plan.client_ids == (by_itself.cast.clients["mia"],)


def test_two_at_once_for_one_child_are_refused_by_the_database(by_itself):
    with by_itself.cast.as_("owner"):
        held = AutoPay.objects.get()
        held.pk, held.starts_on = new_id(), held.starts_on + timedelta(days=5)
        with pytest.raises(IntegrityError), transaction.atomic():
            held.save(force_insert=True)
