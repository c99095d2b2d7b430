"""Forms of documents."""

from __future__ import annotations

from django import forms

DAY = {"type": "date"}


class DiagnosisForm(forms.Form):
    """A diagnosis code of a client."""

    code = forms.CharField(max_length=12, label="Code (ICD-10)", help_text="As in F41.1")
    description = forms.CharField(max_length=200, required=False, help_text="Printed beside the code.")
    starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY))


class SendForm(forms.Form):
    """A few words that go with a link."""

    message = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class PeriodForm(forms.Form):
    """The dates a document is about, both included."""

    since = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY))
    through = forms.DateField(label="To", widget=forms.DateInput(attrs=DAY))


class YearForm(forms.Form):
    """A calendar year."""

    year = forms.IntegerField(min_value=2000, max_value=2200)


class StatementsForm(PeriodForm):
    """Statements for everybody with a balance."""

    sends = forms.BooleanField(required=False, label="Send each to its payer, as a link")


class OrderForm(forms.Form):
    """A court order on file; whom it names is read beside it."""

    court = forms.CharField(max_length=200)
    number = forms.CharField(max_length=100, required=False, label="Case number")
    ordered_on = forms.DateField(label="Date of the order", widget=forms.DateInput(attrs=DAY))
    starts_on = forms.DateField(label="In force from", widget=forms.DateInput(attrs=DAY))
    until = forms.DateField(required=False, label="Until", widget=forms.DateInput(attrs=DAY))
    proof_days = forms.IntegerField(
        min_value=1, max_value=365, label="Proof within (days)", help_text="After the payment it proves."
    )
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
