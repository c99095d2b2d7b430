"""What becomes of a fixed decision when its invoice is voided or given to somebody else (WHO_PAYS)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kinbook.rules.facts import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.rules.facts import Fixed, Share


def freed(fixed: Fixed) -> Fixed:
    """Return the decision once no share stands on a live invoice.

    Its shares wait for the same payers and keep their turn, but it leaves the account until it is decided again.
    """
    return replace(fixed, given=None)


def readdressed(fixed: Fixed, old: Sequence[Share], new: Sequence[Share]) -> Fixed:
    """Return the decision with the shares `old` given to the payers of `new`.

    A charge of which a share is re-addressed leaves the account whole. The turn moves with the share that took it; a
    turn divided among several payers is nobody's.
    """
    kept = [share for share in fixed.shares if share not in old]
    turn = fixed.turn
    took_turn = {share.payer for share in old if share.source is not Source.COVERAGE}
    if turn in took_turn:
        payers = {share.payer for share in new}
        turn = payers.pop() if len(payers) == 1 else None
    return replace(fixed, shares=(*kept, *new), turn=turn, given=None)
