"""Repeating appointments by RFC 5545: which local times a rule names, and nothing about zones."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from dateutil.rrule import rrule, rrulestr

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

MOST = 400
"""More occurrences of one series than this are made as time goes by."""

PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
LONGEST = 500


class Unrepeatable(ValueError):
    """The rule cannot be read or names no time; the message says why."""


def read_repeat(text: str, first: datetime, zone: ZoneInfo) -> rrule:
    """Return the rule for a series that begins at the local time `first`; raises Unrepeatable."""
    cleaned = text.strip().upper().removeprefix("RRULE:")
    parts = dict(part.split("=", 1) for part in cleaned.split(";") if "=" in part)
    if len(cleaned) > LONGEST or not set(parts) <= PARTS or "FREQ" not in parts:
        raise Unrepeatable("A repeat is a rule as in FREQ=WEEKLY;BYDAY=MO;COUNT=10.")
    if "UNTIL" in parts:
        parts["UNTIL"] = _local_until(parts["UNTIL"], zone)
    try:
        rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=first)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise Unrepeatable("This repeat cannot be read. It looks like FREQ=WEEKLY;BYDAY=MO;COUNT=10.") from None
    if not isinstance(rule, rrule) or parts["FREQ"] not in FREQUENCIES:
        raise Unrepeatable("Appointments repeat daily, weekly, monthly or yearly.")
    return rule


def _local_until(value: str, zone: ZoneInfo) -> str:
    """Return UNTIL in local time: an instant in UTC is converted, a date means the whole day."""
    try:
        if value.endswith("Z"):
            instant = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return instant.astimezone(zone).strftime("%Y%m%dT%H%M%S")
        if "T" not in value:
            return f"{value}T235959"
    except (ValueError, OverflowError):
        raise Unrepeatable("UNTIL is a date, as in 20261231.") from None
    return value


def occurrences(rule: rrule, *, after: datetime | None, until: date) -> list[datetime]:
    """Return the local times the rule names later than `after` and before the date `until`, at most MOST of them."""
    last = datetime.combine(until, time.min)
    ends: datetime | None = rule._until  # type: ignore[attr-defined]
    times: int | None = rule._count  # type: ignore[attr-defined]
    # bounded, so that a rule that names nothing (30 February) is not looked for until the end of time
    bounded = rule.replace(count=None, until=min(ends, last) if ends else last)
    found: list[datetime] = []
    for moment in islice(bounded, times):
        if after is not None and moment <= after:
            continue
        if moment >= last or len(found) == MOST:
            break
        found.append(moment)
    return found


def count_before(rule: rrule, moment: datetime) -> int:
    """Return how many local times the rule names before one of them."""
    times: int | None = rule._count  # type: ignore[attr-defined]
    earlier = rule.replace(count=None, until=moment - timedelta(seconds=1))
    return sum(1 for _ in islice(earlier, times))


def moved_rule(text: str, before: datetime, after: datetime) -> str:
    """Return the rule's text for a series moved from one local start to another; raises Unrepeatable.

    The weekdays of a weekly rule move with it; a rule by the place in the month takes the place of the new start.
    """
    days = (after.date() - before.date()).days
    parts = [part.partition("=") for part in text.strip().upper().removeprefix("RRULE:").split(";") if part]
    if not days or not any(name.startswith("BY") for name, _, _ in parts):
        return text
    weekly = any((name, value) == ("FREQ", "WEEKLY") for name, _, value in parts)
    told = []
    for name, _, value in parts:
        if name == "BYDAY" and (weekly or "," not in value):
            told.append(f"BYDAY={_moved_days(value, days, after)}")
        elif name == "BYMONTHDAY" and "," not in value:
            told.append(f"BYMONTHDAY={after.day}")
        elif name.startswith("BY"):
            raise Unrepeatable("This rule cannot be moved to another day: enter how it repeats from here on.")
        else:
            told.append(f"{name}={value}")
    return ";".join(told)


def _moved_days(value: str, days: int, after: datetime) -> str:
    if value[:-2]:
        place = (after.day + 6) // 7
        return f"{-1 if value.startswith('-') else min(place, 4)}{WEEKDAYS[after.weekday()]}"
    return ",".join(WEEKDAYS[(WEEKDAYS.index(each) + days) % 7] for each in value.split(","))


def ended_before(text: str, moment: datetime) -> str:
    """Return the rule's text so that it names nothing at or after a local time."""
    cleaned = text.strip().upper().removeprefix("RRULE:")
    kept = [part for part in cleaned.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    return ";".join([*kept, f"UNTIL={(moment.replace(microsecond=0)).strftime('%Y%m%dT%H%M%S')}"])
