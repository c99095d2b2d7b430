"""The journal as a Beancount file: every entry a transaction, every account opened, and every balance asserted.

Payers, clients and services stand in it by id: whoever keeps the books needs no names of clients.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Sum

from kinbook.ledger.journal import JournalLine, entries_visible_to, with_lines
from kinbook.ledger.models import Entry, Line
from kinbook.rules.posting import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from django.db.models import QuerySet

    from kinbook.ledger.journal import JournalEntry
    from kinbook.tenancy.viewer import Viewer

NAMES: dict[str, str] = {
    Account.RECEIVABLE: "Assets:Receivable:{payer}:{client}",
    Account.CREDIT: "Liabilities:Credit:{payer}",
    Account.PREPAID: "Liabilities:Prepaid:{payer}:{client}",
    Account.TAX: "Liabilities:Tax",
    Account.DISCOUNT: "Income:Discounts:{payer}:{client}",
    Account.WRITE_OFF: "Expenses:WriteOffs:{payer}:{client}",
    Account.FEES: "Expenses:ProcessingFees",
}
"""Accounts by payer and client; income is by service and cash by method."""

AT_ONCE = 2000
"""So many entries are fetched together: few enough that they fit in memory."""


def beancount_file(viewer: Viewer, entries: QuerySet[Entry] | None = None) -> str:
    """Return entries as a Beancount file: those given, or all of the journal with its balances asserted."""
    rows = entries_visible_to(viewer) if entries is None else entries
    opened: dict[str, date] = {}
    transactions: list[str] = []
    for each in _in_order(viewer, rows):
        for line in each.lines:
            opened.setdefault(account_name(line), each.on_date)
        transactions.append(_transaction(each, viewer.currency))
    parts = [
        _heading(viewer),
        "\n".join(f"{day} open {name} {viewer.currency}" for name, day in sorted(opened.items())),
        *transactions,
    ]
    if entries is None:
        parts.append("\n".join(_assertions(viewer.currency)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(viewer: Viewer) -> str:
    return f'option "title" "Kinbook journal"\noption "operating_currency" "{viewer.currency}"'


def _in_order(viewer: Viewer, rows: QuerySet[Entry]) -> Iterator[JournalEntry]:
    """Yield entries by date; ids alone are held for all of them."""
    ids = list(rows.order_by("on_date", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = rows.filter(pk__in=ids[start : start + AT_ONCE]).order_by("on_date", "pk")
        yield from with_lines(viewer, some)


def _transaction(each: JournalEntry, currency: str) -> str:
    lines = [f"{each.on_date} * {_quoted(each.event)}", f'  entry: "{each.id}"']
    lines += [
        f'  {name}: "{value}"' for name, value in (("invoice", each.invoice_id), ("payment", each.payment_id)) if value
    ]
    if each.note:
        lines.append(f"  note: {_quoted(each.note)}")
    lines += [f"  {account_name(line)}  {_amount(line.cents)} {currency}" for line in each.lines]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return text as Beancount reads it back: on one line, with quotes and backslashes escaped."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _amount(cents: int) -> str:
    units, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{units}.{rest:02d}"


def account_name(line: JournalLine) -> str:
    """Return the account of a line: assets by payer and client, income by service, cash by method."""
    payer = f"P-{line.payer_id}" if line.payer_id else "P-none"
    client = f"C-{line.client_id}" if line.client_id else "C-none"
    if line.account in {Account.CASH, Account.PROCESSOR}:  # in the bank they are one sum
        return "Assets:Cash:" + ("".join(word.title() for word in line.method.split("_")) or "Other")
    if line.account == Account.INCOME:
        return f"Income:Services:S-{line.service_id}" if line.service_id else "Income:ProductsAndFees"
    return NAMES.get(line.account, "Equity:OtherClients").format(payer=payer, client=client)


def _assertions(currency: str) -> Iterable[str]:
    """Yield what every account holds the day after the last entry, as the database sums it."""
    last = Entry.objects.aggregate(last=Max("on_date"))["last"]
    if last is None:
        return
    columns = ("account", "payer_id", "client_id", "service_id", "method")
    balances: dict[str, int] = {}
    for account, payer_id, client_id, service_id, method, cents in Line.objects.values_list(*columns).annotate(
        sum=Sum("cents")
    ):
        name = account_name(JournalLine(account, 0, payer_id, client_id, None, service_id, method))
        balances[name] = balances.get(name, 0) + int(cents)
    for name, cents in sorted(balances.items()):
        yield f"{last + timedelta(days=1)} balance {name} {_amount(cents)} {currency}"
