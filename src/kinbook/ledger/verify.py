"""Verifying the journal: every entry sums to zero, every stored figure is the sum of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from kinbook.tallies.models import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not what the facts say: which check found it, where, and how it differs. Names nobody."""

    check: str
    subject: str
    says: str


def asked(query: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a check's own statement; the database shows it one practice only."""
    with connection.cursor() as cursor:
        cursor.execute(query, values or {})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


UNBALANCED = """
SELECT entry.id, entry.event, sum(line.cents)
FROM ledger_entry entry
LEFT JOIN ledger_line line ON line.practice_id = entry.practice_id AND line.entry_id = entry.id
GROUP BY entry.id, entry.event HAVING sum(line.cents) IS DISTINCT FROM 0
"""


def unbalanced_entries() -> Iterator[Difference]:
    """Find entries that do not sum to zero, or have no lines."""
    for entry, event, cents in asked(UNBALANCED):
        told = "has no lines" if cents is None else f"sums to {cents} cents"
        yield Difference("entries sum to zero", f"entry {entry} ({event})", told)


MISDATED = """
SELECT entry.id, entry.event, entry.on_date, min(line.on_date), max(line.on_date)
FROM ledger_line line JOIN ledger_entry entry ON entry.practice_id = line.practice_id AND entry.id = line.entry_id
WHERE line.on_date <> entry.on_date GROUP BY entry.id, entry.event, entry.on_date
"""


def misdated_lines() -> Iterator[Difference]:
    """Find lines that bear another date than their entry."""
    for entry, event, day, first, last in asked(MISDATED):
        told = f"is of {day}, its lines of {first} to {last}"
        yield Difference("lines bear the date of their entry", f"entry {entry} ({event})", told)


BALANCES = """
WITH sums AS (
  SELECT account, payer_id, client_id, sum(cents) AS cents FROM ledger_line
  WHERE account IN ('receivable', 'credit') GROUP BY account, payer_id, client_id
)
SELECT coalesce(kept.account, sums.account), coalesce(kept.payer_id, sums.payer_id),
       coalesce(kept.client_id, sums.client_id), coalesce(kept.cents, 0), coalesce(sums.cents, 0)
FROM sums FULL JOIN ledger_balance kept
  ON kept.account = sums.account AND kept.payer_id = sums.payer_id
  AND coalesce(kept.client_id, kept.payer_id) = coalesce(sums.client_id, sums.payer_id)
WHERE coalesce(kept.cents, 0) <> coalesce(sums.cents, 0)
"""


def wrong_balances() -> Iterator[Difference]:
    """Find stored balances that are not the sums of their lines."""
    for account, payer, client, kept, lines in asked(BALANCES):
        subject = f"{account} of payer {payer}" + (f" for client {client}" if client else "")
        yield Difference("balances are sums of lines", subject, f"stored {kept} cents, the lines say {lines}")


CREDIT = """
WITH credits AS (
  SELECT -sum(cents) AS cents FROM ledger_line WHERE account = 'credit' GROUP BY payer_id HAVING sum(cents) < 0
), kept AS (
  SELECT coalesce(sum(count), 0) AS count, coalesce(sum(cents), 0) AS cents FROM tallies_tally WHERE kind = %(kind)s
)
SELECT kept.count, kept.cents, (SELECT count(*) FROM credits), (SELECT coalesce(sum(cents), 0) FROM credits) FROM kept
"""


def wrong_count_of_credit() -> Iterator[Difference]:
    """Find out whether the count of unapplied credit is what the journal says."""
    for count, cents, payers, credit in asked(CREDIT, {"kind": Kind.CREDIT.value}):
        if (count, cents) != (payers, credit):
            said = f"counted {count} of {cents} cents, the journal says {payers} of {credit}"
            yield Difference("counts of what needs a hand", "unapplied credit", said)
