"""Jobs of cards: charges carried to their end, what the processor tells, AutoPay at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from kinbook.cards.commands.carry_on import carry_on
from kinbook.cards.commands.hear import hear_told
from kinbook.cards.commands.night import begin_night, pay_by_itself
from kinbook.cards.commands.refunds import carry_on_refund
from kinbook.cards.models import ON_ITS_WAY, Card, CardCharge, CardRefund, RefundState, State
from kinbook.cards.processor import NoAnswer, forget_method
from kinbook.cards.queries.keys import account, keys
from kinbook.jobs.app import CLASH, OUTSIDE, app, enqueue
from kinbook.team.queries import acting_for, practice_ids

LEFT_ALONE = timedelta(minutes=2)
"""So long a charge is left to whoever asked for it."""


def _now() -> datetime:
    return datetime.now(UTC)


@app.task(name="cards.carry_on", retry=OUTSIDE)
def carry_on_charge(practice_id: str, charge_id: str) -> None:
    """Carry one charge to its end; without an answer it is asked again, with growing pauses."""
    state = carry_on(UUID(practice_id), UUID(charge_id), _now)
    if state in {State.STARTED, State.UNKNOWN}:
        raise OSError("the card processor did not answer")


@app.task(name="cards.refund", retry=OUTSIDE)
def carry_on_card_refund(practice_id: str, refund_id: str) -> None:
    """Carry one refund to its end."""
    if carry_on_refund(UUID(practice_id), UUID(refund_id), _now) == RefundState.PENDING:
        raise OSError("the card processor did not answer")


@app.task(name="cards.forget", retry=OUTSIDE)
def forget(practice_id: str, card_id: str) -> None:
    """Let the processor forget a card that was removed."""
    with acting_for(UUID(practice_id), None, now=_now()):
        card = Card.objects.filter(pk=UUID(card_id)).first()
        known = account() if card and keys() else None
    if card and known:
        try:
            forget_method(known, card.processor_id)
        except NoAnswer:
            raise OSError("the card processor did not answer") from None


@app.task(name="cards.hear", retry=OUTSIDE)
def hear(practice_id: str, told_id: str) -> None:
    """See to what the processor told."""
    hear_told(UUID(practice_id), UUID(told_id), _now)


@app.periodic(cron="*/5 * * * *")
@app.task(name="cards.look_after")
def look_after(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have each practice's cards looked after, each in a job of its own."""
    for practice_id in practice_ids():
        enqueue("cards.look_after_practice", practice_id=str(practice_id))


@app.task(name="cards.look_after_practice", retry=CLASH)
def look_after_practice(practice_id: str) -> None:
    """Find what nobody carried to its end, and let AutoPay pay once a night."""
    practice, now = UUID(practice_id), _now()
    with acting_for(practice, None, now=now):
        if keys() is None:
            return
        left = CardCharge.objects.filter(state__in=ON_ITS_WAY, asked_at__lt=now - LEFT_ALONE)
        charges = list(left.values_list("pk", flat=True)[:200])
        waiting = CardRefund.objects.filter(state=RefundState.PENDING, asked_at__lt=now - LEFT_ALONE)
        refunds = list(waiting.values_list("pk", flat=True)[:200])
    for charge_id in charges:
        carry_on(practice, charge_id, _now)
    for refund_id in refunds:
        carry_on_refund(practice, refund_id, _now)
    if begin_night(practice, now):
        for charge_id in pay_by_itself(practice, now):
            carry_on(practice, charge_id, _now)
