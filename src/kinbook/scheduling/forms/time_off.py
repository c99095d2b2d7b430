"""The form of time off."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from kinbook.scheduling.commands.book import instant
from kinbook.scheduling.forms.fields import DayField, TimeInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.team.models import Member
    from kinbook.tenancy.viewer import Viewer


class TimeOffForm(forms.Form):
    """When somebody is not there, on the practice's wall clock; without times, whole days."""

    member_id = forms.TypedChoiceField(coerce=UUID, label="Who")
    title = forms.CharField(max_length=100, required=False, label="What for")
    starts_on = DayField(label="From")
    starts = forms.TimeField(widget=TimeInput(), required=False, label="From time")
    ends_on = DayField(label="Until")
    ends = forms.TimeField(widget=TimeInput(), required=False, label="Until time")

    def __init__(self, data: Any, *, members: Sequence[Member], **more: Any) -> None:
        """Offer the members whose time off the viewer may enter."""
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["member_id"].choices = [(str(each.pk), each.name) for each in members]

    def clean(self) -> dict[str, Any]:
        """Ask for an end that lies after the start."""
        values = super().clean() or {}
        if {"starts_on", "ends_on"} <= set(values) and self._wall_end() <= self._wall_start():
            self.add_error("ends_on", "Time off ends after it starts.")
        return values

    def _wall_start(self) -> datetime:
        return datetime.combine(self.cleaned_data["starts_on"], self.cleaned_data.get("starts") or time.min)

    def _wall_end(self) -> datetime:
        day, at = self.cleaned_data["ends_on"], self.cleaned_data.get("ends")
        return datetime.combine(day, at) if at else datetime.combine(day + timedelta(days=1), time.min)

    def span(self, viewer: Viewer) -> tuple[datetime, datetime]:
        """Return the instants entered; a last day without a time is off to its end."""
        return instant(self._wall_start(), viewer), instant(self._wall_end(), viewer)
