"""Forms of payments."""

from __future__ import annotations

from django import forms

from kinbook.payments.models import BY_HAND, Method
from kinbook.web.money import MoneyField

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PaymentForm(forms.Form):
    """Money received."""

    amount = MoneyField(label="Amount")
    method = forms.ChoiceField(choices=[(each.value, each.label) for each in map(Method, BY_HAND)])
    received_on = forms.DateField(widget=DATE, label="Received on")
    reference = forms.CharField(max_length=200, required=False, help_text="Check number, transfer reference …")


class RefundForm(forms.Form):
    """How much goes back, and why."""

    amount = MoneyField(label="Amount")
    reason = forms.CharField(max_length=500, label="Why")


class ReversalForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(max_length=500, label="Why")
