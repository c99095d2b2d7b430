"""What statements are made of: the accounts of many payers over a period, as the journal tells them, at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from kinbook.tenancy.bulk import array

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountOf:
    """An account that is asked for: all ids of one payer, and the client it is narrowed to."""

    payers: tuple[UUID, ...]
    client_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One entry on an account: by so many cents the payer owes more, or less (negative)."""

    on_date: date
    event: str
    invoice_id: UUID | None
    payment_id: UUID | None
    cents: int


@dataclass(slots=True)
class Account:
    """An account over a period, in cents; `open_by_invoice` is what was due on each invoice at its end."""

    opening_cents: int = 0
    moves: list[Move] = field(default_factory=list)
    open_by_invoice: dict[UUID, int] = field(default_factory=dict)
    credit_cents: int = 0

    @property
    def closing_cents(self) -> int:
        """What is owed at the end; negative in credit."""
        return self.opening_cents + sum(move.cents for move in self.moves)


# A payer's account is what they owe less their credit: entries that move money between the two alone are no lines of
# it. For one client it is what is owed for that client; credit belongs to none.
TOUCHED = """
WITH asked AS (
  SELECT * FROM unnest(%(places)s::int[], %(payers)s::uuid[], %(clients)s::uuid[]) AS asked (place, payer_id, client_id)
), touched AS (
  SELECT asked.place, asked.client_id AS narrowed, line.entry_id, line.account, line.invoice_id, line.cents
  FROM asked JOIN ledger_line line ON line.payer_id = asked.payer_id
    AND (line.account = 'credit' OR (line.account = 'receivable'
      AND (asked.client_id IS NULL OR line.client_id = asked.client_id)))
)
"""
MOVES = (
    TOUCHED
    + """
SELECT place, entry.on_date, entry.event, entry.invoice_id, entry.payment_id, sum(touched.cents)::bigint
FROM touched JOIN ledger_entry entry ON entry.id = touched.entry_id
WHERE (touched.account = 'receivable' OR narrowed IS NULL) AND entry.on_date BETWEEN %(since)s AND %(through)s
GROUP BY place, entry.id HAVING sum(touched.cents) <> 0
ORDER BY place, entry.on_date, entry.posted_at, entry.id
"""
)
SUMS = (
    TOUCHED
    + """
SELECT place, touched.account,
  coalesce(sum(touched.cents) FILTER (WHERE entry.on_date < %(since)s
    AND (touched.account = 'receivable' OR narrowed IS NULL)), 0)::bigint,
  coalesce(sum(touched.cents), 0)::bigint, touched.invoice_id
FROM touched JOIN ledger_entry entry ON entry.id = touched.entry_id
WHERE entry.on_date <= %(through)s
GROUP BY place, touched.account, touched.invoice_id
ORDER BY place, touched.invoice_id
"""
)


def accounts_over(asked: Sequence[AccountOf], *, since: date, through: date) -> list[Account]:
    """Return the accounts asked for over local dates, both included, in the order asked: two queries for any number."""
    found = [Account() for _ in asked]
    rows = [(place, payer, one.client_id) for place, one in enumerate(asked) for payer in one.payers]
    values = {
        "places": array(place for place, _, _ in rows),
        "payers": array(payer for _, payer, _ in rows),
        "clients": array(client for _, _, client in rows),
        "since": since,
        "through": through,
    }
    for place, account, before, at_end, invoice_id in _read(SUMS, values):
        found[place].opening_cents += before
        if account == "credit":
            found[place].credit_cents -= at_end
        elif at_end and invoice_id:
            found[place].open_by_invoice[invoice_id] = at_end
    for place, *move in _read(MOVES, values):
        found[place].moves.append(Move(*move))
    return found


def _read(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


PAYERS = """
SELECT client_id, payer_id, sum(cents)::bigint FROM ledger_balance
WHERE account = 'receivable' AND client_id IS NOT NULL GROUP BY client_id, payer_id HAVING sum(cents) <> 0
"""
CLIENTS = """
SELECT DISTINCT payer_id, client_id FROM ledger_balance
WHERE account = 'receivable' AND client_id IS NOT NULL AND payer_id = ANY(%(payers)s)
"""


def clients_billed(payers: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Return each of these payers with each client for whom they were ever billed."""
    return [(payer, client) for payer, client in _read(CLIENTS, {"payers": list(payers)})]


def payers_owing() -> list[tuple[UUID, UUID, int]]:
    """Return client, payer and cents wherever something is owed, or was paid too much."""
    return [(client, payer, cents) for client, payer, cents in _read(PAYERS, {})]


@dataclass(frozen=True, slots=True)
class Money:
    """Money of one payment that came or went: when, by which event, how many cents (negative: given back)."""

    payment_id: UUID
    on_date: date
    event: str
    cents: int


CASH = """
SELECT entry.payment_id, entry.on_date, entry.event, sum(line.cents)::bigint
FROM ledger_line line JOIN ledger_entry entry ON entry.id = line.entry_id
WHERE line.account = 'cash' AND line.payer_id = ANY(%(payers)s) AND entry.payment_id IS NOT NULL
GROUP BY entry.id HAVING sum(line.cents) <> 0
ORDER BY entry.on_date, entry.posted_at, entry.id
"""
APPLIED = """
SELECT entry.payment_id, line.client_id, -sum(line.cents)::bigint
FROM ledger_line line JOIN ledger_entry entry ON entry.id = line.entry_id
WHERE line.account = 'receivable' AND line.payer_id = ANY(%(payers)s) AND entry.payment_id IS NOT NULL
GROUP BY entry.payment_id, line.client_id HAVING sum(line.cents) <> 0
"""


def money_of(payers: Sequence[UUID]) -> list[Money]:
    """Return all money that came from a payer (all their ids) or went back, by date."""
    return [Money(*row) for row in _read(CASH, {"payers": list(payers)})]


def applied_of(payers: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Return by payment what of it settles invoices for each client now, in cents."""
    found: dict[UUID, dict[UUID, int]] = {}
    for payment_id, client_id, cents in _read(APPLIED, {"payers": list(payers)}):
        found.setdefault(payment_id, {})[client_id] = cents
    return found
