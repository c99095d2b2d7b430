"""The form of an appointment, to book one or to change it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from kinbook.rules.repeats import LONGEST, occurrences
from kinbook.scheduling.commands.book import Booking, instant, parse_repeat
from kinbook.scheduling.commands.series import FOLLOWING, ONE
from kinbook.scheduling.forms.fields import DayField, TimeInput
from kinbook.scheduling.models import Status
from kinbook.scheduling.queries.conflicts import Slot
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Invalid
from kinbook.web.money import MoneyField

if TYPE_CHECKING:
    from datetime import date

    from kinbook.scheduling.models import Appointment
    from kinbook.scheduling.queries.choices import Choices
    from kinbook.tenancy.viewer import Viewer

NEVER, CUSTOM, AS_IS = "never", "custom", "as_is"
REPEATS = [
    (NEVER, "Never"),
    ("weekly", "Every week"),
    ("biweekly", "Every 2 weeks"),
    ("monthly", "Every month, same weekday"),
    (CUSTOM, "Custom rule"),
]
ENDS = [("never", "Never"), ("until", "On a date"), ("count", "After a number of times")]
SCOPES = [(ONE, "Only this one"), (FOLLOWING, "This and the following")]
LOOKED_AHEAD = 60
"""Conflicts are looked for at so many of a series' times, before it is booked."""

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAMED_OTHERWISE = {"start": "date", "repeat": "rrule"}
"""What the commands call otherwise than the form."""


class AppointmentForm(forms.Form):
    """An appointment to book or to change; fees are cents, date and time the practice's wall clock."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput,
        label="Client",
        error_messages={"required": "Choose a client.", "invalid": "Choose a client."},
    )
    clinician_id = forms.TypedChoiceField(coerce=UUID, label="Clinician")
    service_id = forms.TypedChoiceField(coerce=UUID, label="Service")
    date = DayField(label="Date")
    time = forms.TimeField(widget=TimeInput(), label="Time")
    minutes = forms.IntegerField(min_value=1, max_value=1440, label="Minutes")
    fee_cents = MoneyField(required=False, label="Fee")
    location_id = forms.TypedChoiceField(coerce=UUID, empty_value=None, required=False, label="Location")
    video_link = forms.URLField(required=False, assume_scheme="https", max_length=500, label="Telehealth link")
    confidential = forms.BooleanField(
        required=False,
        label="Confidential to the client",
        help_text="Guardians see it nowhere, and are not charged for it unless the practice says so.",
    )
    status = forms.ChoiceField(choices=Status.choices, label="Status")
    repeats = forms.ChoiceField(choices=REPEATS, required=False, initial=NEVER, label="Repeats")
    rrule = forms.CharField(
        max_length=LONGEST,
        required=False,
        label="Rule",
        help_text="RFC 5545, as in FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10",
    )
    ends = forms.ChoiceField(choices=ENDS, required=False, initial="never", label="Ends")
    until = DayField(required=False, label="Last date")
    count = forms.IntegerField(min_value=1, max_value=400, required=False, label="Times")
    scope = forms.ChoiceField(choices=SCOPES, required=False, widget=forms.RadioSelect, label="Change")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, choices: Choices, with_fee: bool, booked: Appointment | None = None, **more: Any
    ) -> None:
        """Offer what can be chosen; without the right to fees the service's fee applies."""
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["clinician_id"].choices = [(str(each.pk), each.name) for each in choices.members]
        fields["service_id"].choices = [("", "Choose…"), *((str(each.pk), each.name) for each in choices.services)]
        fields["location_id"].choices = [("", "None"), *((str(each.pk), each.name) for each in choices.locations)]
        if not with_fee:
            del fields["fee_cents"]
        if booked and booked.series_id:
            fields["repeats"].choices = [(AS_IS, "As before"), *REPEATS[1:]]
            fields["repeats"].initial = AS_IS
        if not (booked and booked.series_id):
            del fields["scope"]

    def clean(self) -> dict[str, Any]:
        """Ask for what a chosen kind of repeat needs."""
        values = super().clean() or {}
        if values.get("repeats") == CUSTOM and not values.get("rrule"):
            self.add_error("rrule", "Enter the rule.")
        elif self.repeating and values.get("ends") == "until" and not values.get("until"):
            self.add_error("until", "Enter the last date.")
        elif self.repeating and values.get("ends") == "count" and not values.get("count"):
            self.add_error("count", "Enter how many times.")
        return values

    @property
    def repeating(self) -> bool:
        """Tell whether one of the ready-made repeats is chosen."""
        return self.cleaned_data.get("repeats") in {"weekly", "biweekly", "monthly"}

    def repeat(self) -> str:
        """Return the rule of RFC 5545 that is asked for; empty where it does not repeat."""
        values = self.cleaned_data
        if values.get("repeats") == CUSTOM:
            return str(values.get("rrule") or "")
        if not self.repeating:
            return ""
        on: date = values["date"]
        rule = {
            "weekly": "FREQ=WEEKLY",
            "biweekly": "FREQ=WEEKLY;INTERVAL=2",
            "monthly": f"FREQ=MONTHLY;BYDAY={_place_in_month(on)}{DAYS[on.weekday()]}",
        }[values["repeats"]]
        if values.get("ends") == "until" and values.get("until"):
            rule += f";UNTIL={values['until']:%Y%m%d}"
        if values.get("ends") == "count" and values.get("count"):
            rule += f";COUNT={values['count']}"
        return rule

    def chosen_scope(self) -> str:
        """Return what is changed: another repeat is always for the rest, too."""
        return FOLLOWING if self.repeat() else self.cleaned_data.get("scope") or ONE

    def starts_at(self, viewer: Viewer) -> datetime:
        """Return the instant of the date and time entered."""
        return instant(self._wall(), viewer)

    def _wall(self) -> datetime:
        return datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])

    def booking(self, viewer: Viewer) -> Booking:
        """Return what is to be booked."""
        values = self.cleaned_data
        return Booking(
            client_id=values["client_id"],
            clinician_id=values["clinician_id"],
            service_id=values["service_id"],
            starts_at=self.starts_at(viewer),
            minutes=values["minutes"],
            fee_cents=values.get("fee_cents"),
            location_id=values["location_id"],
            status=values["status"],
            confidential=values["confidential"],
            video_link=values["video_link"],
            repeat=self.repeat(),
        )

    def changes(self, viewer: Viewer) -> dict[str, Any]:
        """Return what differs from what was shown, so that the rest of a series keeps what was not touched."""
        values, changed = self.cleaned_data, set(self.changed_data)
        plain = ("clinician_id", "service_id", "minutes", "confidential", "status", "video_link")
        fields = {name: values[name] for name in plain if name in changed}
        if values.get("fee_cents") not in {None, self.initial.get("fee_cents")}:
            fields["fee_cents"] = values["fee_cents"]
        if "location_id" in changed:
            fields["location_id"] = values["location_id"]
        if changed & {"date", "time"}:
            fields["starts_at"] = self.starts_at(viewer)
        if self.repeat():
            fields["repeat"] = self.repeat()
        return fields

    def show(self, refused: Invalid) -> None:
        """Put the problems of a refused command beside the fields they belong to."""
        for name, sentence in refused.problems.items():
            field = NAMED_OTHERWISE.get(name, name)
            self.add_error(field if field in self.fields else None, sentence)

    def slots(self, viewer: Viewer, booked: UUID | None) -> list[Slot]:
        """Return the times asked for, as far as they can be read; of a series those nearest."""
        values = self.cleaned_data
        if not {"date", "time", "minutes", "clinician_id"} <= set(values):
            return []
        first, length = self._wall(), timedelta(minutes=values["minutes"])
        walls = [first]
        if self.repeat():
            try:
                rule = parse_repeat(self.repeat(), first, viewer)
                walls += occurrences(rule, after=first, until=first.date() + timedelta(days=366))[:LOOKED_AHEAD]
            except Invalid:
                pass
        starts = [instant(each, viewer) for each in walls]
        who = values["clinician_id"], values.get("client_id")
        return [
            Slot(booked or new_id() if not place else new_id(), *who, start, start + length)
            for place, start in enumerate(starts)
        ]


def _place_in_month(on: date) -> int:
    """Return which of its weekday a date is in its month; the fifth is the last."""
    place = (on.day + 6) // 7
    return place if place < 5 else -1
