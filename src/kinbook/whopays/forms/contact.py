"""A contact as entered, in a new client's form and in its own dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.commands.clients import ContactDraft
from kinbook.people.models import Relationship

if TYPE_CHECKING:
    from datetime import date

    from kinbook.people.models import Party

ORGANIZATIONS = f"{Relationship.SCHOOL}|{Relationship.AGENCY}"
PEOPLE = "|".join(value for value in Relationship.values if value not in {Relationship.SCHOOL, Relationship.AGENCY})
PORTAL = (
    ("messages", "Messages"),
    ("appointments", "Request appointments"),
    ("billing_documents", "Access billing documents"),
    ("payments", "Pay"),
    ("documents", "Complete documents"),
)
DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ContactForm(forms.Form):
    """A contact: a known person, a new one, or an organization; how they stand to the client, and what they may do."""

    party = forms.UUIDField(required=False, widget=forms.HiddenInput)
    relationship = forms.ChoiceField(choices=Relationship.choices)
    first_name = forms.CharField(max_length=200, required=False, label="First name", label_suffix="")
    last_name = forms.CharField(max_length=200, required=False, label="Last name", label_suffix="")
    organization_name = forms.CharField(
        max_length=200, required=False, label="Name of the organization", label_suffix=""
    )
    email = forms.CharField(max_length=254, required=False, widget=forms.EmailInput)
    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    responsible_for_billing = forms.BooleanField(required=False, label="Responsible for billing")
    legal_guardian = forms.BooleanField(required=False, label="Legal guardian")
    emergency_contact = forms.BooleanField(required=False, label="Emergency contact")
    access = forms.BooleanField(required=False, label="Allow Client Portal access")
    messages = forms.BooleanField(required=False, label="Messages")
    appointments = forms.BooleanField(required=False, label="Request appointments")
    billing_documents = forms.BooleanField(required=False, label="Access billing documents")
    payments = forms.BooleanField(required=False, label="Pay")
    documents = forms.BooleanField(required=False, label="Complete documents")

    known: Party | None = None

    @property
    def portal_fields(self) -> list[Any]:
        """What portal access holds."""
        return [self[name] for name, _ in PORTAL]

    @property
    def people_when(self) -> str:
        """The condition under which a person's names are asked."""
        return f"{self.add_prefix('relationship')}={PEOPLE}"

    @property
    def organization_when(self) -> str:
        """The condition under which an organization's name is asked."""
        return f"{self.add_prefix('relationship')}={ORGANIZATIONS}"

    @property
    def called(self) -> str:
        """The name typed so far."""
        if self.known:
            return self.known.short_name
        data = self.data if self.is_bound else {}
        for name in ("first_name", "organization_name", "last_name"):
            text = str(data.get(self.add_prefix(name), "")).strip()
            if text:
                return text
        return "New contact"

    def draft(self, starts_on: date | None = None) -> ContactDraft:
        """Return the contact as entered."""
        values = self.cleaned_data
        person = PersonDraft(
            first_name=values["first_name"],
            last_name=values["last_name"],
            emails=(EmailDraft(values["email"]),) if values["email"].strip() else (),
            phones=(PhoneDraft(values["phone"]),) if values["phone"].strip() else (),
        )
        return ContactDraft(
            relationship=values["relationship"],
            party_id=values["party"],
            person=person,
            organization_name=values["organization_name"],
            legal_guardian=values["legal_guardian"],
            emergency_contact=values["emergency_contact"],
            responsible=values["responsible_for_billing"],
            starts_on=starts_on,
            portal={"access": values["access"], **{name: values[name] and values["access"] for name, _ in PORTAL}},
        )


class LinkForm(forms.Form):
    """How a contact stands to the client, and from when until when."""

    relationship = forms.ChoiceField(choices=Relationship.choices)
    legal_guardian = forms.BooleanField(required=False, label="Legal guardian")
    emergency_contact = forms.BooleanField(required=False, label="Emergency contact")
    starts_on = forms.DateField(required=False, widget=DATE, label="Contact from")
    until = forms.DateField(
        required=False, widget=DATE, label="Until", help_text="The first day they are a contact no more."
    )


class ManageForm(forms.Form):
    """Manage Client Portal & Billing."""

    responsible_for_billing = forms.BooleanField(required=False, label="Responsible for billing")
    effective_from = forms.DateField(widget=DATE, label="From")
    access = forms.BooleanField(required=False, label="Allow Client Portal access")
    messages = forms.BooleanField(required=False, label="Messages")
    appointments = forms.BooleanField(required=False, label="Request appointments")
    billing_documents = forms.BooleanField(required=False, label="Access billing documents")
    payments = forms.BooleanField(required=False, label="Pay")
    documents = forms.BooleanField(required=False, label="Complete documents")

    @property
    def portal_fields(self) -> list[Any]:
        """What portal access holds."""
        return [self[name] for name, _ in PORTAL]

    @property
    def portal(self) -> dict[str, bool]:
        """The portal flags as ticked; without access, none of the others."""
        values = self.cleaned_data
        return {"access": values["access"], **{name: values[name] and values["access"] for name, _ in PORTAL}}
