"""Booking what became of a charge: the payment, what it settles and what the processor kept, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.commands.tell import tell_payer
from kinbook.cards.models import CardCharge, Origin, State
from kinbook.invoices.commands.settle import Settles, allocate, clients_of, lock_invoices
from kinbook.invoices.models import Standing
from kinbook.ledger.post import Posting, post
from kinbook.payments.models import Method, Payment
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, same_person
from kinbook.rules.declines import next_try
from kinbook.rules.posting import paid, processing_fee

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def settle_charge(viewer: Viewer, *, charge: CardCharge, fee_cents: int | None) -> Payment:
    """Book a charge that succeeded; what its invoices do not take any more is the payer's credit."""
    require(viewer, Action.PAYMENT_ADD)
    wanted = list(charge.parts.order_by("pk").values_list("invoice_id", "cents"))
    clients = clients_of([invoice_id for invoice_id, _ in wanted])
    mine = same_person(charge.payer_id)
    lock_clients(clients)
    lock_in_order(mine)
    lock_invoices([invoice_id for invoice_id, _ in wanted])
    payment = Payment.objects.create(
        practice_id=viewer.practice_id,
        payer_id=charge.payer_id,
        client_id=min(clients) if len(clients) == 1 else None,
        cents=charge.cents,
        method=Method.CARD,
        received_on=viewer.today,
        reference=charge.intent_id,
        entered_at=viewer.now,
        entered_by=charge.asked_by,
        entered_by_id=charge.asked_by_id,
    )
    entry = paid(str(payment.payer_id), charge.cents, Method.CARD)
    post(viewer, [Posting(entry, viewer.today, payment_id=payment.pk)])
    named = replace(viewer, name=charge.asked_by or viewer.name)
    allocate(named, payment_id=payment.pk, payer_id=payment.payer_id, parts=_still_due(wanted, mine))
    _succeed(viewer, charge, payment)
    note_fee(viewer, charge, fee_cents)
    record(
        viewer,
        "payment.received",
        payment,
        client_id=payment.client_id,
        cents=charge.cents,
        method=Method.CARD,
        charge=str(charge.pk),
        by=charge.asked_by,
    )
    return payment


def _succeed(viewer: Viewer, charge: CardCharge, payment: Payment) -> None:
    charge.state, charge.payment, charge.ended_at = State.SUCCEEDED, payment, viewer.now
    charge.code, charge.next_try_on, charge.answered_at = "", None, viewer.now
    charge.save(update_fields=["state", "payment", "ended_at", "code", "next_try_on", "answered_at"])


def _still_due(wanted: list[tuple[UUID, int]], payers: list[UUID]) -> list[Settles]:
    """Return what of the invoices is still theirs to pay: one may be void, or paid otherwise, by now."""
    rows = Standing.objects.filter(invoice_id__in=[invoice_id for invoice_id, _ in wanted], payer_id__in=payers)
    due = dict(rows.values_list("invoice_id", "due_cents"))
    parts = [Settles(invoice_id, min(cents, due.get(invoice_id, 0))) for invoice_id, cents in wanted]
    return [part for part in parts if part.cents > 0]


def note_fee(viewer: Viewer, charge: CardCharge, fee_cents: int | None) -> None:
    """Book what the processor kept, once it says so. Part of a command."""
    if fee_cents is None or charge.fee_cents is not None or charge.payment_id is None:
        return
    CardCharge.objects.filter(pk=charge.pk).update(fee_cents=fee_cents)
    entry = processing_fee(str(charge.payer_id), fee_cents)
    if fee_cents:
        post(viewer, [Posting(entry, viewer.today, payment_id=charge.payment_id)])


@transaction.atomic
def note_failure(viewer: Viewer, *, charge: CardCharge, code: str) -> None:
    """Note that a charge failed: nothing was charged. One of AutoPay's is tried again on a later day."""
    require(viewer, Action.PAYMENT_ADD)
    again = next_try(charge.first_on, charge.attempt, code) if charge.origin == Origin.AUTOPAY else None
    # who paid by themselves was told at once, and nobody needs to see to it
    alone = charge.origin in {Origin.PORTAL, Origin.LINK}
    CardCharge.objects.filter(pk=charge.pk).update(
        state=State.FAILED,
        code=code,
        next_try_on=again,
        ended_at=viewer.now,
        answered_at=viewer.now if alone else None,
    )
    if charge.origin == Origin.AUTOPAY and again is None:
        tell_payer(viewer, charge)
    record(viewer, "card.charge_failed", charge, code=code, next_try_on=again and again.isoformat())
