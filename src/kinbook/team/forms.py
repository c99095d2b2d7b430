"""Forms of signing in and of the team: text in, typed values out."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms

from kinbook.tenancy.viewer import ROLE_NAMES, Role


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Use our words, and no placeholders in the place of labels."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class MemberForm(forms.Form):
    """Somebody on the team, with roles."""

    first_name = forms.CharField(max_length=200)
    last_name = forms.CharField(max_length=200)
    title = forms.CharField(max_length=50, required=False, help_text="Dr, LCSW …")
    email = forms.EmailField()
    roles = forms.MultipleChoiceField(
        choices=[(role.value, ROLE_NAMES[role]) for role in Role], widget=forms.CheckboxSelectMultiple
    )


class ChangeMemberForm(MemberForm):
    """A member who is there: what superbills print of them, too."""

    npi = forms.CharField(max_length=10, required=False, label="NPI", help_text="Printed on superbills.")
    license = forms.CharField(max_length=100, required=False, help_text="As superbills print it: LCSW 12345 (NH)")


class InvitationForm(forms.Form):
    """The password an invited member chooses."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; a few words make a good one.",
    )


class TokenForm(forms.Form):
    """A new API token."""

    label = forms.CharField(max_length=100, help_text="What uses it: the accounting program …")
    read_only = forms.BooleanField(required=False, label="May only read")
    expires_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
