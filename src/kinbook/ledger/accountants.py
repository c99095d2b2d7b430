"""The journal as accountants' programs import it: a balanced journal a day, by account; no payer, no client.

QuickBooks Online wants accounts by name, debits and credits apart, dates as 11/18/2026; Xero accounts by code, one
amount (debit positive), dates as 18/11/2026, and the name of a tax rate on every line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from kinbook.ledger.models import Line
from kinbook.rules.posting import Account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

QUICKBOOKS, XERO = "quickbooks", "xero"

NAMES: dict[str, tuple[str, str]] = {
    Account.RECEIVABLE: ("Client receivables", "KB-RECV"),
    Account.INCOME: ("Services", "KB-INCOME"),
    Account.TAX: ("Sales tax to pay", "KB-TAX"),
    Account.PREPAID: ("Prepaid sessions", "KB-PREPAID"),
    Account.DISCOUNT: ("Discounts", "KB-DISC"),
    Account.CASH: ("Payments received", "KB-CASH"),
    Account.PROCESSOR: ("Payments received", "KB-CASH"),
    Account.FEES: ("Card processing fees", "KB-FEES"),
    Account.CREDIT: ("Client credit", "KB-CREDIT"),
    Account.WRITE_OFF: ("Write-offs", "KB-WOFF"),
}
"""What an account is called in QuickBooks, and its code in Xero (ten signs at most)."""

COLUMNS = {
    QUICKBOOKS: (
        *("*JournalNo", "*JournalDate", "*AccountName", "*Debits", "*Credits"),
        *("Description", "Name", "Currency", "Location", "Class"),
    ),
    XERO: (
        *("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount"),
        *("TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2"),
    ),
}

UNTAXED = {"GBP": "No VAT", "AUD": "BAS Excluded", "NZD": "No GST"}
"""What Xero calls the tax rate of what bears none, where it is not the usual name."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """What one account moved on one day, in cents: debit positive, credit negative."""

    day: date
    account: str
    service_id: UUID | None
    method: str
    cents: int


def day_lines(since: date, through: date) -> Iterator[DayLine]:
    """Yield what every account moved on every day of the practice's journal, from the first to the last: one query."""
    lines: QuerySet[Line] = Line.objects.filter(on_date__range=(since, through)).order_by()
    sums = lines.values_list("on_date", "account", "service_id", "method").annotate(sum=Sum("cents"))
    for row in sums.order_by("on_date", "account", "method", "service_id"):
        if row[-1]:
            yield DayLine(*row)


def imported_rows(
    program: str, lines: Iterator[DayLine], services: Mapping[UUID, str], currency: str, tax_rate: str = ""
) -> Iterator[list[str]]:
    """Yield the rows that a program imports. `services` names services; lines of income are told by these."""
    for line in lines:
        name, code = NAMES[line.account]
        told = services.get(line.service_id, "Products and fees") if line.service_id else "Products and fees"
        what = told if line.account == Account.INCOME else line.method.replace("_", " ")
        if program == QUICKBOOKS:
            account = f"{name}:{told.replace(':', ' ')}" if line.account == Account.INCOME else name
            sides = (amount(line.cents), "") if line.cents > 0 else ("", amount(-line.cents))
            day = f"{line.day:%m/%d/%Y}"
            yield [f"KB-{line.day:%Y%m%d}", day, account, *sides, what or name, "", currency, "", ""]
        else:
            rate = tax_rate or UNTAXED.get(currency, "Tax Exempt")
            narration = f"Kinbook {line.day:%Y-%m-%d}"
            yield [narration, f"{line.day:%d/%m/%Y}", what or name, code, rate, amount(line.cents), "", "", "", ""]


def amount(cents: int) -> str:
    """Return cents as a plain decimal number."""
    units, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{units}.{rest:02d}"
