"""Date and time as browsers ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.scheduling.commands.book import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from datetime import date


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        """Write dates as browsers send them."""
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        """Write times as browsers send them."""
        super().__init__(format="%H:%M")


class DayField(forms.DateField):
    """A date in the years an appointment can lie in."""

    def __init__(self, **more: Any) -> None:
        """Ask with the browser's own date field."""
        super().__init__(widget=DateInput(), **more)

    def to_python(self, value: Any) -> date | None:
        """Return the date; one in years nobody means is a typing error."""
        day: date | None = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}.")
        return day
