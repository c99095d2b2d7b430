"""Forms of invoices."""

from __future__ import annotations

from typing import Any

from django import forms

from kinbook.invoices.models import ClientNamed, CreditKind
from kinbook.web.money import MoneyField

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class VoidInvoiceForm(forms.Form):
    """Why an invoice is deleted."""

    reason = forms.CharField(max_length=500, label="Why", help_text="It stays on the invoice's record.")


class SendForm(forms.Form):
    """A few words that go with an invoice."""

    message = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))


class WriteOffForm(forms.Form):
    """How much is given up, and why."""

    cents = MoneyField(label="Amount")
    reason = forms.CharField(max_length=500, label="Why")


class CreditNoteForm(forms.Form):
    """By how much an invoice is lowered, as what, and why."""

    kind = forms.ChoiceField(choices=CreditKind.choices, widget=forms.RadioSelect, label="As")
    charge = forms.ChoiceField(required=False, label="On")
    cents = MoneyField(required=False, label="Amount")
    percent = forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, required=False, label="Or percent of what is due"
    )
    reason = forms.CharField(max_length=500, label="Why", help_text="For the practice; the payer does not read it.")

    def __init__(self, *args: Any, charges: list[tuple[str, str]], **more: Any) -> None:
        """Offer the invoice as a whole, and each of its charges."""
        super().__init__(*args, **more)
        self.fields["charge"].choices = [("", "The whole invoice"), *charges]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one of amount and percent."""
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and (values.get("cents") is None) == (values.get("percent") is None):
            self.add_error("cents", "Enter an amount, or a percentage.")
        return values


class LateFeeForm(forms.Form):
    """Whether overdue invoices cost a late fee, after how long, and how much."""

    late_fee_days = forms.IntegerField(
        min_value=1, max_value=365, required=False, label="Days overdue", help_text="Empty: no late fees."
    )
    late_fee_cents = MoneyField(required=False, label="Amount", help_text="The same for every invoice.")
    late_fee_percent = forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, required=False, label="Or percent of what is due"
    )

    def clean_late_fee_percent(self) -> int | None:
        """Return hundredths of a percent."""
        percent = self.cleaned_data["late_fee_percent"]
        return None if percent is None else int(percent * 100)


class CreateForm(forms.Form):
    """Which invoices to create."""

    through = forms.DateField(widget=DATE, label="Everything through")
    group = forms.ChoiceField(
        choices=[("client", "One invoice per client and payer"), ("family", "One invoice per family where allowed")],
        label="Grouping",
    )


class TermsForm(forms.Form):
    """How an organization wants its invoices."""

    one_invoice = forms.TypedChoiceField(
        choices=[("", "One invoice per client"), ("yes", "One monthly invoice")],
        coerce=bool,
        required=False,
        label="Invoices",
        help_text="One monthly invoice: over all its clients, on the day on which months are invoiced.",
    )
    clients_named = forms.ChoiceField(choices=ClientNamed.choices, label="Clients are named by")
    reference = forms.CharField(
        max_length=100,
        required=False,
        label="Their reference",
        help_text="Its customer or order number for the practice; it stands on each invoice.",
    )


class PauseForm(forms.Form):
    """Why a payer is not reminded, and until when."""

    reason = forms.CharField(max_length=500, label="Why", help_text="For the practice only.")
    until = forms.DateField(
        widget=DATE,
        required=False,
        label="Until",
        help_text="The first day with reminders again. Empty: until you say.",
    )


class SendAllForm(forms.Form):
    """Which of the invoices that were never sent."""

    since = forms.DateField(
        widget=DATE, required=False, label="Issued on or after", help_text="Empty: all that were never sent."
    )
