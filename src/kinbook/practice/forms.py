"""Forms of the practice's settings."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from django import forms

from kinbook.tenancy.models import Automatic
from kinbook.web.money import MoneyField

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_NUMBER = 4
USUAL = ("USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF")


def zones() -> list[tuple[str, str]]:
    """Return the time zones people live in."""
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [(name, name.replace("_", " ")) for name in names]


def currencies() -> list[tuple[str, str]]:
    """Return the currencies, the usual ones first."""
    others = sorted(set(list_currencies()) - set(USUAL))
    return [(code, code) for code in (*USUAL, *others)]


class PracticeForm(forms.Form):
    """The practice itself."""

    name = forms.CharField(max_length=200, label="Practice name")
    time_zone = forms.ChoiceField(choices=zones)
    week_starts_on = forms.TypedChoiceField(choices=list(enumerate(DAYS)), coerce=int, label="First day of the week")
    language = forms.ChoiceField(choices=[("en", "English"), ("es", "Español")], label="Language of documents")
    reminder_hours = forms.IntegerField(
        min_value=0,
        max_value=336,
        label="Appointment reminders (hours ahead)",
        help_text="To clients and contacts who are told. 0: none are sent.",
    )
    street = forms.CharField(max_length=200, required=False)
    city = forms.CharField(max_length=200, required=False, label="City, state, ZIP")
    email = forms.EmailField(required=False)
    phone = forms.CharField(max_length=40, required=False)
    tax_id = forms.CharField(max_length=40, required=False, label="Tax ID")
    npi = forms.CharField(
        max_length=10, required=False, label="NPI of the practice", help_text="Printed on superbills."
    )


class DaysField(forms.CharField):
    """Numbers of days as people list them: "3, 14, 30"."""

    def prepare_value(self, value: Any) -> Any:
        """Show the days as a list."""
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the days as numbers."""
        parts = [part for part in str(value or "").replace(",", " ").split() if part]
        if any(not part.isdecimal() or not part.isascii() or len(part) > LONGEST_NUMBER for part in parts):
            raise forms.ValidationError("List days as numbers, such as 3, 14, 30.")
        return [int(part) for part in parts]

    def validate(self, value: Any) -> None:
        """Take an empty list for nothing entered."""
        super().validate(value or None if self.required else True)


class ClientBillingForm(forms.Form):
    """How invoices are made."""

    automatic_invoices = forms.ChoiceField(
        choices=Automatic.choices,
        label="Automatic invoices",
        help_text="Daily: after midnight, through the day that ended. Monthly: the month before. A client can differ.",
    )
    invoice_day = forms.IntegerField(
        min_value=1,
        max_value=28,
        label="Monthly invoices on day",
        help_text="Of the month, 1 to 28. Organizations that want one invoice a month get it then, too.",
    )
    terms_days = forms.IntegerField(min_value=0, max_value=365, label="Due after (days)")
    invoice_prefix = forms.CharField(
        max_length=20,
        required=False,
        label="Prefix of invoice numbers",
        help_text="Numbers run on without gaps.",
    )
    credit_note_prefix = forms.CharField(
        max_length=20,
        required=False,
        label="Prefix of credit note numbers",
        help_text="They run on by themselves, without gaps.",
    )
    invoice_footer = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}), label="Footer of invoices"
    )
    overdue_days = DaysField(
        required=False,
        label="Remind of overdue invoices after (days)",
        help_text="Such as 3, 14, 30: days after the due date, in the morning. Empty: nobody is reminded by itself.",
    )
    coverage_sessions = forms.IntegerField(min_value=0, max_value=1000, label="Sessions left, at most")
    coverage_percent = forms.IntegerField(min_value=0, max_value=100, label="Percent of the amount left, at most")
    coverage_days = forms.IntegerField(min_value=0, max_value=366, label="Days before it ends")
    guardians_pay_confidential = forms.BooleanField(
        required=False,
        label="Guardians may be charged for appointments confidential to the client",
        help_text="Off: such a charge waits under Needs a payer for the client, an organization, or a write-off.",
    )


class LocationForm(forms.Form):
    """A place."""

    name = forms.CharField(max_length=200)
    street = forms.CharField(max_length=200, required=False)
    city = forms.CharField(max_length=200, required=False, label="City, state, ZIP")
    place_of_service = forms.CharField(
        max_length=2,
        required=False,
        label="Place of service (code)",
        help_text="Printed on superbills. Empty: 11 for an office, 10 for telehealth.",
    )
    is_telehealth = forms.BooleanField(required=False, label="Telehealth")
    is_active = forms.BooleanField(required=False, initial=True, label="Can be chosen for new appointments")


class ServiceForm(forms.Form):
    """A service with its fees."""

    name = forms.CharField(max_length=200)
    code = forms.CharField(max_length=20, required=False, label="Code (CPT)")
    fee_cents = MoneyField(label="Fee")
    minutes = forms.IntegerField(min_value=1, max_value=1440, label="Length (minutes)")
    missed_fee_cents = MoneyField(
        required=False,
        label="Missed-appointment fee",
        help_text="For no show and late canceled. Empty: the appointment's own fee; 0: nothing.",
    )
    modifiers = forms.CharField(
        max_length=20, required=False, help_text="To the code, as superbills print them: 95, HO …"
    )
    units = forms.IntegerField(min_value=1, max_value=99, initial=1, required=False, label="Units of the code")
    is_active = forms.BooleanField(required=False, initial=True, label="Can be chosen for new appointments")

    def clean_units(self) -> int:
        """Return the units; one where nothing was entered."""
        return self.cleaned_data["units"] or 1


class ProductForm(forms.Form):
    """A product with its price."""

    name = forms.CharField(max_length=200)
    price_cents = MoneyField(label="Price")
    is_active = forms.BooleanField(required=False, initial=True, label="Can be chosen for new charges")


class SetUpForm(forms.Form):
    """The first visitor sets a new installation up."""

    code = forms.CharField(max_length=40, label="Set-up code", help_text="Kinbook printed it where it was started.")
    name = forms.CharField(max_length=200, label="Practice name")
    time_zone = forms.ChoiceField(
        choices=lambda: [("", "Choose…"), *zones()], widget=forms.Select(attrs={"data-own-zone": True})
    )
    currency = forms.ChoiceField(choices=currencies)
    first_name = forms.CharField(max_length=200, label="Your first name")
    last_name = forms.CharField(max_length=200, label="Your last name")
    email = forms.EmailField(label="Your e-mail")
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; a few words make a good one.",
    )
