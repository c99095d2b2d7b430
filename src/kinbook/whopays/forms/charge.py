"""The form of a charge entered by hand: a product or a fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.web.money import MoneyField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.practice.models import Product

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
KINDS = (("product", "Product"), ("fee", "Fee"))


class ChargeForm(forms.Form):
    """What is charged, and on which day; a product chosen fills what it is for and the amount, which can be changed."""

    kind = forms.ChoiceField(choices=KINDS)
    product = forms.ChoiceField(required=False)
    description = forms.CharField(max_length=500, label="For", help_text="Payers read it on their invoices.")
    amount_cents = MoneyField(label="Amount")
    date = forms.DateField(widget=DATE)

    def __init__(self, *args: Any, products: Sequence[Product], **more: Any) -> None:
        """Offer the practice's products."""
        super().__init__(*args, **more)
        offered = [("", "None of these"), *((str(each.pk), each.name) for each in products)]
        self.fields["product"].choices = offered  # type: ignore[attr-defined]
