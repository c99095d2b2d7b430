"""Forms of one's own account and of the practice's rules for signing in."""

from __future__ import annotations

from django import forms

from kinbook.tenancy.models import SecondStep
from kinbook.tenancy.viewer import ROLE_NAMES, Role


class RulesForm(forms.Form):
    """What the practice wants of everybody who signs in."""

    second_step = forms.ChoiceField(
        choices=SecondStep.choices,
        label="Who needs a second step",
        help_text="After the password, a code from an app or a passkey. Who has none is asked to set one up.",
    )
    second_step_roles = forms.MultipleChoiceField(
        choices=[(role.value, ROLE_NAMES[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Roles",
    )
    idle_minutes = forms.IntegerField(
        min_value=5,
        max_value=60,
        label="Sign out after minutes without use",
        help_text="Two minutes before, Kinbook asks. What was typed and not saved is there again after signing in.",
    )


class PasswordForm(forms.Form):
    """One's own password, new."""

    password = forms.CharField(
        strip=False,
        label="New password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; a few words make a good one.",
    )


class EmailForm(forms.Form):
    """A new address."""

    email = forms.EmailField(label="New e-mail", max_length=200)


class AppForm(forms.Form):
    """The first code of an authenticator app."""

    code = forms.CharField(
        max_length=20,
        label="Code from the app",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PasskeyForm(forms.Form):
    """A passkey, with a name to know it by."""

    name = forms.CharField(max_length=60, label="Name", help_text="This computer, phone, security key …")
