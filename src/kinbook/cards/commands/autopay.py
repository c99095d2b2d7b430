"""AutoPay: a payer lets a card pay a client's invoices on their due date, from and until a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.commands.cards import end_one
from kinbook.cards.models import AutoPay, Card
from kinbook.people.queries import same_person
from kinbook.rules.money import LARGEST
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def set_autopay(viewer: Viewer, *, card: Card, client_id: UUID, most_cents: int | None = None) -> AutoPay:
    """Let a card pay a client's invoices from today on; another card of the payer's steps back for it."""
    require(viewer, Action.PAYMENT_ADD, client_id)
    if card.removed_at is not None or card.is_once:
        raise Conflict("This card was removed: choose another one.")
    if card.client_id not in {None, client_id}:
        raise Invalid(card="This card is for another client's invoices.")
    if most_cents is not None and not 0 < most_cents <= LARGEST:
        raise Invalid(most_cents="A limit is more than nothing.")
    for each in AutoPay.objects.select_for_update().filter(
        holds_on(viewer.today), payer_id__in=same_person(card.payer_id), client_id=client_id
    ):
        end_one(viewer, each)
    made = AutoPay.objects.create(
        practice_id=viewer.practice_id,
        payer_id=card.payer_id,
        client_id=client_id,
        card=card,
        starts_on=viewer.today,
        most_cents=most_cents,
        set_at=viewer.now,
        set_by=viewer.name,
    )
    record(viewer, "autopay.set", made, client_id=client_id, payer=str(card.payer_id), most_cents=most_cents)
    return made


@transaction.atomic
def end_autopay(viewer: Viewer, *, payer_id: UUID, client_id: UUID) -> None:
    """Let nothing be paid by itself any more; said twice, it stays so."""
    require(viewer, Action.PAYMENT_ADD, client_id)
    held = AutoPay.objects.filter(holds_on(viewer.today), payer_id__in=same_person(payer_id), client_id=client_id)
    for each in held:
        end_one(viewer, each)
        record(viewer, "autopay.ended", each, client_id=client_id, payer=str(payer_id))
