"""Storing a decision that was not forecast: the shares somebody was given by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.people.models import Party
from kinbook.rules.afterwards import readdressed
from kinbook.rules.money import spoken
from kinbook.tenancy.bulk import insert_rows
from kinbook.tenancy.fields import new_id
from kinbook.whopays.commands.forecast import SHARE
from kinbook.whopays.models import Charge, Share
from kinbook.whopays.queries.facts import fixed_of, share_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.rules import facts
    from kinbook.tenancy.viewer import Viewer


def give_shares(viewer: Viewer, charge: Charge, old: Sequence[Share], new: Sequence[facts.Share]) -> None:
    """Put `new` in the place of `old` shares of a fixed charge: it leaves the account, its turn moves."""
    rows = list(Share.objects.filter(charge=charge).order_by("position"))
    after = readdressed(fixed_of(charge, rows), [share_of(each) for each in old], new)
    gone = {each.pk for each in old}
    kept = [each for each in rows if each.pk not in gone]
    Share.objects.filter(pk__in=gone).delete()
    first = max((each.position for each in rows), default=-1) + 1
    insert_rows(
        Share,
        SHARE,
        [
            (
                new_id(),
                viewer.practice_id,
                charge.client_id,
                charge.pk,
                share.payer,
                share.cents,
                share.reason,
                share.payer_reason,
                share.source.value,
                share.coverage,
                first + place,
                True,
                charge.on_date,
                "",
            )
            for place, share in enumerate(new)
        ],
    )
    Charge.objects.filter(pk=charge.pk).update(
        turn=UUID(after.turn) if after.turn else None,
        given=None,
        explanation=_explanation([*(share_of(each) for each in kept), *new]),
    )


def _explanation(shares: Sequence[facts.Share]) -> str:
    names = Party.objects.in_bulk([UUID(share.payer) for share in shares])
    return "; ".join(f"{names[UUID(share.payer)].short_name} {spoken(share.cents)}: {share.reason}" for share in shares)
