"""What a person in the portal fills in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kinbook.invitations.models import LANGUAGES


class SignInForm(forms.Form):
    """Who asks for a link."""

    email = forms.EmailField(
        max_length=254,
        label=_("Email"),
        label_suffix="",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": _("Enter your e-mail."), "invalid": _("It looks like name@example.org.")},
    )


class PhoneForm(forms.Form):
    """The person's own number."""

    phone = forms.CharField(
        max_length=40,
        label=_("Phone"),
        label_suffix="",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Enter a phone number.")},
    )


class LanguageForm(forms.Form):
    """The language the person reads."""

    language = forms.ChoiceField(choices=LANGUAGES, label=_("Language"), label_suffix="")
