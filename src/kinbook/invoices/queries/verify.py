"""Verifying invoices: lines, standings, numbers, and that every share stands where its line says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.ledger.verify import Difference, asked

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDINGS = """
WITH lines AS (SELECT invoice_id, sum(cents) AS cents FROM invoices_invoiceline GROUP BY invoice_id),
settled AS (SELECT invoice_id, sum(cents) AS cents FROM invoices_allocation GROUP BY invoice_id),
let_off AS (SELECT invoice_id, sum(cents) AS cents FROM invoices_writeoff GROUP BY invoice_id),
credited AS (
  SELECT note.invoice_id, sum(line.cents) AS cents FROM invoices_creditnote note
  JOIN invoices_creditnoteline line ON line.practice_id = note.practice_id AND line.note_id = note.id
  WHERE NOT EXISTS (SELECT FROM invoices_creditnotevoid gone
                    WHERE gone.practice_id = note.practice_id AND gone.note_id = note.id)
  GROUP BY note.invoice_id
),
booked AS (
  SELECT invoice_id, sum(cents) AS cents FROM ledger_line
  WHERE account = 'receivable' AND invoice_id IS NOT NULL GROUP BY invoice_id
), told AS (
  SELECT made.name, made.total_cents, coalesce(lines.cents, 0) AS lines_cents, void.id IS NOT NULL AS is_void,
    CASE WHEN void.id IS NULL THEN made.total_cents ELSE 0 END
      - coalesce(settled.cents, 0) - coalesce(let_off.cents, 0)
      - coalesce(credited.cents, 0) AS due,
    standing.due_cents AS kept, standing.is_void AS kept_void, coalesce(booked.cents, 0) AS booked
  FROM invoices_invoice made
  LEFT JOIN lines ON lines.invoice_id = made.id
  LEFT JOIN settled ON settled.invoice_id = made.id
  LEFT JOIN let_off ON let_off.invoice_id = made.id
  LEFT JOIN credited ON credited.invoice_id = made.id
  LEFT JOIN booked ON booked.invoice_id = made.id
  LEFT JOIN invoices_void void ON void.practice_id = made.practice_id AND void.invoice_id = made.id
  LEFT JOIN invoices_standing standing ON standing.invoice_id = made.id
)
SELECT name, total_cents, lines_cents, is_void, due, kept, kept_void, booked FROM told
WHERE total_cents <> lines_cents OR due IS DISTINCT FROM kept OR due <> booked OR is_void IS DISTINCT FROM kept_void
ORDER BY name
"""


def wrong_standings() -> Iterator[Difference]:
    """Find invoices whose lines, what settled or lowered them, and journal do not give what is stored as due."""
    for name, total, lines, is_void, due, kept, kept_void, booked in asked(STANDINGS):
        if total != lines:
            yield Difference("invoices are their lines", name, f"total {total} cents, the lines {lines}")
        if due != kept or due != booked:
            told = f"stored {kept} cents due, what settled it leaves {due}, the journal says {booked}"
            yield Difference("what is due on invoices", name, told)
        if is_void != kept_void:
            yield Difference("what is due on invoices", name, "void" if is_void else "stored as void, and never voided")


NUMBERS = """
SELECT count(*), coalesce(min(number), 1), coalesce(max(number), 0),
  coalesce((SELECT max(last) FROM invoices_counter), 0)
FROM invoices_invoice
"""


def missing_numbers() -> Iterator[Difference]:
    """Find gaps in the invoices' numbers, and a counter that is not at the last of them."""
    for count, first, last, counter in asked(NUMBERS):
        if first != 1 or last != count:
            told = f"{count} invoices are numbered {first} to {last}"
            yield Difference("numbers have no gaps", "invoice numbers", told)
        if counter != last:
            told = f"the counter is at {counter}, the last invoice is number {last}"
            yield Difference("numbers have no gaps", "invoice numbers", told)


CREDIT_NOTES = """
SELECT count(*), coalesce(min(number), 1), coalesce(max(number), 0),
  coalesce((SELECT max(last_credit_note) FROM invoices_counter), 0)
FROM invoices_creditnote
"""


def missing_credit_notes() -> Iterator[Difference]:
    """Find gaps in the credit notes' numbers, and a counter that is not at the last of them."""
    for count, first, last, counter in asked(CREDIT_NOTES):
        if first != 1 or last != count or counter != last:
            told = f"{count} credit notes are numbered {first} to {last}, the counter is at {counter}"
            yield Difference("numbers have no gaps", "credit note numbers", told)


PLACES = """
WITH live AS (
  SELECT line.invoice_id, line.charge_id, sum(line.cents) AS cents
  FROM invoices_invoiceline line
  JOIN invoices_standing standing ON standing.invoice_id = line.invoice_id AND NOT standing.is_void
  GROUP BY line.invoice_id, line.charge_id
), standing AS (
  SELECT invoice_id, charge_id, sum(cents) AS cents FROM whopays_share WHERE invoice_id IS NOT NULL
  GROUP BY invoice_id, charge_id
)
SELECT made.name, coalesce(live.charge_id, standing.charge_id), coalesce(live.cents, 0), coalesce(standing.cents, 0)
FROM live FULL JOIN standing ON standing.invoice_id = live.invoice_id AND standing.charge_id = live.charge_id
JOIN invoices_invoice made ON made.id = coalesce(live.invoice_id, standing.invoice_id)
WHERE live.cents IS DISTINCT FROM standing.cents ORDER BY made.name
"""


def misplaced_shares() -> Iterator[Difference]:
    """Find shares that stand on another invoice than the one with their line, or on a void one."""
    for name, charge, lines, shares in asked(PLACES):
        told = f"charge {charge}: {lines} cents on live lines, {shares} cents of shares stand on it"
        yield Difference("every share is invoiced once", name, told)


DUE = """
WITH due AS (
  SELECT due_on AS on_date, count(*) AS count, sum(due_cents) AS cents FROM invoices_standing
  WHERE due_cents > 0 GROUP BY due_on
), kept AS (
  SELECT on_date, sum(count) AS count, sum(cents) AS cents FROM tallies_tally WHERE kind = 'due' GROUP BY on_date
)
SELECT coalesce(due.on_date, kept.on_date), coalesce(kept.count, 0), coalesce(kept.cents, 0),
  coalesce(due.count, 0), coalesce(due.cents, 0)
FROM due FULL JOIN kept ON kept.on_date = due.on_date
WHERE coalesce(kept.count, 0) <> coalesce(due.count, 0) OR coalesce(kept.cents, 0) <> coalesce(due.cents, 0)
"""


def wrong_counts_of_due() -> Iterator[Difference]:
    """Find days whose count of invoices due then is not that of the invoices."""
    for day, count, cents, invoices, due in asked(DUE):
        told = f"counted {count} of {cents} cents, the invoices say {invoices} of {due}"
        yield Difference("counts of what needs a hand", f"due on {day}", told)
