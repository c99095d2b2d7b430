"""What statements say: opening balance, everything booked since, closing balance and how old it is; many at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kinbook.documents.queries.addressee import clients_by_id, sender
from kinbook.invoices.models import Invoice, InvoiceLine
from kinbook.ledger.statements import AccountOf, accounts_over
from kinbook.payments.models import Payment
from kinbook.rules.posting import Event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.documents.queries.addressee import Addressee
    from kinbook.ledger.statements import Account, Move
    from kinbook.tenancy.models import Practice

AGES = (0, 30, 60, 90)
"""Days past due that end each age; what is older stands last, what is not due yet first."""


@dataclass(frozen=True, slots=True)
class StatementOf:
    """A statement that is asked for: whose, and for which client alone."""

    payer: Addressee
    client_id: UUID | None = None


def statement_contents(
    practice: Practice, asked: Sequence[StatementOf], *, since: date, through: date
) -> list[tuple[dict[str, Any], set[UUID]]]:
    """Return what each statement says, and whom it is about: the same number of queries for one and for hundreds."""
    accounts = accounts_over([AccountOf(one.payer.ids, one.client_id) for one in asked], since=since, through=through)
    known = _known(accounts)
    made = []
    said = sender(practice)
    for one, account in zip(asked, accounts, strict=True):
        content, clients = _content(one, account, known, through)
        period = {"from": str(since), "to": str(through)}
        made.append(({**period, "practice": said, "payer": one.payer.printed, **content}, clients))
    return made


@dataclass(frozen=True, slots=True)
class _Known:
    """What the moves speak of, by id."""

    invoices: dict[UUID, Invoice]
    lines: dict[UUID, list[InvoiceLine]]
    payments: dict[UUID, Payment]
    names: dict[UUID, str]
    open_fees: set[UUID]


def _known(accounts: Sequence[Account]) -> _Known:
    moves = [move for account in accounts for move in account.moves]
    ids = {move.invoice_id for move in moves if move.invoice_id}
    ids |= {invoice_id for account in accounts for invoice_id in account.open_by_invoice}
    lines: dict[UUID, list[InvoiceLine]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(invoice_id__in=ids).order_by("invoice_id", "position"):
        lines[line.invoice_id].append(line)
    clients = clients_by_id({line.client_id for each in lines.values() for line in each})
    return _Known(
        invoices=Invoice.objects.in_bulk(list(ids)),
        lines=lines,
        payments=Payment.objects.in_bulk(list({move.payment_id for move in moves if move.payment_id})),
        names={key: each.name for key, each in clients.items()},
        open_fees={key for key, each in clients.items() if each.shows_full_fee},
    )


def _content(one: StatementOf, account: Account, known: _Known, through: date) -> tuple[dict[str, Any], set[UUID]]:
    touched = {move.invoice_id for move in account.moves if move.invoice_id} | set(account.open_by_invoice)
    clients = {line.client_id for invoice_id in touched for line in known.lines[invoice_id]}
    if one.client_id:
        clients = {one.client_id}
    moves = [_move(move, one.client_id, known) for move in account.moves]
    content = {
        "clients": sorted(known.names[each] for each in clients if each in known.names),
        "opening_cents": account.opening_cents,
        "moves": moves,
        "closing_cents": account.closing_cents,
        "ages": _ages(account, known, through),
        # what was paid and settles nothing is the payer's own, for no one client: beside the balance, not in it
        "credit_cents": account.credit_cents if one.client_id else 0,
    }
    return content, clients


def _move(move: Move, client_id: UUID | None, known: _Known) -> dict[str, Any]:
    invoice = known.invoices.get(move.invoice_id) if move.invoice_id else None
    payment = known.payments.get(move.payment_id) if move.payment_id else None
    lines = known.lines[invoice.pk] if invoice and move.event == Event.ISSUED else []
    return {
        "on": str(move.on_date),
        "event": move.event,
        "invoice": invoice.name if invoice else "",
        "method": payment.method if payment else "",
        "paid_on": str(payment.received_on) if payment else "",
        "cents": move.cents,
        "lines": [_line(line, known) for line in lines if client_id in {None, line.client_id}],
    }


def _line(line: InvoiceLine, known: _Known) -> dict[str, Any]:
    full = line.charge_cents if line.client_id in known.open_fees and line.charge_cents != line.cents else None
    return {
        "on": str(line.on_date),
        "what": line.description,
        "who": known.names[line.client_id],
        "cents": line.cents,
        "full_cents": full,
    }


def _ages(account: Account, known: _Known, through: date) -> list[int]:
    """Return what is due by age, in cents: not due yet, then by days past due."""
    found = [0] * (len(AGES) + 1)
    for invoice_id, cents in account.open_by_invoice.items():
        late = (through - known.invoices[invoice_id].due_on).days
        found[sum(late > age for age in AGES)] += cents
    return found
