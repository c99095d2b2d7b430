"""Verifying payers' accounts: what facts say was invoiced, applied, given up and is left is what the journal says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.ledger.verify import Difference, asked

if TYPE_CHECKING:
    from collections.abc import Iterator

MOVED = """
WITH roots AS (SELECT id, coalesce(merged_into_id, id) AS root FROM people_party)
SELECT line.entry_id, min(entry.event), roots.root, sum(line.cents)
FROM ledger_line line
JOIN ledger_entry entry ON entry.practice_id = line.practice_id AND entry.id = line.entry_id
JOIN roots ON roots.id = line.payer_id
GROUP BY line.entry_id, roots.root HAVING sum(line.cents) <> 0
"""


def moved_between_payers() -> Iterator[Difference]:
    """Find entries that move cents from one payer to another: each balances for every payer it names."""
    for entry, event, payer, cents in asked(MOVED):
        told = f"leaves {cents} cents with payer {payer}"
        yield Difference("no entry moves money between payers", f"entry {entry} ({event})", told)


INVOICED = """
WITH roots AS (SELECT id, coalesce(merged_into_id, id) AS root FROM people_party), booked AS (
  SELECT roots.root, sum(line.cents) AS cents
  FROM ledger_line line
  JOIN ledger_entry entry ON entry.practice_id = line.practice_id AND entry.id = line.entry_id
  JOIN roots ON roots.id = line.payer_id
  WHERE line.account = 'receivable' AND entry.event IN ('invoice issued', 'invoice voided') GROUP BY roots.root
), live AS (
  SELECT roots.root, sum(made.total_cents) AS cents
  FROM invoices_invoice made JOIN roots ON roots.id = made.payer_id
  WHERE NOT EXISTS (
    SELECT FROM invoices_void void WHERE void.practice_id = made.practice_id AND void.invoice_id = made.id
  ) GROUP BY roots.root
)
SELECT root, coalesce(live.cents, 0), coalesce(booked.cents, 0) FROM live FULL JOIN booked USING (root)
WHERE coalesce(live.cents, 0) <> coalesce(booked.cents, 0)
"""


def wrongly_invoiced() -> Iterator[Difference]:
    """Find payers of whom the journal booked something else than their live invoices."""
    for payer, live, booked in asked(INVOICED):
        told = f"live invoices of {live} cents, the journal booked {booked}"
        yield Difference("what was invoiced is in the journal", f"payer {payer}", told)


SETTLED = """
WITH roots AS (SELECT id, coalesce(merged_into_id, id) AS root FROM people_party), booked AS (
  SELECT roots.root, line.client_id, sum(line.cents) FILTER (WHERE line.account = 'write_off') AS given_up,
    -sum(line.cents) FILTER (
      WHERE line.account = 'receivable' AND entry.event IN ('payment allocated', 'allocation undone')) AS applied
  FROM ledger_line line
  JOIN ledger_entry entry ON entry.practice_id = line.practice_id AND entry.id = line.entry_id
  JOIN roots ON roots.id = line.payer_id
  WHERE line.client_id IS NOT NULL GROUP BY roots.root, line.client_id
), facts AS (
  SELECT roots.root, told.client_id, sum(told.applied) AS applied, sum(told.given_up) AS given_up
  FROM (
    SELECT made.payer_id, part.client_id, part.cents AS applied, 0 AS given_up
    FROM invoices_allocation part
    JOIN invoices_invoice made ON made.practice_id = part.practice_id AND made.id = part.invoice_id
    UNION ALL
    SELECT made.payer_id, part.client_id, 0, part.cents
    FROM invoices_writeoff part
    JOIN invoices_invoice made ON made.practice_id = part.practice_id AND made.id = part.invoice_id
  ) AS told JOIN roots ON roots.id = told.payer_id GROUP BY roots.root, told.client_id
)
SELECT root, client_id, coalesce(facts.applied, 0), coalesce(booked.applied, 0),
  coalesce(facts.given_up, 0), coalesce(booked.given_up, 0)
FROM facts FULL JOIN booked USING (root, client_id)
WHERE coalesce(facts.applied, 0) <> coalesce(booked.applied, 0)
  OR coalesce(facts.given_up, 0) <> coalesce(booked.given_up, 0)
"""


def wrongly_settled() -> Iterator[Difference]:
    """Find payers and clients for whom the journal applied or gave up something else than was said."""
    for payer, client, applied, booked, given_up, booked_up in asked(SETTLED):
        told = f"applied {applied} and written off {given_up} cents, the journal says {booked} and {booked_up}"
        yield Difference("what was applied and given up is in the journal", f"payer {payer} for client {client}", told)


CREDIT = """
WITH roots AS (SELECT id, coalesce(merged_into_id, id) AS root FROM people_party), booked AS (
  SELECT roots.root, coalesce(sum(line.cents) FILTER (WHERE line.account = 'cash'), 0) AS paid,
    -coalesce(sum(line.cents) FILTER (WHERE line.account = 'credit'), 0) AS credit
  FROM ledger_line line JOIN roots ON roots.id = line.payer_id
  WHERE line.account IN ('cash', 'credit') GROUP BY roots.root
), applied AS (
  SELECT roots.root, sum(part.cents) AS cents
  FROM invoices_allocation part
  JOIN payments_payment paid ON paid.practice_id = part.practice_id AND paid.id = part.payment_id
  JOIN roots ON roots.id = paid.payer_id GROUP BY roots.root
)
SELECT root, coalesce(paid, 0), coalesce(applied.cents, 0), coalesce(credit, 0)
FROM booked FULL JOIN applied USING (root)
WHERE coalesce(paid, 0) - coalesce(applied.cents, 0) <> coalesce(credit, 0) OR coalesce(credit, 0) < 0
"""


def wrong_credits() -> Iterator[Difference]:
    """Find payers whose credit is not what they paid less what was applied, or is less than nothing."""
    for payer, paid, applied, credit in asked(CREDIT):
        told = f"paid {paid} cents, applied {applied}, the journal keeps {credit} of credit"
        yield Difference("credit is what was paid and not applied", f"payer {payer}", told)
