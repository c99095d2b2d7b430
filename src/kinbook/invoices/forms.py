"""Forms of invoices."""

from __future__ import annotations

from django import forms

from kinbook.invoices.models import ClientNamed
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
