"""AutoPay at night: a payer's credit first, then their card; what failed is tried again on its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.audit.record import record
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.models import CardCharge, Keys, Origin
from kinbook.cards.queries.night import Planned, autopay_on
from kinbook.invoices.commands.settle import Settles
from kinbook.ledger.balances import payer_standing
from kinbook.payments.commands import apply_credit
from kinbook.people.queries import same_person
from kinbook.team.queries import acting_for
from kinbook.tenancy.refused import Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

NIGHT = 2
"""The hour of the practice's clock at which AutoPay begins."""


def begin_night(practice_id: UUID, now: datetime) -> bool:
    """Tell whether AutoPay's hour has come and nobody has begun this night yet; then it is begun."""
    with acting_for(practice_id, None, now=now) as viewer:
        if viewer.now.astimezone(viewer.zone).hour < NIGHT:
            return False
        return bool(Keys.objects.filter(paid_through__lt=viewer.today).update(paid_through=viewer.today))


def pay_by_itself(practice_id: UUID, now: datetime) -> list[UUID]:
    """Write down every charge that is due by itself, each in a transaction of its own; returns those to carry on.

    Run again the same night it finds nothing left: what is paid is not due, what failed waits for its day.
    """
    with acting_for(practice_id, None, now=now) as viewer:
        plans = [plan for plan in autopay_on(viewer.today) if not plan.held]
    asked = []
    for plan in plans:
        with acting_for(practice_id, None, now=now) as viewer:
            charge = _pay(viewer, plan)
        if charge is not None:
            asked.append(charge.pk)
    return asked


def _pay(viewer: Viewer, plan: Planned) -> CardCharge | None:
    """Apply credit, then ask for what is left; None where nothing is left, or somebody was quicker."""
    left = _after_credit(viewer, plan)
    parts = [Settles(invoice_id, cents) for invoice_id, cents in left.items() if cents > 0]
    if not parts:
        return None
    try:
        return ask_charge(viewer, card=plan.card, parts=parts, origin=Origin.AUTOPAY, retries=plan.failed)
    except Refused as refused:
        record(viewer, "autopay.held", plan.card, payer=str(plan.payer.pk), why=refused.sentence)
        return None


def _after_credit(viewer: Viewer, plan: Planned) -> dict[UUID, int]:
    credit = payer_standing(same_person(plan.payer.pk)).credit_cents
    left = {}
    for each in plan.invoices:
        applied = 0
        if credit > 0:
            applied = apply_credit(viewer, payer_id=plan.payer.pk, invoice_id=each.id)
            credit -= applied
        left[each.id] = each.due_cents - applied
    return left
