"""What is asked of a report: dates, and what narrows it; read the same way for pages, files and programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = 50
LONGEST = 3700
"""Days that a report covers at most: ten years."""

YEARS = range(1900, 2201)
"""Beyond lies a typing error, and at the end of days an instant that no clock can tell."""

FARTHEST = 10
"""Digits of a place in a list."""

IDS = ("clinician", "service", "location", "client", "payer")
WORDS = ("by", "account", "method", "status")


@dataclass(frozen=True, slots=True)
class Asked:
    """The dates (both included) and what narrows a report; without `limit` all of it is wanted."""

    since: date
    through: date
    by: str = ""
    account: str = ""
    method: str = ""
    status: str = ""
    clinician: UUID | None = None
    service: UUID | None = None
    location: UUID | None = None
    client: UUID | None = None
    payer: UUID | None = None
    after: str = ""
    limit: int | None = PAGE

    @property
    def start(self) -> int:
        """Return how many rows were shown before."""
        return int(self.after) if self.after.isdecimal() and len(self.after) < FARTHEST else 0

    def query(self, **changes: object) -> str:
        """Return the same as an address's query, with some of it changed."""
        told = {
            "from": self.since,
            "to": self.through,
            **{name: getattr(self, name) for name in IDS},
            **{name.replace("since", "from").replace("through", "to"): value for name, value in changes.items()},
        }
        return "?" + urlencode({name: str(value) for name, value in told.items() if value})

    def whole(self) -> Asked:
        """Return the same, for all rows."""
        return replace(self, after="", limit=None)


def read_asked(values: Mapping[str, str], today: date) -> Asked:
    """Read what is asked; raises Invalid by field for what cannot be read.

    Without dates: this month and the eleven before it.
    """
    problems: dict[str, str] = {}
    through = _day(values, "to", today, problems)
    since = _day(values, "from", _year_before(min(through, today)), problems)
    if not problems and (since.year not in YEARS or through.year not in YEARS):
        problems["from" if since.year not in YEARS else "to"] = f"Between {YEARS.start} and {YEARS.stop - 1}."
    if not problems and since > through:
        problems["from"] = "The first day is after the last."
    if not problems and (through - since).days > LONGEST:
        problems["from"] = "At most ten years at once."
    ids: dict[str, Any] = {name: _id(values, name, problems) for name in IDS}
    if problems:
        raise Invalid(**problems)
    words: dict[str, Any] = {name: values.get(name, "").replace("\x00", "")[:40] for name in WORDS}
    return Asked(since=since, through=through, after=_after(values.get("after", "")), **ids, **words)


def usual(today: date) -> Asked:
    """Return what is asked where nothing is said."""
    return Asked(since=_year_before(today), through=today)


def _year_before(day: date) -> date:
    month = day.month % 12 + 1
    return date(max(2, day.year) - (month != 1), month, 1)


def _day(values: Mapping[str, str], name: str, otherwise: date, problems: dict[str, str]) -> date:
    text = values.get(name, "")
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = "Enter a date, as in 2026-11-18."
        return otherwise


def _id(values: Mapping[str, str], name: str, problems: dict[str, str]) -> UUID | None:
    text = values.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        problems[name] = "Choose one of the list."
        return None


def _after(text: str) -> str:
    return text.replace("\x00", "")[:80]


def months(asked: Asked) -> list[date]:
    """Return the first day of every month the dates touch."""
    found, month = [], asked.since.replace(day=1)
    while month <= asked.through:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def begun(rows: Sequence[Any]) -> list[Any]:
    """Return the months from the first that has anything to tell."""
    return list(dropwhile(lambda row: not any(row[1]), rows)) or list(rows[-1:])


def of_month(asked: Asked, month: date) -> dict[str, date]:
    """Return the dates of a month, as far as they were asked for."""
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return {"since": max(month, asked.since), "through": min(last, asked.through)}


def month_name(month: date) -> str:
    """Return a month as people say it."""
    return f"{month:%b} {month.year}"
