"""Alternation by appointment: the turn goes to whoever has had the fewest, for their weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kinbook.rules.arrangement import ByAppointment, PayerId


def whose_turn(rule: ByAppointment, turns: Mapping[PayerId, int]) -> PayerId:
    """Return the payer with the fewest turns divided by weight; ties go by list order."""
    best, best_turns, best_weight = "", 0, 0
    for payer, weight in zip(rule.payers, rule.weights, strict=True):
        had = turns.get(payer, 0)
        # had / weight < best_turns / best_weight, without fractions
        if not best_weight or had * best_weight < best_turns * weight:
            best, best_turns, best_weight = payer, had, weight
    return best
