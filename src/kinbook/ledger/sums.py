"""Lines of the journal by date, for whoever adds them up: one index holds all that sums need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from kinbook.ledger.models import Balance, Entry, Line
from kinbook.rules.posting import Account

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet


def lines_between(accounts: Collection[str], since: date, through: date) -> QuerySet[Any]:
    """Return the lines of some accounts, dated from `since` to `through`, both included."""
    wanted = Q(account=next(iter(accounts))) if len(accounts) == 1 else Q(account__in=accounts)
    return Line.objects.filter(wanted, on_date__range=(since, through))


def entries_of(events: Collection[str], since: date, through: date) -> QuerySet[Any]:
    """Return the ids of entries that tell of some events: few among many, so that lines are found by them."""
    return Entry.objects.filter(event__in=events, on_date__range=(since, through)).values("pk")


def open_by_invoice(condition: Q) -> QuerySet[Any]:
    """Return lines of what is owed, of clients a condition lets through: an invoice's sum up to what is due on it."""
    return Line.objects.filter(condition, account=Account.RECEIVABLE)


def credits_between(start: int, count: int | None, payers: Q) -> list[tuple[UUID, int]]:
    """Return payers with credit and how many cents, the most first: `count` of them after `start`."""
    rows = Balance.objects.filter(payers, account=Account.CREDIT, cents__lt=0).order_by("cents", "id")
    found = rows.values_list("payer_id", "cents")
    return [(payer, -cents) for payer, cents in (found[start:] if count is None else found[start : start + count])]


def owed_by(payers: Collection[UUID]) -> dict[UUID, int]:
    """Return what each payer owes on invoices, in cents."""
    rows = Balance.objects.filter(payer_id__in=payers, account=Account.RECEIVABLE)
    return dict(rows.values_list("payer_id").annotate(cents=Sum("cents")))
