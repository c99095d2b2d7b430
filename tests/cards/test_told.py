"""What the processor tells is signed, kept once, and believed only as far as the processor says so when asked."""

import hashlib
import hmac
import json
import time

import pytest
from django.test import Client

from kinbook.cards.commands.carry_on import carry_on
from kinbook.cards.commands.hear import hear_told
from kinbook.cards.models import CardCharge, State, Told
from kinbook.payments.models import Payment
from tests.cards.conftest import SIGNING
from tests.cards.test_charge import CONFIRM
from tests.money import promises_hold

WORDS = "Unbelievable Name"


def tell(cast, event, *, secret=SIGNING, at=None, practice_id=None):
    """Send an event as the processor does."""
    body = json.dumps(event)
    at = int(at or time.time())
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return Client().post(
        f"/webhooks/stripe/{practice_id or cast.practice_id}/",
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={at},v1={signed}"},
    )


def event_of(intent, kind="payment_intent.succeeded", name="evt_1", **more):
    found = {"id": intent, "object": "payment_intent", "status": "succeeded", "receipt_email": WORDS, **more}
    return {"id": name, "type": kind, "data": {"object": found}}


@pytest.fixture
def lost(billed, server):
    """A charge that succeeded, and whose answer was lost."""
    charge = billed.ask(billed.card, billed.invoice)
    server.makes("lost", CONFIRM)
    billed.charge_id = charge.pk
    billed.lost = billed.carry(charge)
    assert billed.lost.state == State.UNKNOWN
    return billed


def hear(keyed):
    with keyed.cast.as_("owner"):
        told = list(Told.objects.order_by("pk").values_list("pk", flat=True))
    for each in told:
        hear_told(keyed.cast.practice_id, each, keyed.clock)


def test_what_is_told_finishes_a_lost_charge(lost):
    assert tell(lost.cast, event_of(lost.lost.intent_id)).status_code == 204
    hear(lost)
    assert lost.look(lost.lost).state == State.SUCCEEDED


def test_told_five_times_and_out_of_order_it_is_booked_once(lost):
    kinds = ("charge.succeeded", "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.created")
    for place in range(5):
        for kind in reversed(kinds):
            more = {"payment_intent": lost.lost.intent_id} if kind.startswith("charge") else {}
            event = event_of(lost.lost.intent_id if not more else "ch_1", kind, f"evt_{kind}", **more)
            assert tell(lost.cast, event).status_code == 204
        if place == 2:
            hear(lost)
    hear(lost)
    carry_on(lost.cast.practice_id, lost.charge_id, lost.clock)
    with lost.cast.as_("owner"):
        assert Told.objects.count() == len(kinds)
        assert Payment.objects.count() == 1
        assert CardCharge.objects.get().state == State.SUCCEEDED
        promises_hold(lost.cast)


def test_a_lie_that_is_signed_books_nothing(billed):
    """Even a true signature moves no money: the processor is asked, and it knows of nothing."""
    charge = billed.ask(billed.card, billed.invoice)
    assert tell(billed.cast, event_of("pi_madeup")).status_code == 204
    hear(billed)
    assert billed.look(charge).state == State.STARTED


@pytest.mark.parametrize(
    "more",
    [
        {"secret": "whsec_of_somebody_else"},
        {"at": 1_000_000_000},
        {"practice_id": "0192f000-0000-7000-8000-000000000000"},
    ],
)
def test_what_is_not_signed_for_this_practice_now_is_refused(lost, more):
    assert tell(lost.cast, event_of(lost.lost.intent_id), **more).status_code == 400
    with lost.cast.as_("owner"):
        assert not Told.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", '{"id": 1}', '{"id": "evt", "type": "payment_intent.x", "data": []}'])
def test_nonsense_is_no_error_of_ours(billed, body):
    at = int(time.time())
    signed = hmac.new(SIGNING.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    answer = Client().post(
        f"/webhooks/stripe/{billed.cast.practice_id}/",
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={at},v1={signed}"},
    )
    assert answer.status_code in {204, 400}


def test_events_of_other_kinds_are_taken_and_left_alone(billed):
    assert tell(billed.cast, event_of("cus_1", "customer.updated")).status_code == 204
    with billed.cast.as_("owner"):
        assert not Told.objects.exists()


def test_no_name_or_address_of_an_event_is_kept(lost):
    tell(lost.cast, event_of(lost.lost.intent_id, billing_details={"name": WORDS}))
    with lost.cast.as_("owner"):
        assert WORDS not in json.dumps(Told.objects.get().details)
