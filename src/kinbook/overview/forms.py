"""Forms of who may open a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from kinbook.access.models import Closed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinbook.team.models import Member


class CloseRecordForm(forms.Form):
    """To whom a record is closed, why, and who is let in all the same."""

    kind = forms.ChoiceField(choices=Closed.choices, label="Close it to", widget=forms.RadioSelect)
    reason = forms.CharField(max_length=500, help_text="A colleague's child, a protected service …")
    members = forms.TypedMultipleChoiceField(
        required=False, coerce=UUID, label="Let in", widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first day it is open again. Empty: until somebody opens it.",
    )

    def __init__(self, *args: Any, team: Iterable[Member], **kwargs: Any) -> None:
        """Offer the team's people."""
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["members"]
        chosen.choices = [(str(each.pk), each.name) for each in team]


class EmergencyForm(forms.Form):
    """Why a closed record has to be opened."""

    reason = forms.CharField(max_length=500, label="What is the emergency?")
