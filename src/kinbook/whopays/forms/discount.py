"""Forms of discounts: a client's sliding fee, and one charge's own."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.rules.discount import Terms
from kinbook.web.money import read_cents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.practice.models import Service

HOW = (("percent", "Percent off"), ("cents", "Amount off"), ("fixed_cents", "Fixed fee"))
DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TermsForm(forms.Form):
    """How much: a percentage, an amount off, or a fixed fee."""

    how = forms.ChoiceField(choices=HOW, initial="percent", label="As")
    value = forms.CharField(
        max_length=20,
        label="How much",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the value as what it is said to be."""
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                values["terms"] = Terms(**{values["how"]: _read(values["how"], values["value"])})
            except (ValueError, InvalidOperation):
                self.add_error("value", "Enter a number, as in 25 or 80.00.")
        return values


def _read(how: str, text: str) -> int:
    if how != "percent":
        return read_cents(text)
    hundredths = Decimal(text.strip().rstrip("%").strip()) * 100
    if hundredths != int(hundredths) or abs(hundredths) > 10**6:
        raise ValueError(text)
    return int(hundredths)


class DiscountForm(TermsForm):
    """A client's sliding fee."""

    starts_on = forms.DateField(widget=DATE, label="From")
    until = forms.DateField(widget=DATE, required=False, label="Until", help_text="The first day without.")
    services = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="For", help_text="None ticked: every service."
    )
    note = forms.CharField(max_length=500, required=False, label="Note")

    def __init__(self, *args: Any, services: Sequence[Service], **more: Any) -> None:
        """Offer the practice's services."""
        super().__init__(*args, **more)
        self.fields["services"].choices = [(str(each.pk), each.name) for each in services]  # type: ignore[attr-defined]


class ChargeDiscountForm(TermsForm):
    """One charge's own discount."""

    reason = forms.CharField(max_length=500, label="Why", help_text="For the practice; the payer does not read it.")
