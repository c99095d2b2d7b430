"""Forms of who may open a record, and of a member's rights and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from kinbook.access.matrix import GRANTABLE, Scope
from kinbook.access.models import Closed
from kinbook.access.words import ACTION_NAMES, SCOPE_NAMES
from kinbook.tenancy.viewer import ROLE_NAMES, Role
from kinbook.web.money import MoneyField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kinbook.team.models import Member


class CloseRecordForm(forms.Form):
    """To whom a record is closed, why, and who is let in all the same."""

    kind = forms.ChoiceField(choices=Closed.choices, label="Close it to", widget=forms.RadioSelect)
    reason = forms.CharField(max_length=500, help_text="A colleague's child, a protected service …")
    members = forms.TypedMultipleChoiceField(
        required=False, coerce=UUID, label="Let in", widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The first day it is open again. Empty: until somebody opens it.",
    )

    def __init__(self, *args: Any, team: Iterable[Member], **kwargs: Any) -> None:
        """Offer the team's people."""
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["members"]
        chosen.choices = [(str(each.pk), each.name) for each in team]


DAY = {"type": "date"}


class ShareForm(forms.Form):
    """With whom a client is shared, from and until which day."""

    member_id = forms.TypedChoiceField(coerce=UUID, label="Share with")
    starts_on = forms.DateField(required=False, label="From", help_text="Empty: today.", widget=forms.DateInput(DAY))
    until = forms.DateField(required=False, help_text="The first day without.", widget=forms.DateInput(DAY))

    def __init__(self, *args: Any, team: Iterable[Member], **kwargs: Any) -> None:
        """Offer the team's people."""
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["member_id"]
        chosen.choices = [(str(each.pk), each.name) for each in team]


class RoleForm(forms.Form):
    """A role from a day, and perhaps until one."""

    role = forms.ChoiceField(choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    starts_on = forms.DateField(required=False, label="From", help_text="Empty: today.", widget=forms.DateInput(DAY))
    until = forms.DateField(required=False, help_text="The first day without.", widget=forms.DateInput(DAY))


class PermissionForm(forms.Form):
    """One permission on top of roles."""

    action = forms.ChoiceField(
        choices=[(action.value, ACTION_NAMES[action]) for action in GRANTABLE], label="Permission"
    )
    scope = forms.ChoiceField(choices=[(scope.value, SCOPE_NAMES[scope]) for scope in Scope], label="For")
    note = forms.CharField(max_length=500, label="Why")
    starts_on = forms.DateField(required=False, label="From", help_text="Empty: today.", widget=forms.DateInput(DAY))
    until = forms.DateField(required=False, help_text="The first day without.", widget=forms.DateInput(DAY))


class HandoverForm(forms.Form):
    """To whom a member's work goes, from when, and whether they come back."""

    to = forms.TypedChoiceField(coerce=UUID, label="Hand over to")
    on = forms.DateField(label="From", widget=forms.DateInput(DAY))
    leaves = forms.ChoiceField(
        choices=[("away", "They are away, and come back"), ("leaves", "They leave the team")],
        label="Why",
        widget=forms.RadioSelect,
    )
    back_on = forms.DateField(
        required=False, label="Back on", help_text="Where they come back.", widget=forms.DateInput(DAY)
    )

    def __init__(self, *args: Any, team: Iterable[Member], **kwargs: Any) -> None:
        """Offer the others of the team."""
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["to"]
        chosen.choices = [(str(each.pk), each.name) for each in team]


class EmergencyForm(forms.Form):
    """Why a closed record has to be opened."""

    reason = forms.CharField(max_length=500, label="What is the emergency?")


class FeeForm(forms.Form):
    """Another fee of an invoiced appointment, how its invoices follow, and why."""

    fee = MoneyField(label="New fee")
    how = forms.ChoiceField(choices=[("reissue", "Void and reissue"), ("credit", "Add a credit note")], label="How")
    reason = forms.CharField(max_length=500, label="Why", help_text="For the practice; no payer reads it.")
