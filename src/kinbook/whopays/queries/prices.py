"""What charges come to after the client's sliding fee, or a discount of their own, until they are invoiced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.ledger.verify import Difference, asked
from kinbook.rules.discount import Terms, taken_off

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

SLIDING_FEE, OWN_DISCOUNT = "sliding fee", "discount"

# a discount of the charge's own stands in place of the sliding fee, which lowers sessions only
PRICED = """
SELECT charge.id, charge.cents + charge.discount_cents - charge.lowered_cents,
  charge.discount_cents, charge.discounted_as,
  own.id IS NOT NULL, sliding.id IS NOT NULL,
  CASE WHEN own.id IS NULL THEN sliding.percent ELSE own.percent END,
  CASE WHEN own.id IS NULL THEN sliding.cents ELSE own.cents END,
  CASE WHEN own.id IS NULL THEN sliding.fixed_cents ELSE own.fixed_cents END
FROM whopays_charge charge
LEFT JOIN whopays_discount own ON own.practice_id = charge.practice_id AND own.charge_id = charge.id
LEFT JOIN whopays_discount sliding ON sliding.practice_id = charge.practice_id
  AND sliding.client_id = charge.client_id AND sliding.charge_id IS NULL AND charge.kind = 'session'
  AND charge.on_date >= sliding.starts_on AND (sliding.until IS NULL OR charge.on_date < sliding.until)
  AND (sliding.service_ids = '[]' OR sliding.service_ids ? charge.service_id::text)
WHERE charge.client_id = ANY(%(clients)s) AND charge.fixed_order IS NULL AND charge.state IN ('scheduled', 'billable')
  AND (own.id IS NOT NULL OR sliding.id IS NOT NULL OR charge.discount_cents <> 0)
"""


def mispriced(client_ids: Sequence[UUID]) -> Iterator[tuple[UUID, int, int, str]]:
    """Return each charge not fixed yet whose price is not what fee and discount give: id, price, discount, its name."""
    for charge, fee, before, named, is_own, is_sliding, percent, cents, fixed in asked(
        PRICED, {"clients": list(client_ids)}
    ):
        off = taken_off(fee, Terms(percent, cents, fixed)) if is_own or is_sliding else 0
        name = "" if not off else OWN_DISCOUNT if is_own else SLIDING_FEE
        if (off, name) != (before, named):
            yield charge, fee - off, off, name


def wrong_prices(client_ids: Sequence[UUID]) -> Iterator[Difference]:
    """Find charges whose discount is not the one in force."""
    for charge, price, off, _ in mispriced(client_ids):
        yield Difference("discounts are those in force", f"charge {charge}", f"{off} off would leave {price} cents")
