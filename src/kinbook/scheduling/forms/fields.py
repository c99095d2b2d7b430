"""Date and time as browsers ask for them."""

from __future__ import annotations

from django import forms


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
