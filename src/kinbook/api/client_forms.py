"""Clients and contacts as programs send them."""

from typing import Literal

from pydantic import Field

from kinbook.api.fields import Body, Choice, Day, Flag, Id, Name
from kinbook.api.rule import ArrangementBody, RuleForm
from kinbook.people.commands.clean import EmailDraft, PersonDraft, PhoneDraft
from kinbook.people.commands.clients import ClientDraft, ContactDraft, PartnerDraft
from kinbook.tenancy.refused import Invalid

Type = Literal["adult", "minor", "couple"]
Status = Literal["active", "inactive", "prospective", "archived"]
Relation = Literal[
    "parent",
    "legal_guardian",
    "step_parent",
    "foster_parent",
    "grandparent",
    "sibling",
    "family_member",
    "partner",
    "case_worker",
    "school",
    "agency",
    "other",
]


class PortalBody(Body):
    """What somebody may do in the portal for one client; what is left out stays."""

    access: Flag | None = None
    messages: Flag | None = None
    appointments: Flag | None = None
    billing_documents: Flag | None = None
    payments: Flag | None = None
    documents: Flag | None = None

    def flags(self) -> dict[str, bool]:
        """Return the flags that were sent."""
        return {name: bool(value) for name, value in self.model_dump(exclude_unset=True).items()}


class PersonBody(Body):
    """A person's names and how they are reached."""

    first_name: Name | None = None
    last_name: Name | None = None
    email: Name | None = None
    phone: Name | None = None

    def has_person(self) -> bool:
        """Tell whether anything of a person was sent."""
        return any((self.first_name, self.last_name, self.email, self.phone))

    def person(self) -> PersonDraft:
        """Return the person as entered."""
        return PersonDraft(
            first_name=self.first_name or "",
            last_name=self.last_name or "",
            emails=(EmailDraft(self.email),) if self.email else (),
            phones=(PhoneDraft(self.phone),) if self.phone else (),
        )


class ContactFields(PersonBody):
    """What can be said of a contact."""

    organization_name: Name | None = None
    legal_guardian: Flag | None = None
    emergency_contact: Flag | None = None
    reminders: Flag | None = None
    responsible_for_billing: Flag | None = None
    starts_on: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, description="The first day without.")
    portal: PortalBody | None = None


class ContactBody(ContactFields):
    """A contact: somebody known (`person_id`, `organization_id`), a new organization, or a new person."""

    person_id: Id | None = None
    organization_id: Id | None = None
    relationship: Relation

    def draft(self) -> ContactDraft:
        """Return the contact as entered."""
        named = [self.person_id, self.organization_id, self.organization_name, self.first_name or self.last_name]
        if sum(1 for each in named if each) > 1:
            raise Invalid(person_id="A contact is somebody known, a new organization or a new person: say one of them.")
        return ContactDraft(
            relationship=self.relationship,
            party_id=self.person_id or self.organization_id,
            person=self.person(),
            organization_name=self.organization_name or "",
            legal_guardian=bool(self.legal_guardian),
            emergency_contact=bool(self.emergency_contact),
            reminders=bool(self.reminders),
            responsible=bool(self.responsible_for_billing),
            starts_on=self.starts_on,
            until=self.until,
            portal=self.portal.flags() if self.portal else {},
        )


class AddedContactBody(ContactBody):
    """A contact for a client there is; in `rule`, `contact` names the one that is being added."""

    effective_from: Day | None = Field(None, description="From when `responsible_for_billing` holds; today by default.")
    rule: RuleForm | None = None


class ContactChange(ContactFields):
    """What changes of a contact; what is left out stays."""

    relationship: Relation | None = None
    effective_from: Day | None = Field(
        None, description="From when `responsible_for_billing` or `rule` holds; today by default."
    )
    rule: RuleForm | None = Field(None, description="Who pays from then, where several do.")


class PartnerBody(PersonBody):
    """One of a couple: somebody known, or a new person."""

    person_id: Id | None = None
    responsible_for_billing: Flag | None = None

    def draft(self) -> PartnerDraft:
        """Return the partner as entered."""
        person = None if self.person_id else self.person()
        return PartnerDraft(self.person_id, person, bool(self.responsible_for_billing))


class ClientBody(PersonBody):
    """A client: a minor with contacts, a couple with partners and no names of its own."""

    type: Type
    goes_by: Name | None = None
    date_of_birth: Day | None = None
    status: Status | None = None
    primary_clinician_id: Choice | None = None
    portal: PortalBody | None = None
    contacts: list[ContactBody] | None = Field(None, max_length=50)
    partners: list[PartnerBody] | None = Field(None, max_length=2)
    arrangement: ArrangementBody | None = Field(None, description="Who pays from the beginning.")

    def draft(self) -> ClientDraft:
        """Return the client as entered."""
        person = self.person()
        born = PersonDraft(
            first_name=person.first_name,
            last_name=person.last_name,
            goes_by=self.goes_by or "",
            date_of_birth=self.date_of_birth,
            emails=person.emails,
            phones=person.phones,
        )
        if self.type == "couple" and self.portal:
            raise Invalid(portal="A couple has no portal of its own: each partner has theirs.")
        return ClientDraft(
            type=self.type,
            person=born if self.type != "couple" or born != PersonDraft() else None,
            partners=tuple(each.draft() for each in self.partners or ()),
            contacts=tuple(each.draft() for each in self.contacts or ()),
            status=self.status or "active",
            clinician_id=self.primary_clinician_id,
            portal=self.portal.flags() if self.portal else {},
        )


class ClientChange(PersonBody):
    """What changes of a client; what is left out stays."""

    type: Type | None = None
    goes_by: Name | None = None
    date_of_birth: Day | None = None
    status: Status | None = None
    primary_clinician_id: Choice | None = None
    portal: PortalBody | None = None
