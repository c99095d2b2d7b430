"""Dates as programs and people write them: ISO, American, European, with months in words, and spreadsheets' day counts.

Which of 05/03 is the day cannot be seen in one date; it is told of the whole column.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Order(StrEnum):
    """What stands first in a date of three numbers."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
WORDS = re.compile(
    r"(?:[a-z]+\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:[\s\-/.]+de)?[\s\-/.]+([a-z]{3,})\.?,?(?:\s+del?)?[\s\-/.]+(\d{4}|\d{2})"
)
WORDS_FIRST = re.compile(r"(?:[a-z]+,\s+)?([a-z]{3,})\.?[\s\-/.]+(\d{1,2})(?:st|nd|rd|th)?,?[\s\-/.]+(\d{4}|\d{2})")
TIME = re.compile(r"[t\s]+\d{1,2}:\d{2}.*$")
DAY_COUNT = re.compile(r"\d{4,5}(?:\.0+)?")
FIRST_DAY = date(1899, 12, 30)
SPREADSHEET_DAYS = range(3000, 60000)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene",
            "feb",
            "mar",
            "apr abr",
            "may",
            "jun",
            "jul",
            "aug ago",
            "sep set",
            "oct",
            "nov",
            "dec dic",
        ),
        start=1,
    )
    for name in names.split()
}


class NotADate(ValueError):
    """The text is not a date, or names a day that never was."""


def read_date(text: str, order: Order, today: date) -> date:
    """Return the day that a text names; raises NotADate. Years of two digits lie in the past hundred years."""
    plain = _plain(text)
    try:
        return _numbers(plain, order, today) or _words(plain, today) or _day_count(plain)
    except ValueError:
        raise NotADate(text) from None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return TIME.sub("", " ".join(plain.split()))


def _numbers(plain: str, order: Order, today: date) -> date | None:
    if found := ISO.fullmatch(plain) or COMPACT.fullmatch(plain):
        year, month, day = map(int, found.groups())
        return date(year, month, day)
    if found := NUMBERS.fullmatch(plain):
        first, sign, second, year = int(found[1]), found[2], int(found[3]), _year(found[4], today)
        # a date with points is European wherever it stands
        if order is Order.DAY_FIRST or sign == ".":
            return date(year, second, first)
        return date(year, first, second)
    return None


def _words(plain: str, today: date) -> date | None:
    if found := WORDS.fullmatch(plain):
        day, month, year = found[1], found[2], found[3]
    elif found := WORDS_FIRST.fullmatch(plain):
        month, day, year = found[1], found[2], found[3]
    else:
        return None
    number = MONTHS.get(month[:3])
    return date(_year(year, today), number, int(day)) if number else None


def _year(text: str, today: date) -> int:
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year else year - 100


def _day_count(plain: str) -> date:
    if DAY_COUNT.fullmatch(plain) and int(plain.split(".", maxsplit=1)[0]) in SPREADSHEET_DAYS:
        return FIRST_DAY + timedelta(days=int(plain.split(".", maxsplit=1)[0]))
    raise NotADate(plain)


def order_of(texts: Iterable[str]) -> Order | None:
    """Return what stands first in a column's dates; None where they could all be read both ways, or contradict."""
    month_first = day_first = False
    for text in texts:
        found = NUMBERS.fullmatch(_plain(text))
        if not found or found[2] == ".":
            continue
        first, second = int(found[1]), int(found[3])
        month_first |= second > 12 >= first
        day_first |= first > 12 >= second
    if month_first == day_first:
        return None
    return Order.MONTH_FIRST if month_first else Order.DAY_FIRST


def is_ambiguous(text: str) -> bool:
    """Tell whether a text is a date that means another day with month and day swapped."""
    found = NUMBERS.fullmatch(_plain(text))
    if not found or found[2] == "." or found[1] == found[3]:
        return False
    return max(int(found[1]), int(found[3])) <= 12
