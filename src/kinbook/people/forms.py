"""Forms of people: text in, typed values out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django import forms

from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.models import AddressType, ClientStatus, ClientType, PhonePermission

if TYPE_CHECKING:
    from django.http import QueryDict

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
MOST_ROWS = 20


class PersonForm(forms.Form):
    """A person's names, birthday and address."""

    # one name will do, so neither is required; the empty suffix keeps both from being called optional
    first_name = forms.CharField(max_length=200, required=False, label="Legal first name", label_suffix="")
    last_name = forms.CharField(max_length=200, required=False, label="Legal last name", label_suffix="")
    goes_by = forms.CharField(max_length=200, required=False, label="Goes by")
    date_of_birth = forms.DateField(required=False, widget=DATE)
    street = forms.CharField(max_length=200, required=False)
    city = forms.CharField(max_length=200, required=False)
    region = forms.CharField(max_length=200, required=False, label="State")
    postal_code = forms.CharField(max_length=20, required=False, label="ZIP")

    def draft(self, emails: tuple[EmailDraft, ...], phones: tuple[PhoneDraft, ...]) -> PersonDraft:
        """Return the person as entered."""
        return PersonDraft(**self.cleaned_data, emails=emails, phones=phones)


class ClientForm(forms.Form):
    """What a client is to the practice."""

    type = forms.ChoiceField(choices=ClientType.choices)
    status = forms.ChoiceField(choices=ClientStatus.choices)


class OrganizationForm(forms.Form):
    """An organization's name."""

    name = forms.CharField(max_length=200)


def places(data: QueryDict, name: str) -> list[str]:
    """Return the places of rows that a form sent: "email-0-address" has place "0"."""
    pattern = re.compile(rf"{name}-(\w+)-")
    found = dict.fromkeys(match[1] for key in data for match in [pattern.match(key)] if match)
    return list(found)[:MOST_ROWS]


def read_emails(data: QueryDict, prefix: str = "email") -> tuple[EmailDraft, ...]:
    """Return the e-mail rows that have an address."""
    return tuple(
        EmailDraft(
            data.get(f"{prefix}-{place}-address", ""),
            data.get(f"{prefix}-{place}-type", AddressType.HOME),
            data.get(f"{prefix}-{place}-may", "yes") == "yes",
        )
        for place in places(data, prefix)
        if data.get(f"{prefix}-{place}-address", "").strip()
    )


def read_phones(data: QueryDict, prefix: str = "phone") -> tuple[PhoneDraft, ...]:
    """Return the phone rows that have a number."""
    return tuple(
        PhoneDraft(
            data.get(f"{prefix}-{place}-number", ""),
            data.get(f"{prefix}-{place}-type", AddressType.MOBILE),
            data.get(f"{prefix}-{place}-permission", PhonePermission.TEXT_VOICEMAIL),
        )
        for place in places(data, prefix)
        if data.get(f"{prefix}-{place}-number", "").strip()
    )
