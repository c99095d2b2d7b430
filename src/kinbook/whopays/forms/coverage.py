"""The form of a third party: which organization pays first, on which dates, how much and within which limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from kinbook.people.models import OrganizationKind
from kinbook.web.money import MoneyField, plain, read_cents
from kinbook.whopays.commands.cover import MOST_SESSIONS, CoverageDraft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.people.models import Party
    from kinbook.practice.models import Service
    from kinbook.whopays.models import Coverage

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
NEW = "new"
COVERS = (("all", "All of it"), ("percent", "A percentage"), ("fixed", "A fixed amount"))
OFFERED = tuple(choice for choice in OrganizationKind.choices if choice[0] != OrganizationKind.OTHER)
PLACES = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")


class PercentField(forms.CharField):
    """A percentage as people type it ("50", "33.33"), read as hundredths of a percent."""

    def to_python(self, value: Any) -> Any:
        """Return hundredths, or None where nothing is entered."""
        text = str(value or "").replace("%", "").strip()
        if not text:
            return None
        try:
            return read_cents(text)
        except ValueError:
            raise forms.ValidationError("A percentage is a number with at most two decimals.") from None


class CoverageForm(forms.Form):
    """What a third party covers."""

    organization = forms.ChoiceField(label="Organization")
    new_name = forms.CharField(max_length=200, required=False, label="Name of the new organization")
    new_kind = forms.ChoiceField(
        choices=[*OFFERED, (OrganizationKind.OTHER, "Other")], required=False, label="What it is"
    )
    authorization = forms.CharField(
        max_length=100, required=False, label="Authorization number", help_text="It stands on its invoices."
    )
    file_number = forms.CharField(
        max_length=100, required=False, label="Their file number", help_text="What they know the client by."
    )
    starts_on = forms.DateField(widget=DATE, required=False, label="From")
    until = forms.DateField(widget=DATE, required=False, label="Until", help_text="The first day without it.")
    covers = forms.ChoiceField(choices=COVERS, label="Covers of each session")
    percent = PercentField(required=False, label="Percent")
    fixed_cents = MoneyField(required=False, label="Amount a session")
    max_sessions = forms.IntegerField(min_value=1, max_value=MOST_SESSIONS, required=False, label="At most, sessions")
    max_cents = MoneyField(required=False, label="At most, amount")
    services = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Only these services",
        help_text="None ticked: all of them.",
    )
    missed_fees = forms.BooleanField(required=False, label="Missed-appointment fees too")
    position = forms.TypedChoiceField(coerce=int, label="Takes its part")

    def __init__(
        self,
        *args: Any,
        organizations: Sequence[Party],
        services: Sequence[Service],
        places: int,
        has_new: bool = True,
        **more: Any,
    ) -> None:
        """Offer the practice's organizations and services, and as many places as the client has coverages."""
        super().__init__(*args, **more)
        known = [(str(each.pk), each.name) for each in organizations]
        self.fields["organization"].choices = [*known, *([(NEW, "A new organization…")] if has_new else [])]  # type: ignore[attr-defined]
        self.fields["services"].choices = [(str(each.pk), each.name) for each in services]  # type: ignore[attr-defined]
        self.fields["position"].choices = [(place, _place(place)) for place in range(places)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the choice above needs."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        needs = {"percent": ("percent", "Enter the percentage."), "fixed": ("fixed_cents", "Enter the amount.")}
        name, sentence = needs.get(values.get("covers", ""), ("", ""))
        if name and name not in self.errors and values.get(name) is None:
            self.add_error(name, sentence)
        if values.get("organization") == NEW and not values.get("new_name"):
            self.add_error("new_name", "Enter its name.")
        return values

    def draft(self, organization_id: UUID) -> CoverageDraft:
        """Return what was entered, for an organization that exists."""
        values = self.cleaned_data
        return CoverageDraft(
            organization_id=organization_id,
            starts_on=values["starts_on"],
            until=values["until"],
            authorization=values["authorization"],
            file_number=values["file_number"],
            percent=values["percent"] if values["covers"] == "percent" else None,
            fixed_cents=values["fixed_cents"] if values["covers"] == "fixed" else None,
            max_sessions=values["max_sessions"],
            max_cents=values["max_cents"],
            service_ids=tuple(UUID(each) for each in values["services"]),
            missed_fees=values["missed_fees"],
            position=values["position"],
        )


def _place(place: int) -> str:
    return PLACES[place] if place < len(PLACES) else f"In place {place + 1}"


def as_entered(row: Coverage) -> dict[str, Any]:
    """Return a coverage as its form shows it."""
    covers = "percent" if row.percent is not None else "fixed" if row.fixed_cents is not None else "all"
    return {
        "organization": str(row.organization.merged_into_id or row.organization_id),
        "authorization": row.authorization,
        "file_number": row.file_number,
        "starts_on": row.starts_on,
        "until": row.until,
        "covers": covers,
        "percent": plain(row.percent) if row.percent is not None else "",
        "fixed_cents": row.fixed_cents,
        "max_sessions": row.max_sessions,
        "max_cents": row.max_cents,
        "services": row.service_ids,
        "missed_fees": row.missed_fees,
        "position": row.position,
    }


class EndCoverageForm(forms.Form):
    """The first day without a coverage."""

    ends_on = forms.DateField(widget=DATE, label="The first day without it")
