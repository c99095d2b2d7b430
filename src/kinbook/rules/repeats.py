"""Repeating appointments by RFC 5545: which local times a rule names, and nothing about zones.

Of our own, because a rule that names nothing (30 February, the fifth of two Mondays) must be known as such at once: the
libraries look for it until the year 9999, for seconds of everybody's time. The tests hold it against one of them.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

MOST = 400
"""More occurrences of one series than this are made as time goes by."""

PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
LONGEST = 500
DAY = timedelta(days=1)
NUMBER = re.compile(r"[1-9][0-9]{0,3}")
PLACED = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)")


class Unrepeatable(ValueError):
    """The rule cannot be read or names no time; the message says why."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule as read: `days` are weekdays from Monday 0 with their place in the month or year, 0 for every one."""

    first: datetime
    every: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    week_starts: int = 0


def read_repeat(text: str, first: datetime, zone: ZoneInfo) -> Repeat:
    """Return the rule for a series that begins at the local time `first`; raises Unrepeatable."""
    parts = _parts(text)
    if not set(parts) <= PARTS or "FREQ" not in parts:
        raise Unrepeatable("A repeat is a rule as in FREQ=WEEKLY;BYDAY=MO;COUNT=10.")
    every = parts["FREQ"]
    if every not in FREQUENCIES:
        raise Unrepeatable("Appointments repeat daily, weekly, monthly or yearly.")
    if "BYMONTHDAY" in parts and every == "WEEKLY":
        raise Unrepeatable("A weekly rule names days of the week, not of the month.")
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY", "BYMONTH"} & set(parts):
        raise Unrepeatable("BYSETPOS chooses among the days another part names.")
    return Repeat(
        first=first,
        every=every,
        interval=_number(parts, "INTERVAL") or 1,
        count=_number(parts, "COUNT"),
        until=_local_until(parts["UNTIL"], zone) if "UNTIL" in parts else None,
        days=_days(parts),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        months=_numbers(parts, "BYMONTH", 1, 12),
        places=_numbers(parts, "BYSETPOS", -366, 366),
        week_starts=_weekday(parts.get("WKST", "MO")),
    )


def _parts(text: str) -> dict[str, str]:
    cleaned = text.strip().upper().removeprefix("RRULE:")
    named = [part.partition("=") for part in cleaned.split(";") if part]
    if (
        len(cleaned) > LONGEST
        or not all(value for _, _, value in named)
        or len({name for name, *_ in named}) < len(named)
    ):
        raise Unrepeatable("A repeat is a rule as in FREQ=WEEKLY;BYDAY=MO;COUNT=10.")
    return {name: value for name, _, value in named}


def _number(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    if not NUMBER.fullmatch(parts[name]):
        raise Unrepeatable(f"{name} is a whole number from 1 to 9999.")
    return int(parts[name])


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> tuple[int, ...]:
    found = []
    for text in parts[name].split(",") if name in parts else ():
        if not re.fullmatch(r"[+-]?[0-9]{1,3}", text) or not least <= int(text) <= most or int(text) == 0:
            raise Unrepeatable(f"{name} is a number from {least or 1} to {most}.")
        found.append(int(text))
    return tuple(found)


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise Unrepeatable("WKST is a day of the week: MO or SU.")
    return WEEKDAYS.index(text)


def _days(parts: dict[str, str]) -> tuple[tuple[int, int], ...]:
    """Return the weekdays with their places; only months and years have a place for them."""
    most = {"MONTHLY": 5, "YEARLY": 5 if "BYMONTH" in parts else 53}.get(parts["FREQ"], 0)
    found = []
    for text in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        read = PLACED.fullmatch(text)
        if read is None or abs(int(read[1] or 0)) > most:
            raise Unrepeatable("BYDAY names days of the week: MO, TU, or in a month 1MO, -1FR.")
        found.append((WEEKDAYS.index(read[2]), int(read[1] or 0)))
    return tuple(found)


def _local_until(value: str, zone: ZoneInfo) -> datetime:
    """Return UNTIL in local time: an instant in UTC is converted, a date means the whole day."""
    try:
        if value.endswith("Z"):
            moment = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return moment.astimezone(zone).replace(tzinfo=None)
        if "T" not in value:
            value = f"{value}T235959"
        return datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - local times have no zone
    except (ValueError, OverflowError):
        raise Unrepeatable("UNTIL is a date, as in 20261231.") from None


def occurrences(rule: Repeat, *, after: datetime | None, until: date) -> list[datetime]:
    """Return the local times the rule names later than `after` and before the date `until`, at most MOST of them."""
    later = (moment for moment in _moments(rule, until) if after is None or moment > after)
    return list(islice(later, MOST))


def with_first_counted(text: str, rule: Repeat) -> str:
    """Return the rule's text so that a COUNT holds for an appointment that begins on a day the rule does not name.

    RFC 5545 counts DTSTART as the first and leaves open what else holds there; here it is the first of so many.
    """
    if rule.count is None or occurrences(rule, after=None, until=rule.first.date() + DAY):
        return text
    left = f"COUNT={rule.count - 1}" if rule.count > 1 else f"UNTIL={rule.first:%Y%m%dT%H%M%S}"
    parts = text.strip().upper().removeprefix("RRULE:").split(";")
    return ";".join(left if part.startswith("COUNT=") else part for part in parts if part)


def count_before(rule: Repeat, moment: datetime) -> int:
    """Return how many local times the rule names before one of them."""
    return sum(1 for each in _moments(rule, moment.date() + DAY) if each < moment)


def _moments(rule: Repeat, until: date) -> Iterator[datetime]:
    """Yield the local times before a date, in order; what looks for them is bounded by that date."""
    at = rule.first.time()
    named = (datetime.combine(day, at) for day in _dates(rule, until) if day >= rule.first.date())
    for moment in islice(named, rule.count):
        if rule.until is not None and moment > rule.until:
            return
        yield moment


def _dates(rule: Repeat, until: date) -> Iterator[date]:
    for begins, ends in _spans(rule, until):
        length = (ends - begins).days
        found = [day for day in (begins + place * DAY for place in range(length)) if _is_named(rule, day)]
        chosen = found
        if rule.places:
            spots = {place - 1 if place > 0 else len(found) + place for place in rule.places}
            chosen = [day for place, day in enumerate(found) if place in spots]
        for day in chosen:
            if day >= until:
                return
            yield day


def _spans(rule: Repeat, until: date) -> Iterator[tuple[date, date]]:
    """Yield each day, week, month or year the rule looks at, from that of its first time on."""
    first = rule.first.date()
    if rule.every in {"DAILY", "WEEKLY"}:
        length = DAY if rule.every == "DAILY" else 7 * DAY
        back = (first.weekday() - rule.week_starts) % 7 if rule.every == "WEEKLY" else 0
        place = 0
        while first - back * DAY + place * length < until:
            begins = first - back * DAY + place * length
            yield begins, begins + length
            place += rule.interval
        return
    months = rule.interval * (12 if rule.every == "YEARLY" else 1)
    begins = first.replace(day=1, month=1 if rule.every == "YEARLY" else first.month)
    while begins < until:
        yield begins, _months_on(begins, 12 if rule.every == "YEARLY" else 1)
        begins = _months_on(begins, months)


def _months_on(day: date, months: int) -> date:
    """Return the first of a month so many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(min(day.year + years, date.max.year), month + 1, 1)


def _is_named(rule: Repeat, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    last = monthrange(day.year, day.month)[1]
    if rule.month_days and not {day.day, day.day - last - 1} & set(rule.month_days):
        return False
    if rule.days:
        return any(weekday == day.weekday() and _is_placed(rule, day, place) for weekday, place in rule.days)
    return bool(rule.month_days) or _is_like_first(rule, day)


def _is_placed(rule: Repeat, day: date, place: int) -> bool:
    """Tell whether a day is the so-manieth of its weekday, in its month or in a yearly rule without months its year."""
    if not place:
        return True
    if rule.every == "YEARLY" and not rule.months:
        begins, ends = date(day.year, 1, 1), date(day.year, 12, 31)
    else:
        begins, ends = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return place == ((day - begins).days // 7 + 1 if place > 0 else -((ends - day).days // 7 + 1))


def _is_like_first(rule: Repeat, day: date) -> bool:
    """Tell whether a day repeats the first one, where the rule names no days of its own."""
    first = rule.first.date()
    if rule.every == "DAILY":
        return True
    if rule.every == "WEEKLY":
        return day.weekday() == first.weekday()
    return day.day == first.day and (rule.every == "MONTHLY" or bool(rule.months) or day.month == first.month)


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
    if "," not in value and value[:-2]:
        place = (after.day + 6) // 7
        return f"{-1 if value.startswith('-') else min(place, 4)}{WEEKDAYS[after.weekday()]}"
    return ",".join(WEEKDAYS[(WEEKDAYS.index(each) + days) % 7] for each in value.split(","))


def ended_before(text: str, moment: datetime) -> str:
    """Return the rule's text so that it names nothing at or after a local time."""
    cleaned = text.strip().upper().removeprefix("RRULE:")
    kept = [part for part in cleaned.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    return ";".join([*kept, f"UNTIL={(moment.replace(microsecond=0)).strftime('%Y%m%dT%H%M%S')}"])
