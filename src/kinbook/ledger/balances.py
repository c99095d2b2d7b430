"""Balances: sums of journal lines, by payer and client. No other figure is the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Q, Sum

from kinbook.ledger.models import Balance, Line
from kinbook.rules.posting import INVOICED, Account

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

# read for every payer and client that a page shows: written out, they take half the time
SUMS_OF_PAYERS = """
SELECT client_id, account, sum(cents)::bigint FROM ledger_line WHERE payer_id = ANY(%s) GROUP BY client_id, account
"""
DUE_FOR_CLIENTS = """
SELECT client_id, sum(cents)::bigint FROM ledger_balance WHERE account = 'receivable' AND client_id = ANY(%s)
GROUP BY client_id
"""


@dataclass(slots=True)
class Standing:
    """What a payer has been billed, has paid and has been let off, in cents."""

    invoiced_cents: int = 0
    paid_cents: int = 0
    written_off_cents: int = 0
    credit_cents: int = 0

    @property
    def balance_cents(self) -> int:
        """What is owed; negative in credit."""
        return self.invoiced_cents - self.paid_cents - self.written_off_cents

    @property
    def due_cents(self) -> int:
        """What is open on invoices, credit aside."""
        return self.balance_cents + self.credit_cents


@dataclass(slots=True)
class PayerStanding(Standing):
    """A payer's standing in all, and for each client (where credit belongs to no client)."""

    by_client: dict[UUID, Standing] = field(default_factory=dict)


def payer_standing(payers: Iterable[UUID], clients: Q | None = None) -> PayerStanding:
    """Return the standing of one payer (several ids where persons were merged).

    `clients` limits it to lines of clients the viewer may see; credit and payments are the payer's own and stay.
    """
    standing = PayerStanding()
    settled: dict[UUID, int] = {}
    for client_id, account, cents in _sums(list(payers), clients):
        if client_id is None:
            _add(standing, account, cents)
            continue
        one = standing.by_client.setdefault(client_id, Standing())
        if account == Account.RECEIVABLE:
            settled[client_id] = cents
        else:
            _add(one, account, cents)
            _add(standing, account, cents)
    for client_id, one in standing.by_client.items():
        # what of the invoiced is neither due nor written off was paid for this client
        one.paid_cents = one.invoiced_cents - one.written_off_cents - settled.get(client_id, 0)
    return standing


def _sums(payers: list[UUID], clients: Q | None) -> Iterable[Any]:
    if not clients:
        return _read(SUMS_OF_PAYERS, payers)
    lines = Line.objects.filter(Q(client_id=None) | clients, payer_id__in=payers)
    return lines.values_list("client_id", "account").annotate(cents=Sum("cents"))


def _read(statement: str, ids: list[UUID]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return list(cursor.fetchall())


def _add(standing: Standing, account: str, cents: int) -> None:
    match account:
        case account if account in INVOICED:
            standing.invoiced_cents -= cents
        case Account.CASH:
            standing.paid_cents += cents
        case Account.WRITE_OFF:
            standing.written_off_cents += cents
        case Account.CREDIT:
            standing.credit_cents -= cents


def client_balances(client_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return what is due for each client, in cents, all payers together."""
    return dict(_read(DUE_FOR_CLIENTS, list(client_ids)))


def due_by_payer(client_id: UUID, payers: QuerySet[Any] | None = None) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Return what each payer owes for one client, and the credit of those whose ids `payers` yields; in cents."""
    rows = Q(client_id=client_id, account=Account.RECEIVABLE)
    if payers is not None:
        rows |= Q(client_id=None, account=Account.CREDIT, payer_id__in=payers)
    due: dict[UUID, int] = {}
    credit: dict[UUID, int] = {}
    for payer, account, cents in Balance.objects.filter(rows).values_list("payer_id", "account", "cents"):
        if cents:
            (due if account == Account.RECEIVABLE else credit)[payer] = (
                cents if account == Account.RECEIVABLE else -cents
            )
    return due, credit


def credits_of(payers: Iterable[UUID]) -> dict[UUID, int]:
    """Return each payer's credit in cents: paid and not allocated."""
    rows = Balance.objects.filter(payer_id__in=list(payers), account=Account.CREDIT)
    return {payer: -cents for payer, cents in rows.values_list("payer_id", "cents") if cents}


def open_credits(limit: int, payers: Q | None = None) -> list[tuple[UUID, int]]:
    """Return payers with credit, and how many cents, at most `limit` of them; `payers` says which may be told of."""
    rows = Balance.objects.filter(payers or Q(), account=Account.CREDIT, cents__lt=0).order_by("cents", "id")
    return [(payer, -cents) for payer, cents in rows.values_list("payer_id", "cents")[:limit]]


def sum_of_credits(payers: Q) -> tuple[int, int]:
    """Return how many of the payers have credit, and how many cents in all."""
    rows = Balance.objects.filter(payers, account=Account.CREDIT, cents__lt=0)
    sums = rows.aggregate(count=Count("pk"), cents=Sum("cents"))
    return sums["count"], -(sums["cents"] or 0)


def due_on_invoices(invoice_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Return what is due on each invoice by client, in cents; what is settled is left out."""
    rows = (
        Line.objects.filter(invoice_id__in=list(invoice_ids), account=Account.RECEIVABLE)
        .values_list("invoice_id", "client_id")
        .annotate(due=Sum("cents"))
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for invoice_id, client_id, due in rows:
        if due and invoice_id and client_id:
            found.setdefault(invoice_id, {})[client_id] = due
    return found


def is_booked_since(payer_id: UUID, moment: datetime) -> bool:
    """Tell whether the journal took a line for the payer after a moment."""
    return Line.objects.filter(payer_id=payer_id, entry__posted_at__gt=moment).exists()
