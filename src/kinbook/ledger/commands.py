"""Closing a month, so that nothing is booked in it any more; and opening the last closed one again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require_practice
from kinbook.audit.record import record
from kinbook.ledger.models import Closing, Reopening
from kinbook.ledger.periods import FIRST, hold_book, open_from
from kinbook.rules.periods import first_of, next_month, spoken_month
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from datetime import date

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def close_month(viewer: Viewer, *, month: date) -> list[Closing]:
    """Close a month that is over, and the open ones before it: no entry is added with a date in them.

    Waits for whoever is posting. Raises Conflict for a month that is not over, or closed already.
    """
    require_practice(viewer, Action.PERIOD_CLOSE)
    starts_on = first_of(month)
    if next_month(starts_on) > viewer.today:
        raise Conflict(f"{spoken_month(starts_on)} is not over yet. Nothing was closed.")
    hold_book(alone=True)
    opens_on = open_from()
    if opens_on and starts_on < opens_on:
        raise Conflict(f"{spoken_month(starts_on)} is closed already. Nothing was changed.")
    rows = [
        Closing(
            practice_id=viewer.practice_id,
            starts_on=each,
            until=next_month(each),
            closed_at=viewer.now,
            closed_by=viewer.name,
        )
        for each in _open_months(opens_on, starts_on)
    ]
    Closing.objects.bulk_create(rows)
    record(viewer, "period.closed", rows[-1], month=spoken_month(starts_on), months=len(rows))
    return rows


def _open_months(opens_on: date | None, last: date) -> list[date]:
    """Return the months to close, the earliest first: from the first open one, or the first with an entry."""
    first = opens_on
    if first is None:
        with connection.cursor() as cursor:
            cursor.execute(FIRST)
            earliest: date | None = cursor.fetchone()[0]
        first = first_of(earliest) if earliest else last
    found = [last]
    while found[-1] > first:
        found.append(first_of(found[-1] - timedelta(days=1)))
    return found[::-1]


@transaction.atomic
def reopen_month(viewer: Viewer, *, month: date, reason: str) -> Closing:
    """Open the last closed month again, with a reason; Conflict for any other."""
    require_practice(viewer, Action.PERIOD_REOPEN)
    text = read_why(reason, missing="Say why: it stays on record.")
    hold_book(alone=True)
    last = Closing.objects.filter(reopenings=None).order_by("-until").first()
    if last is None or last.starts_on != first_of(month):
        told = f"Only the last closed month, {spoken_month(last.starts_on)}" if last else "No month is closed, so none"
        raise Conflict(f"{told} can be opened again. Nothing was changed.")
    Reopening.objects.create(
        practice_id=viewer.practice_id,
        closing=last,
        reason=text,
        reopened_at=viewer.now,
        reopened_by=viewer.name,
    )
    record(viewer, "period.reopened", last, month=spoken_month(last.starts_on), reason=text)
    return last
