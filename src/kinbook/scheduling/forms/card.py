"""What the card of an appointment and the mouse ask for: another payer or split, another time."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.scheduling.commands.book import instant
from kinbook.scheduling.commands.series import FOLLOWING, ONE
from kinbook.scheduling.models import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.scheduling.queries.payers import Payer
    from kinbook.tenancy.viewer import Viewer


class StatusForm(forms.Form):
    """What became of an appointment."""

    status = forms.ChoiceField(choices=Status.choices)
    version = forms.IntegerField(required=False)


class PayerForm(forms.Form):
    """One payer for one appointment, with a note if it wants one."""

    payer = forms.UUIDField(required=False)
    note = forms.CharField(max_length=500, required=False, label="Note")

    def rule(self) -> dict[str, Any]:
        """Return the rule as the commands read it."""
        return {"mode": "single", "payers": [str(self.cleaned_data["payer"])]}


class SplitForm(forms.Form):
    """A split of one appointment by percent, a field for each who could have a part."""

    note = forms.CharField(max_length=500, required=False, label="Note")

    def __init__(self, data: Any, *, payers: Sequence[Payer], **more: Any) -> None:
        """Ask a percentage of each; as it stands if it is split already, else even."""
        super().__init__(data, **more)
        paying = sum(1 for each in payers if each.percent)
        even = [100 // len(payers)] * len(payers) if payers else []
        if even:
            even[0] += 100 - sum(even)
        for payer, fair in zip(payers, even, strict=True):
            self.fields[str(payer.party.pk)] = forms.DecimalField(
                min_value=0,
                max_value=100,
                decimal_places=2,
                required=False,
                initial=payer.percent if paying > 1 else fair,
                label=payer.party.short_name,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "min": 0, "max": 100, "step": "any"}),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for parts that add up to the whole, of two people at least."""
        values = super().clean() or {}
        parts = self._parts(values)
        if not self.errors and (sum(parts.values()) != 100 or len(parts) < 2):
            self.add_error(None, "The percentages of at least two payers add up to 100.")
        return values

    @staticmethod
    def _parts(values: dict[str, Any]) -> dict[str, Decimal]:
        return {name: value for name, value in values.items() if isinstance(value, Decimal) and value}

    def rule(self) -> dict[str, Any]:
        """Return the rule as the commands read it, in hundredths of a percent."""
        parts = self._parts(self.cleaned_data)
        return {"mode": "percent", "payers": list(parts), "weights": [int(each * 100) for each in parts.values()]}


class MoveForm(forms.Form):
    """Another start or length, from the mouse; the start is the practice's wall clock."""

    start = forms.CharField(max_length=30)
    minutes = forms.IntegerField(required=False)
    scope = forms.ChoiceField(choices=[(ONE, ONE), (FOLLOWING, FOLLOWING)], required=False)
    version = forms.IntegerField(required=False)

    def clean_start(self) -> datetime:
        """Return the local time; an ISO time without a zone is asked for."""
        try:
            wall = datetime.fromisoformat(self.cleaned_data["start"])
        except ValueError:
            wall = None
        if wall is None or wall.tzinfo is not None:
            raise forms.ValidationError("The start is a local time, as in 2026-11-20T16:00.")
        return wall

    def fields_changed(self, viewer: Viewer) -> dict[str, Any]:
        """Return what is to be changed, as the command takes it."""
        changed: dict[str, Any] = {"starts_at": instant(self.cleaned_data["start"], viewer)}
        if self.cleaned_data.get("minutes") is not None:
            changed["minutes"] = self.cleaned_data["minutes"]
        return changed


class RemoveForm(forms.Form):
    """Which of a series to remove."""

    scope = forms.ChoiceField(
        choices=[(ONE, "Only this one"), (FOLLOWING, "This and the following")],
        required=False,
        initial=ONE,
        widget=forms.RadioSelect,
        label="Remove",
    )
