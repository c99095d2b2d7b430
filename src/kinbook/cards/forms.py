"""Forms of cards. No form has a field for a card's number: it goes to the processor."""

from __future__ import annotations

from django import forms

from kinbook.cards.commands.cards import LONGEST_NAME
from kinbook.web.money import MoneyField


class KeysForm(forms.Form):
    """The keys of the card processor."""

    publishable = forms.CharField(max_length=300, label="Publishable key", help_text="Begins with pk_")
    secret = forms.CharField(
        max_length=300,
        required=False,
        label="Secret key",
        help_text="Begins with sk_ or rk_. Kept sealed; it is never shown again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    webhook_secret = forms.CharField(
        max_length=300,
        required=False,
        label="Signing secret",
        help_text="Begins with whsec_. The processor shows it when you enter the address above there.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class CardForm(forms.Form):
    """What is said of a card."""

    nickname = forms.CharField(max_length=LONGEST_NAME, required=False, help_text="As its holder calls it")
    most_a_charge = MoneyField(required=False, label="At most a charge")
    most_a_month = MoneyField(required=False, label="At most a month")


class NewCardForm(CardForm):
    """A card that was typed in at the processor."""

    set_up = forms.CharField(max_length=255, widget=forms.HiddenInput())


class AutoPayForm(forms.Form):
    """Which card pays a client's invoices by itself; none: nothing does."""

    card = forms.UUIDField(required=False)
    most_cents = MoneyField(required=False)


class ChargeForm(forms.Form):
    """Charge a card for an invoice."""

    amount = MoneyField(label="Amount")
    card = forms.UUIDField()
    token = forms.CharField(max_length=64, widget=forms.HiddenInput())


class RefundForm(forms.Form):
    """Give money back to the card it came from."""

    amount = MoneyField(label="Amount")
    reason = forms.CharField(max_length=500, label="Why")
