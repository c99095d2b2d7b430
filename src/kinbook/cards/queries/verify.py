"""Verifying cards: each charge is its parts, was paid as it was charged, and what went back is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.ledger.verify import Difference, asked

if TYPE_CHECKING:
    from collections.abc import Iterator

CHARGES = """
WITH parts AS (SELECT charge_id, sum(cents) AS cents FROM cards_chargepart GROUP BY charge_id),
went_back AS (
  SELECT charge_id, sum(cents) AS cents FROM (
    SELECT charge_id, cents FROM cards_cardrefund WHERE state = 'done'
    UNION ALL SELECT charge_id, cents FROM cards_dispute WHERE state = 'lost'
  ) each GROUP BY charge_id
),
booked AS (SELECT payment_id, sum(cents) AS cents FROM payments_refund GROUP BY payment_id)
SELECT charge.id, charge.cents, coalesce(parts.cents, 0), coalesce(payment.cents, 0), charge.payment_id IS NOT NULL,
  coalesce(went_back.cents, 0), coalesce(booked.cents, 0)
FROM cards_cardcharge charge
LEFT JOIN parts ON parts.charge_id = charge.id
LEFT JOIN payments_payment payment ON payment.practice_id = charge.practice_id AND payment.id = charge.payment_id
LEFT JOIN went_back ON went_back.charge_id = charge.id
LEFT JOIN booked ON booked.payment_id = charge.payment_id
WHERE coalesce(parts.cents, 0) <> charge.cents
  OR (charge.payment_id IS NOT NULL AND payment.cents IS DISTINCT FROM charge.cents)
  OR coalesce(went_back.cents, 0) <> coalesce(booked.cents, 0)
"""


def wrong_card_charges() -> Iterator[Difference]:
    """Find charges that are not their parts, not their payment, or of which more or less went back than is booked."""
    for charge, cents, parts, payment, is_paid, back, booked in asked(CHARGES):
        told = f"charged {cents} cents, its parts are {parts}"
        told += f", its payment {payment}" if is_paid else ""
        told += f"; {back} went back to the card, {booked} are booked" if back != booked else ""
        yield Difference("cards were charged what was paid", f"card charge {charge}", told)
