"""Amounts as people type them: "120", "1,200.50", "$80"; read into integer cents."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?")
"""A comma parts thousands: "12,50" is not guessed at, it would be a hundred times as much."""


def read_cents(text: str) -> int:
    """Return cents; raises ValueError for what is not an amount with at most two decimals."""
    cleaned = text.strip().lstrip("$€£").replace(" ", "")
    if not AMOUNT.fullmatch(cleaned):
        raise ValueError(text)
    try:
        return int(Decimal(cleaned.replace(",", "")) * 100)
    except InvalidOperation:
        raise ValueError(text) from None


def plain(cents: int | None) -> str:
    """Return cents as a form shows them for editing: "1200.50"."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


class MoneyField(forms.CharField):
    """A form field whose value is cents."""

    def __init__(self, **kwargs: Any) -> None:
        """Ask for a decimal keyboard on phones."""
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show cents as people write them."""
        return plain(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return cents, None where nothing was entered and nothing is required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_cents(text)
        except ValueError:
            raise forms.ValidationError("Enter an amount, as in 120.00.") from None
