"""What staff fill in about the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.invitations.commands.invite import LONGEST_WORDS
from kinbook.invitations.commands.settings import LONGEST_WELCOME
from kinbook.invitations.models import FLAGS, LANGUAGES

if TYPE_CHECKING:
    from kinbook.invitations.queries.people import PortalPerson

LABELS = {
    "messages": "Messages",
    "appointments": "Request appointments",
    "billing_documents": "Access billing documents",
    "payments": "Pay",
    "documents": "Complete documents",
}
OFFERED = ("messages", "appointments", "billing_documents")
"""What the portal can do so far; flags for what is to come are kept as they are."""


class PersonInviteForm(forms.Form):
    """One person: to be invited or not, and what they get."""

    def __init__(
        self, *args: Any, person: PortalPerson, defaults: dict[str, bool], is_minor: bool, **kwargs: Any
    ) -> None:
        """Offer what the portal has; a minor is offered no money."""
        self.person = person
        kwargs["prefix"] = f"person-{person.party.pk}"
        held = {name: name in person.flags for name in FLAGS} if person.grant and person.grant.access else defaults
        kwargs.setdefault("initial", {"invite": person.state == "open", **held})
        super().__init__(*args, **kwargs)
        self.fields["invite"] = forms.BooleanField(required=False, label=f"Invite {person.party.short_name}")
        for name in OFFERED:
            if not (is_minor and name == "billing_documents"):
                self.fields[name] = forms.BooleanField(required=False, label=LABELS[name])

    @property
    def flag_fields(self) -> list[Any]:
        """What access can hold."""
        return [self[name] for name in OFFERED if name in self.fields]

    @property
    def flags(self) -> frozenset[str]:
        """What is ticked, with those flags that stay as they are."""
        kept = {name for name in self.person.flags if name not in OFFERED}
        return frozenset(kept | {name for name in OFFERED if self.cleaned_data.get(name)})


class WordsForm(forms.Form):
    """The words of the mail."""

    language = forms.ChoiceField(choices=LANGUAGES, label="Language of the mail")
    words = forms.CharField(
        max_length=LONGEST_WORDS,
        required=False,
        strip=True,
        label="Your words",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="They stand at the top of the mail. Name no client: mail is read on locked screens.",
    )


class SuspendForm(forms.Form):
    """Why a portal is closed."""

    reason = forms.CharField(
        max_length=1000,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For staff only: a court order, a worry.",
        error_messages={"required": "Say why: whoever looks at this later will want to know."},
    )


class PortalSettingForm(forms.Form):
    """Settings, Client Portal."""

    is_on = forms.BooleanField(required=False, label="Client Portal is on")
    language = forms.ChoiceField(choices=LANGUAGES, label="Language of invitations")
    welcome = forms.CharField(
        required=False,
        max_length=LONGEST_WELCOME,
        label="Welcome words",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They stand at the top of everybody’s home page.",
    )
    appointments = forms.BooleanField(required=False, label=LABELS["appointments"])
    billing_documents = forms.BooleanField(required=False, label=LABELS["billing_documents"])
    bill_years = forms.IntegerField(
        min_value=1,
        max_value=30,
        label="Years that own invoices stay open",
        help_text="When somebody’s access to a child has ended, their own invoices and payments stay open this long.",
    )
