"""A fee lowered after it was invoiced: what waits is lowered itself, what stands on an invoice by a credit note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from kinbook.whopays.models import Charge, Share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def note_lowered(charge_id: UUID, *, credited: int) -> None:
    """Note that credit notes took cents off an invoiced charge: its fee is lower by them. Part of a command.

    The charge leaves its account whole: what the rule gave of the old fee is claimed from nobody.
    """
    Charge.objects.filter(pk=charge_id).update(lowered_cents=F("lowered_cents") + credited, given=None)


def lower_waiting(shares: Iterable[tuple[Share, int]]) -> None:
    """Let shares that stand on no invoice come to fewer cents, and their charge with them. Part of a command."""
    for share, cents in shares:
        if cents == share.cents:
            continue
        Charge.objects.filter(pk=share.charge_id).update(cents=F("cents") - (share.cents - cents), given=None)
        if cents:
            Share.objects.filter(pk=share.pk).update(cents=cents)
        else:
            Share.objects.filter(pk=share.pk).delete()


def keep_lowered(shares: Iterable[Share], credited: dict[UUID, int]) -> None:
    """Let the shares of a voided invoice wait at the lowered fee: what was credited by charge is not billed again.

    Part of a void, which has taken the credit notes back.
    """
    for share in shares:
        off = min(share.cents, credited.get(share.charge_id, 0))
        if off:
            credited[share.charge_id] -= off
            Charge.objects.filter(pk=share.charge_id).update(lowered_cents=F("lowered_cents") - off)
            lower_waiting([(share, share.cents - off)])
