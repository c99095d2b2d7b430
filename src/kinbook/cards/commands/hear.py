"""What the processor tells: kept once, and looked up again before anything is believed or booked.

An event is only a word that something changed: the intent is asked how it stands. So it does not matter in which order
events come, how often, or whether at all. Disputes alone are believed as told: their word is signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.commands.carry_on import carry_on
from kinbook.cards.commands.disputes import note_dispute
from kinbook.cards.commands.refunds import carry_on_refund
from kinbook.cards.models import CardCharge, CardRefund, RefundState, Told
from kinbook.jobs.app import enqueue
from kinbook.team.queries import acting_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

    Clock = Callable[[], datetime]

HEARD = ("payment_intent.", "charge.", "refund.")
"""What is listened to; the rest is taken and left alone."""


@transaction.atomic
def note_told(viewer: Viewer, *, event: Mapping[str, Any]) -> Told | None:
    """Keep what the processor tells, and have it seen to; told again, nothing happens."""
    require(viewer, Action.PAYMENT_ADD)
    kind, found = str(event.get("type", "")), (event.get("data") or {}).get("object") or {}
    if not str(event.get("id", "")) or not kind.startswith(HEARD) or not isinstance(found, dict):
        return None
    told, is_new = Told.objects.get_or_create(
        practice_id=viewer.practice_id,
        processor_id=str(event["id"])[:255],
        defaults={
            "kind": kind[:100],
            "object_id": str(found.get("id", ""))[:255],
            "details": details_of(found),
            "told_at": viewer.now,
        },
    )
    if not is_new:
        return None
    enqueue("cards.hear", practice_id=str(viewer.practice_id), told_id=str(told.pk))
    record(viewer, "card.told", told, kind=told.kind)
    return told


KEPT = ("object", "payment_intent", "status", "amount", "reason", "created")


def details_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of an event: no name, no address, no digits of a card."""
    kept = {name: found[name] for name in KEPT if name in found}
    evidence = found.get("evidence_details") or {}
    if isinstance(evidence, dict) and evidence.get("due_by"):
        kept["due_by"] = evidence["due_by"]
    if isinstance(kept.get("payment_intent"), dict):
        kept["payment_intent"] = kept["payment_intent"].get("id", "")
    fees = found.get("balance_transactions") or []
    if isinstance(fees, list):
        kept["fee"] = sum(each.get("fee") or 0 for each in fees if isinstance(each, dict))
    return kept


def hear_told(practice_id: UUID, told_id: UUID, clock: Clock) -> None:
    """See to one event: look up how its charge or refund stands; safe to do twice."""
    with acting_for(practice_id, None, now=clock()) as viewer:
        told = Told.objects.filter(pk=told_id).first()
        if told is None:
            return
        if told.kind.startswith("charge.dispute."):
            note_dispute(viewer, told=told)
            return
        intent = told.object_id if told.kind.startswith("payment_intent.") else told.details.get("payment_intent", "")
        charges = list(CardCharge.objects.filter(intent_id=intent).values_list("pk", flat=True)) if intent else []
        waiting = CardRefund.objects.filter(charge_id__in=charges, state=RefundState.PENDING)
        refunds = list(waiting.values_list("pk", flat=True))
    for charge_id in charges:
        carry_on(practice_id, charge_id, clock)
    for refund_id in refunds:
        carry_on_refund(practice_id, refund_id, clock)
