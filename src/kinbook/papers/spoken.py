"""How the language in force writes amounts and dates, on papers and in letters."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.translation import get_language

if TYPE_CHECKING:
    from datetime import date


def locale_now() -> str:
    """Return the locale: the practice's country is what its currency and clock come from, the words the reader's."""
    return {"es": "es_US"}.get((get_language() or "en").partition("-")[0], "en_US")


def spoken_cash(cents: int, currency: str) -> str:
    """Return cents as the language in force writes them."""
    return format_currency(Decimal(cents).scaleb(-2), currency, locale=locale_now()).replace("-", "−")


def spoken_date(day: date) -> str:
    """Return a date as the language in force writes it: "Nov 20, 2026"."""
    return format_date(day, format="medium", locale=locale_now())
