"""Forms of documents."""

from __future__ import annotations

from django import forms

DAY = {"type": "date"}


class PeriodForm(forms.Form):
    """The dates a document is about, both included."""

    since = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY))
    through = forms.DateField(label="To", widget=forms.DateInput(attrs=DAY))
