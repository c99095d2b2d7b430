"""Carrying a charge to its end, from wherever it stands: by who asked, by a job, or because the processor told.

The intent is made first, which moves no money, and its id is committed; only then is it confirmed, and an intent can
succeed once only. So whatever is lost, answers or processes, asking the processor for that one intent tells how it
ended, and nothing is charged twice. No transaction is open while the processor is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.cards.commands.cards import note_customer
from kinbook.cards.commands.settle import note_failure, note_fee, settle_charge
from kinbook.cards.models import ON_ITS_WAY, CardCharge, Customer, Kind, State
from kinbook.cards.processor import (
    Account,
    Intent,
    NoAnswer,
    Turned,
    bank_type,
    cancel_intent,
    confirm_intent,
    look_up,
    make_customer,
    make_intent,
)
from kinbook.cards.queries.keys import account
from kinbook.invoices.models import Standing
from kinbook.team.queries import acting_for
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    Clock = Callable[[], datetime]

LATEST = timedelta(hours=20)
"""Older than this, a charge that was never confirmed is given up: its payer may have paid otherwise by then."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the processor is to be asked for."""

    account: Account
    charge_id: UUID
    payer_id: UUID
    customer: str
    method: str
    types: list[str]
    cents: int
    currency: str
    intent_id: str
    unwanted: str
    """Why it is not to be charged any more; nothing where it is."""

    @property
    def is_wanted(self) -> bool:
        """Tell whether it is still to be charged."""
        return not self.unwanted


def carry_on(practice_id: UUID, charge_id: UUID, clock: Clock) -> str:
    """Carry a charge on; returns its state. Safe to run at any time, as often as one likes, by several at once."""
    order = _order(practice_id, charge_id, clock())
    if order is None:
        return _state(practice_id, charge_id, clock())
    try:
        intent = _ask(practice_id, order, clock)
    except (NoAnswer, Turned):  # turned away where there is an intent, nobody knows how it stands: other keys, perhaps
        return _note_unknown(practice_id, charge_id, clock())
    return apply_intent(practice_id, charge_id, intent, clock())


def _order(practice_id: UUID, charge_id: UUID, now: datetime) -> Order | None:
    """Return what to ask for; None where the charge is over."""
    with acting_for(practice_id, None, now=now) as viewer:
        is_open = Q(state__in=ON_ITS_WAY) | Q(state=State.SUCCEEDED, fee_cents=None)
        charge = CardCharge.objects.select_related("card").filter(is_open, pk=charge_id).first()
        if charge is None:
            return None
        try:
            keys = account()
        except Conflict:
            return None
        customer = Customer.objects.filter(payer_id=charge.card.payer_id).first()
        due = dict(
            Standing.objects.filter(invoice_id__in=charge.parts.values("invoice_id")).values_list("pk", "due_cents")
        )
        parts = charge.parts.values_list("invoice_id", "cents")
        unwanted = "" if all(due.get(invoice_id, 0) >= cents for invoice_id, cents in parts) else "changed"
        if charge.card.removed_at is not None:
            unwanted = "no_card"
        if viewer.now - charge.asked_at >= LATEST:
            unwanted = "not_sent"
        return Order(
            account=keys,
            charge_id=charge.pk,
            payer_id=charge.card.payer_id,
            customer=customer.processor_id if customer else "",
            method=charge.card.processor_id,
            types=["card" if charge.card.kind == Kind.CARD else bank_type(charge.currency)],
            cents=charge.cents,
            currency=charge.currency,
            intent_id=charge.intent_id,
            unwanted=unwanted,
        )


def _ask(practice_id: UUID, order: Order, clock: Clock) -> Intent:
    """Make the intent where it is not made, confirm it where it waits, give it up where nobody wants it any more."""
    if order.intent_id:
        intent = look_up(order.account, order.intent_id)
    elif not order.is_wanted:
        return Intent("", "cancelled", code=order.unwanted)
    else:
        try:
            intent = _make(practice_id, order, clock)
        except Turned as refused:  # there is no intent: nothing can have been charged
            return Intent("", "declined", code=refused.code)
    if intent.status == "waiting" and order.is_wanted:
        return confirm_intent(order.account, intent.id)
    if intent.status == "waiting":
        return replace(cancel_intent(order.account, intent.id), code=order.unwanted)
    if intent.status == "wants_cardholder":
        # nobody sits there to confirm: it is let go, and its payer is asked to pay themselves
        gone = cancel_intent(order.account, intent.id)
        return replace(gone, code="authentication_required") if gone.status == "cancelled" else gone
    return intent


def _make(practice_id: UUID, order: Order, clock: Clock) -> Intent:
    customer = order.customer or customer_of(practice_id, order.payer_id, order.account, clock)
    intent = make_intent(
        order.account,
        cents=order.cents,
        currency=order.currency,
        customer=customer,
        method=order.method,
        types=order.types,
        charge_id=str(order.charge_id),
    )
    with acting_for(practice_id, None, now=clock()):
        # whoever comes second finds the first one's: the processor made one for both
        CardCharge.objects.filter(pk=order.charge_id, intent_id="").update(intent_id=intent.id)
    return intent


def customer_of(practice_id: UUID, payer_id: UUID, keys: Account, clock: Clock) -> str:
    """Return a payer's entry at the processor, made where there is none. Asks the processor: outside a transaction."""
    with acting_for(practice_id, None, now=clock()):
        known = Customer.objects.filter(payer_id=payer_id).first()
    if known is not None:
        return known.processor_id
    made = make_customer(keys, payer_id=str(payer_id), key=f"payer-{payer_id}")
    with acting_for(practice_id, None, now=clock()) as viewer:
        return note_customer(viewer, payer_id=payer_id, processor_id=made).processor_id


def _note_unknown(practice_id: UUID, charge_id: UUID, now: datetime) -> str:
    with acting_for(practice_id, None, now=now):
        CardCharge.objects.filter(pk=charge_id, state=State.STARTED).update(state=State.UNKNOWN)
    return _state(practice_id, charge_id, now)


def _state(practice_id: UUID, charge_id: UUID, now: datetime) -> str:
    with acting_for(practice_id, None, now=now):
        return CardCharge.objects.values_list("state", flat=True).filter(pk=charge_id).first() or ""


def apply_intent(practice_id: UUID, charge_id: UUID, intent: Intent, now: datetime) -> str:
    """Book what became of a charge, once: whoever comes second finds it booked."""
    with acting_for(practice_id, None, now=now) as viewer:
        charge = CardCharge.objects.select_for_update().filter(pk=charge_id).first()
        if charge is None:
            return ""
        if charge.state not in ON_ITS_WAY:
            note_fee(viewer, charge, intent.fee_cents)
        elif intent.status == "succeeded":
            settle_charge(viewer, charge=charge, fee_cents=intent.fee_cents)
        elif intent.status == "processing":
            CardCharge.objects.filter(pk=charge.pk).update(state=State.PROCESSING)
        elif intent.status == "waiting":
            CardCharge.objects.filter(pk=charge.pk).update(state=State.UNKNOWN)
        else:
            code = intent.code or ("changed" if intent.status == "cancelled" else "card_declined")
            note_failure(viewer, charge=charge, code=code)
    return _state(practice_id, charge_id, now)
