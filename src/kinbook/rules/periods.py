"""Half-open ranges of local dates, and the words for dates in reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates `[starts_on, until)`; None means without beginning, or without end."""

    starts_on: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in the period; `until` is the first day without."""
        return (self.starts_on is None or self.starts_on <= day) and (self.until is None or day < self.until)

    def is_empty(self) -> bool:
        """Tell whether no day lies in the period."""
        return self.starts_on is not None and self.until is not None and self.until <= self.starts_on

    def overlaps(self, other: Period) -> bool:
        """Tell whether some day lies in both periods."""
        return (
            not self.is_empty()
            and not other.is_empty()
            and (self.until is None or other.starts_on is None or other.starts_on < self.until)
            and (other.until is None or self.starts_on is None or self.starts_on < other.until)
        )


def first_of(day: date) -> date:
    """Return the first day of the day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the month after the day's."""
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)


def spoken_month(day: date) -> str:
    """Return the day's month as people say it: "October 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def spoken_day(day: date) -> str:
    """Return the date as it stands in a reason: "5 January 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
