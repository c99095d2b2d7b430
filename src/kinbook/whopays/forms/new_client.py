"""A new client as entered on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.commands.clients import ClientDraft, PartnerDraft
from kinbook.people.forms import places
from kinbook.people.models import ClientStatus, ClientType
from kinbook.whopays.forms.contact import DATE, ContactForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import QueryDict


class NewClientForm(forms.Form):
    """The client itself."""

    type = forms.ChoiceField(choices=ClientType.choices, widget=forms.RadioSelect)
    first_name = forms.CharField(max_length=200, required=False, label="Legal first name", label_suffix="")
    last_name = forms.CharField(max_length=200, required=False, label="Legal last name", label_suffix="")
    goes_by = forms.CharField(max_length=200, required=False, label="Goes by")
    date_of_birth = forms.DateField(required=False, widget=DATE)
    email = forms.CharField(max_length=254, required=False, widget=forms.EmailInput)
    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    status = forms.ChoiceField(choices=ClientStatus.choices, required=False)
    clinician = forms.ChoiceField(required=False, label="Primary clinician")

    def __init__(self, *args: Any, clinicians: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the team as clinicians."""
        super().__init__(*args, **kwargs)
        choices = self.fields["clinician"]
        choices.choices = [("", "Nobody yet"), *clinicians]  # type: ignore[attr-defined]

    @property
    def is_couple(self) -> bool:
        """Tell whether a couple is entered."""
        return bool(self.cleaned_data["type"] == ClientType.COUPLE)

    def draft(self, contacts: list[ContactForm], partners: list[PartnerForm]) -> ClientDraft:
        """Return the client as entered."""
        values = self.cleaned_data
        clinician: UUID | None = values["clinician"] or None
        common = {"type": values["type"], "status": values["status"] or ClientStatus.ACTIVE, "clinician_id": clinician}
        if self.is_couple:
            return ClientDraft(**common, partners=tuple(partner.draft() for partner in partners))
        person = PersonDraft(
            first_name=values["first_name"],
            last_name=values["last_name"],
            goes_by=values["goes_by"],
            date_of_birth=values["date_of_birth"],
            emails=(EmailDraft(values["email"]),) if values["email"].strip() else (),
            phones=(PhoneDraft(values["phone"]),) if values["phone"].strip() else (),
        )
        return ClientDraft(**common, person=person, contacts=tuple(contact.draft() for contact in contacts))


class PartnerForm(forms.Form):
    """One of a couple."""

    first_name = forms.CharField(max_length=200, required=False, label="First name", label_suffix="")
    last_name = forms.CharField(max_length=200, required=False, label="Last name", label_suffix="")
    email = forms.CharField(max_length=254, required=False, widget=forms.EmailInput)
    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    responsible_for_billing = forms.BooleanField(required=False, label="Responsible for billing")

    @property
    def called(self) -> str:
        """The name typed so far."""
        data = self.data if self.is_bound else {}
        return str(data.get(self.add_prefix("first_name"), "")).strip() or "Partner"

    def draft(self) -> PartnerDraft:
        """Return the partner as entered."""
        values = self.cleaned_data
        return PartnerDraft(
            person=PersonDraft(
                first_name=values["first_name"],
                last_name=values["last_name"],
                emails=(EmailDraft(values["email"]),) if values["email"].strip() else (),
                phones=(PhoneDraft(values["phone"]),) if values["phone"].strip() else (),
            ),
            responsible=values["responsible_for_billing"],
        )


def contact_forms(data: QueryDict | None) -> list[ContactForm]:
    """Return a form for each contact row that was sent."""
    if data is None:
        return []
    return [ContactForm(data, prefix=f"contact-{place}") for place in places(data, "contact")]


def partner_forms(data: QueryDict | None) -> list[PartnerForm]:
    """Return the two partners' forms."""
    return [PartnerForm(data, prefix=f"partner-{place}") for place in (1, 2)]
