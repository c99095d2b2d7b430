"""Which dates a view of the calendar spans, and what they are called."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from kinbook.scheduling.queries.events import LONGEST, Window
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

WEEK = timedelta(days=7)
SIX_WEEKS = 6 * WEEK
FIRST, LAST = date(1970, 1, 1), date(2200, 12, 31)


class View(StrEnum):
    """The ways to look at the calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    AGENDA = "agenda"


def first_weekday(viewer: Viewer) -> int:
    """Return on which day the practice's week begins, 0 being Monday."""
    return int(Practice.objects.values_list("week_starts_on", flat=True).get(pk=viewer.practice_id))


def window_around(day: date, view: View, weekday: int, clinician_id: UUID | None) -> Window:
    """Return the whole weeks that a view of a day needs: its week, or the six weeks that hold its month."""
    anchor = day.replace(day=1) if view is View.MONTH else day
    start = anchor - timedelta(days=(anchor.weekday() - weekday) % 7)
    return Window(start, start + (SIX_WEEKS if view is View.MONTH else WEEK), clinician_id)


def read_window(start: str, until: str, clinician_id: UUID | None) -> Window:
    """Return the window an address names; raises Invalid for what are no dates, or too many of them."""
    first, last = read_day(start), read_day(until)
    if first is None or last is None:
        raise Invalid(start="Start and end are dates, as in 2026-11-16.")
    if not first < last <= first + LONGEST:
        raise Invalid(end=f"The end is 1 to {LONGEST.days} days after the start.")
    return Window(first, last, clinician_id)


def read_day(text: str) -> date | None:
    """Return a date as an address names it; None for anything else."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def title(day: date, view: View, window: Window) -> str:
    """Return what the page is called: "16 - 22 November 2026" with a dash, a month, or a day."""
    if view is View.MONTH:
        return f"{day:%B} {day.year}"
    if view is View.DAY:
        return f"{day:%a} {day.day} {day:%B} {day.year}"
    first, last = window.start, window.until - timedelta(days=1)
    if first.year != last.year:
        return f"{first.day} {first:%b} {first.year} – {last.day} {last:%b} {last.year}"
    if first.month != last.month:
        return f"{first.day} {first:%b} – {last.day} {last:%b} {last.year}"
    return f"{first.day} – {last.day} {last:%B} {last.year}"
