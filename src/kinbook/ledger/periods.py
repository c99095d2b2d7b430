"""Periods: which months are closed, what each comes to, and refusing a date that lies in a closed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Max

from kinbook.ledger.models import Closing
from kinbook.rules.periods import first_of, next_month, spoken_day, spoken_month
from kinbook.rules.posting import INVOICED, Account
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from datetime import date, datetime

    from kinbook.tenancy.viewer import Viewer

MOST = 60
"""Months shown, the latest: five years."""

SUMS = """
SELECT date_trunc('month', on_date)::date, account, sum(cents)::bigint FROM ledger_line
WHERE account = ANY(%s) AND on_date >= %s GROUP BY 1, 2
"""
FIRST = "SELECT min(on_date) FROM ledger_entry"


class ClosedMonth(Conflict):
    """The date lies in a closed month; `opens_on` is the first day that takes entries."""

    def __init__(self, day: date, opens_on: date) -> None:
        """Propose the first open day."""
        super().__init__(
            f"{spoken_month(day)} is closed. Nothing was changed: the first open day is {spoken_day(opens_on)}."
        )
        self.opens_on = opens_on


def open_from() -> date | None:
    """Return the first day that takes entries; None while no month is closed."""
    latest: date | None = Closing.objects.filter(reopenings=None).aggregate(latest=Max("until"))["latest"]
    return latest


def refuse_closed(day: date) -> None:
    """Raise ClosedMonth where the day lies in a closed month; until the transaction ends no month is closed under it.

    Part of a command, before it posts on that day.
    """
    hold_book()
    opens_on = open_from()
    if opens_on and day < opens_on:
        raise ClosedMonth(day, opens_on)


def hold_book(*, alone: bool = False) -> None:
    """Share the book until the transaction ends; or hold it alone, once all who post have ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kinbook_hold_book(%s)", [alone])


def correction_note(viewer: Viewer, day: date) -> str:
    """Return what a correction of something dated in a closed month says: that it is booked today."""
    opens_on = open_from()
    if opens_on is None or day >= opens_on:
        return ""
    return f"{spoken_month(day)} is closed: this is booked today, {spoken_day(viewer.today)}."


@dataclass(frozen=True, slots=True)
class Month:
    """A month with what was booked in it, in cents; `can_close` and `can_reopen` say what comes next."""

    starts_on: date
    until: date
    invoiced_cents: int
    paid_cents: int
    written_off_cents: int
    closed_at: datetime | None
    closed_by: str
    can_close: bool
    can_reopen: bool

    @property
    def name(self) -> str:
        """As people say it: "October 2026"."""
        return spoken_month(self.starts_on)


def months(viewer: Viewer) -> list[Month]:
    """Return the months from the first entry, or the first closed one, to today's, the latest first: three queries."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST)
        first: date | None = cursor.fetchone()[0]
    latest = first_of(viewer.today)
    closings = {each.starts_on: each for each in Closing.objects.filter(reopenings=None)}
    starts = _starts(min([first_of(first or latest), *closings]), latest)
    opens_on = max((each.until for each in closings.values()), default=None)
    sums = _sums(starts[-1])
    return [_month(each, sums, closings.get(each), opens_on, viewer.today) for each in starts]


def _starts(first: date, latest: date) -> list[date]:
    found = [latest]
    while found[-1] > first and len(found) < MOST:
        found.append(first_of(found[-1] - timedelta(days=1)))
    return found


def _sums(since: date) -> dict[tuple[date, str], int]:
    accounts = [*INVOICED, Account.CASH, Account.WRITE_OFF]
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [[each.value for each in accounts], since])
        return {(month, account): cents for month, account, cents in cursor.fetchall()}


def _month(
    starts_on: date, sums: dict[tuple[date, str], int], closing: Any, opens_on: date | None, today: date
) -> Month:
    until = next_month(starts_on)
    is_closed = opens_on is not None and starts_on < opens_on
    return Month(
        starts_on=starts_on,
        until=until,
        invoiced_cents=-sum(sums.get((starts_on, account.value), 0) for account in INVOICED),
        paid_cents=sums.get((starts_on, Account.CASH.value), 0),
        written_off_cents=sums.get((starts_on, Account.WRITE_OFF.value), 0),
        closed_at=closing.closed_at if closing else None,
        closed_by=closing.closed_by if closing else "",
        can_close=not is_closed and until <= today,
        can_reopen=closing is not None and until == opens_on,
    )
