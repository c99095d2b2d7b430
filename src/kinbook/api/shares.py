"""Everybody's share of a charge as programs see it, with the reason for the practice and the one for the payer."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel

from kinbook.whopays.models import Charge, Share


class ShareShown(BaseModel):
    """One payer's part of a charge."""

    payer_id: UUID
    cents: int
    reason: str
    payer_reason: str
    invoice_id: UUID | None


def shares_of(charge_ids: Iterable[UUID]) -> dict[UUID, list[ShareShown]]:
    """Return the shares of charges in their order, merged payers as those who stand for them: one query."""
    found: dict[UUID, list[ShareShown]] = defaultdict(list)
    rows = Share.objects.filter(charge_id__in=list(charge_ids)).select_related("payer")
    for row in rows.order_by("charge_id", "position"):
        found[row.charge_id].append(
            ShareShown(
                payer_id=row.payer.merged_into_id or row.payer_id,
                cents=row.cents,
                reason=row.reason,
                payer_reason=row.payer_reason,
                invoice_id=row.invoice_id,
            )
        )
    return found


def state_of(charge: Charge) -> str:
    """Return how a charge stands: forecast, fixed, needs_payer or written_off."""
    if charge.state == "waived":
        return "written_off"
    if charge.fixed_order is not None:
        return "fixed"
    return "needs_payer" if charge.needs else "forecast"
