"""Asking for a charge: written down, committed, and only then sent to the processor (`carry_on`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.models import ON_ITS_WAY, Card, CardCharge, ChargePart, Origin, State
from kinbook.cards.queries.keys import account
from kinbook.invoices.commands.settle import Settles, clients_of, lock_invoices
from kinbook.invoices.models import Invoice
from kinbook.jobs.app import enqueue
from kinbook.people.commands.parties import lock_in_order
from kinbook.people.queries import lock_clients, same_person
from kinbook.rules.money import LARGEST
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

SAFETY_NET = 45
"""Seconds after which a job looks whether a charge or a refund came to its end: who asked may have been killed."""


@transaction.atomic
def ask_charge(
    viewer: Viewer,
    *,
    card: Card,
    parts: Sequence[Settles],
    origin: Origin = Origin.STAFF,
    token: str = "",
    retries: CardCharge | None = None,
) -> CardCharge:
    """Write down that a card is to be charged for invoices of its payer; the same form sent twice is one charge.

    Raises Invalid for amounts that are not due, Conflict where a charge of one of the invoices is on its way.
    """
    clients = clients_of([part.invoice_id for part in parts])
    require(viewer, Action.PAYMENT_ADD)
    for client_id in clients:
        require(viewer, Action.PAYMENT_ADD, client_id)
    account()  # refuses without keys
    mine = same_person(card.payer_id)
    lock_clients(clients)
    lock_in_order(mine)
    lock_invoices([part.invoice_id for part in parts])
    known = CardCharge.objects.filter(token=token, payer_id__in=mine).first() if token else None
    if known is not None:
        return known
    cents = _check(viewer, card, parts, mine, clients)
    charge = CardCharge.objects.create(
        practice_id=viewer.practice_id,
        payer_id=card.payer_id,
        card=card,
        cents=cents,
        currency=viewer.currency,
        origin=origin,
        asked_at=viewer.now,
        asked_by=viewer.name,
        asked_by_id=None if viewer.is_job else viewer.id,
        token=token,
        attempt=retries.attempt + 1 if retries else 1,
        first_on=retries.first_on if retries else viewer.today,
    )
    ChargePart.objects.bulk_create(
        ChargePart(practice_id=viewer.practice_id, charge=charge, invoice_id=part.invoice_id, cents=part.cents)
        for part in parts
    )
    _answer_failures(viewer, [part.invoice_id for part in parts])
    enqueue("cards.carry_on", SAFETY_NET, practice_id=str(viewer.practice_id), charge_id=str(charge.pk))
    record(viewer, "card.charge_asked", charge, client_id=min(clients), cents=cents, origin=origin)
    return charge


def _check(viewer: Viewer, card: Card, parts: Sequence[Settles], mine: Sequence[UUID], clients: set[UUID]) -> int:
    if card.removed_at is not None:
        raise Conflict("This card was removed: choose another one.")
    if card.has_expired(viewer.today):
        raise Invalid(card=f"This card expired in {card.expires}: choose another one.")
    if card.client_id is not None and clients != {card.client_id}:
        raise Invalid(card="This card is for another client's invoices.")
    open_ones = {
        each.pk: each for each in Invoice.objects.with_state().filter(pk__in=[each.invoice_id for each in parts])
    }
    if not parts or len(open_ones) != len(parts):
        raise Invalid(amount="Name each invoice once.")
    for part in parts:
        invoice = open_ones[part.invoice_id]
        if invoice.payer_id not in mine:
            raise Unknown
        if invoice.standing.is_void or not 0 < part.cents <= invoice.standing.due_cents:
            raise Invalid(amount=f"At most what is due on {invoice.name}, and more than nothing.")
    if ChargePart.objects.filter(invoice_id__in=open_ones, charge__state__in=ON_ITS_WAY).exists():
        raise Conflict("A charge for this invoice is on its way. Wait for it: nothing is charged twice.")
    cents = sum(part.cents for part in parts)
    _check_limits(viewer, card, cents)
    return cents


def _check_limits(viewer: Viewer, card: Card, cents: int) -> None:
    if cents > LARGEST:
        raise Invalid(amount="This is more than can be charged at once.")
    if card.is_once:
        return
    if card.most_a_charge is not None and cents > card.most_a_charge:
        raise Invalid(amount="This is over the limit its holder set for one charge of this card.")
    if card.most_a_month is not None and charged_this_month(viewer, card) + cents > card.most_a_month:
        raise Invalid(amount="This is over the limit its holder set for this card and month.")


def charged_this_month(viewer: Viewer, card: Card) -> int:
    """Return what a card was charged, or is being charged, in the month of today; cents."""
    begins = viewer.now.astimezone(viewer.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = CardCharge.objects.filter(card=card, asked_at__gte=begins).exclude(state=State.FAILED)
    return rows.aggregate(sum=Sum("cents"))["sum"] or 0


def _answer_failures(viewer: Viewer, invoice_ids: Sequence[UUID]) -> None:
    """Let a newer try stand for those that failed before: one thing needs a hand at a time."""
    parts = ChargePart.objects.filter(invoice_id__in=invoice_ids).values("charge_id")
    CardCharge.objects.open_failures().filter(pk__in=parts).update(
        answered_at=viewer.now, answered_by=viewer.name, next_try_on=None
    )


@transaction.atomic
def answer_failure(viewer: Viewer, *, charge: CardCharge) -> None:
    """Put a failed charge aside: it is not tried again by itself."""
    for client_id in clients_of(charge.parts.values_list("invoice_id", flat=True)):
        require(viewer, Action.PAYMENT_ADD, client_id)
    CardCharge.objects.open_failures().filter(pk=charge.pk).update(
        answered_at=viewer.now, answered_by=viewer.name, next_try_on=None
    )
    record(viewer, "card.failure_answered", charge)
