"""Forms of invoices."""

from __future__ import annotations

from django import forms

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
