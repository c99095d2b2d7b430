"""Decisions made afresh from the facts, and what of the stored forecast differs from them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.rules.decide import decide
from kinbook.whopays.models import Charge, ChargeState
from kinbook.whopays.queries.facts import facts_of, load_rows, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kinbook.rules.facts import Decision
    from kinbook.tenancy.models import Practice
    from kinbook.whopays.queries.facts import Rows


def stale_decisions(client_ids: Sequence[UUID], practice: Practice) -> Iterator[tuple[Charge, Decision]]:
    """Return every charge of these clients whose stored decision is not the one the facts give, with that one."""
    rows = load_rows(client_ids)
    for client_id in client_ids:
        charges = {str(each.pk): each for each in rows.charges.get(client_id, [])}
        if not charges:
            continue
        for decision in decide(facts_of(client_id, rows, practice)):
            charge = charges[decision.charge]
            if _differs(charge, decision, rows):
                yield charge, decision


def _differs(charge: Charge, decision: Decision, rows: Rows) -> bool:
    stored = rows.shares.get(charge.pk, [])
    billable = charge.state == ChargeState.BILLABLE
    return (
        charge.needs != decision.needs
        or charge.explanation != decision.explanation
        or charge.rule_key != decision.rule_key
        or charge.turn_id != (UUID(decision.turn) if decision.turn else None)
        or charge.given != (None if decision.given is None else dict(decision.given))
        or tuple(share_of(each) for each in stored) != decision.shares
        or any(each.billable != billable or each.on_date != charge.on_date for each in stored)
    )
