"""Verifying payments: what they settle and what went back is at most what they are, and the journal holds the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.ledger.verify import Difference, asked

if TYPE_CHECKING:
    from collections.abc import Iterator

RECEIVED = """
WITH settled AS (SELECT payment_id, sum(cents) AS cents FROM invoices_allocation GROUP BY payment_id),
given_back AS (SELECT payment_id, sum(cents) AS cents FROM payments_refund GROUP BY payment_id),
booked AS (
  SELECT entry.payment_id, sum(line.cents) AS cents
  FROM ledger_line line JOIN ledger_entry entry ON entry.practice_id = line.practice_id AND entry.id = line.entry_id
  WHERE line.account = 'cash' AND entry.payment_id IS NOT NULL GROUP BY entry.payment_id
), kept AS (
  SELECT payment.id, CASE WHEN back.id IS NULL THEN payment.cents ELSE 0 END - coalesce(given_back.cents, 0) AS cents
  FROM payments_payment payment
  LEFT JOIN given_back ON given_back.payment_id = payment.id
  LEFT JOIN payments_reversal back ON back.practice_id = payment.practice_id AND back.payment_id = payment.id
)
SELECT kept.id, kept.cents, coalesce(settled.cents, 0), coalesce(booked.cents, 0)
FROM kept
LEFT JOIN settled ON settled.payment_id = kept.id
LEFT JOIN booked ON booked.payment_id = kept.id
WHERE kept.cents < 0 OR coalesce(settled.cents, 0) NOT BETWEEN 0 AND kept.cents
  OR coalesce(booked.cents, 0) <> kept.cents
"""


def wrong_payments() -> Iterator[Difference]:
    """Find payments that settle more than is left of them, or that the journal does not hold as they are."""
    for payment, cents, settled, booked in asked(RECEIVED):
        told = f"{cents} cents less what went back: it settles {settled} cents, the journal holds {booked}"
        yield Difference("payments settle at most what they are", f"payment {payment}", told)
