"""Organizations: schools, agencies, courts, insurers, whoever is no person and may pay."""

from typing import Literal, cast
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Id, Name
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.invoices.commands.terms import set_terms
from kinbook.invoices.models import PayerTerms
from kinbook.invoices.queries.terms import terms_of
from kinbook.overview.queries.clients import ways_to_reach
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import Party, PartyKind
from kinbook.people.queries import parties_visible_to
from kinbook.tenancy.refused import Unknown
from kinbook.web.request import Request

router = Router(tags=["Organizations"], by_alias=True)

Invoices = Literal["per_client", "monthly"]
ClientsNamed = Literal["full_name", "initials", "file_number"]
Kind = Literal["school", "employer", "agency", "court", "charity", "insurer", "other"]


class OrganizationBody(Body):
    """An organization as entered."""

    name: Name
    kind: Kind = "other"
    email: Name | None = None


class OrganizationTerms(Body):
    """How an organization wants its invoices from now on; what is left out stays."""

    invoices: Invoices | None = Field(None, description="One per client, or one monthly over all its clients.")
    clients_named: ClientsNamed | None = Field(None, description="How clients stand on its invoices.")
    reference: str | None = Field(None, max_length=100, description="Its customer or order number; null: none.")


class OrganizationShown(BaseModel):
    """An organization, and how it wants its invoices."""

    id: UUID
    name: str
    kind: str
    email: str | None
    invoices: Invoices
    clients_named: ClientsNamed
    reference: str | None


@router.post("/organizations", response={201: OrganizationShown})
def create_organization(request: Request, body: OrganizationBody) -> OrganizationShown:
    """Add an organization that can be a contact, a payer or a third party."""
    made = add_organization(request.viewer, name=body.name, kind=body.kind, email=body.email or "")
    return shown([made])[0]


@router.get("/organizations", response=Page[OrganizationShown])
def list_organizations(request: Request, asked: Query[Asked]) -> Page[OrganizationShown]:
    """The practice's organizations, by name."""
    require(request.viewer, Action.CLIENT_OPEN)
    rows = parties_visible_to(request.viewer).filter(kind=PartyKind.ORGANIZATION, merged_into=None)
    found, more = page_of(rows, asked, "sort_name", "pk")
    record(request.viewer, "organizations.listed", count=len(found))
    return Page[OrganizationShown](items=shown(found), next=more)


@router.get("/organizations/{organization_id}", response=OrganizationShown)
def read_organization(request: Request, organization_id: Id) -> OrganizationShown:
    """One organization."""
    rows = parties_visible_to(request.viewer).filter(kind=PartyKind.ORGANIZATION, pk=organization_id)
    found = rows.first()
    if found is None:
        raise Unknown
    return shown([found])[0]


@router.patch("/organizations/{organization_id}", response=OrganizationShown)
def change_terms(request: Request, organization_id: Id, body: OrganizationTerms) -> OrganizationShown:
    """Say how an organization wants its invoices; issued ones stay as they are."""
    viewer = request.viewer
    found = parties_visible_to(viewer).filter(kind=PartyKind.ORGANIZATION, pk=organization_id).first()
    if found is None:
        raise Unknown
    require(viewer, Action.BILLING_SETTINGS)
    require_match(request, shown([found])[0])
    terms = terms_of(found.pk)
    sent = body.sent("invoices", "clients_named", "reference", may_be_empty={"reference"})
    set_terms(
        viewer,
        party=found,
        one_invoice=sent["invoices"] == "monthly" if "invoices" in sent else terms.one_invoice,
        clients_named=sent.get("clients_named", terms.clients_named),
        reference=(sent["reference"] or "") if "reference" in sent else terms.reference,
    )
    return shown([found])[0]


def shown(parties: list[Party]) -> list[OrganizationShown]:
    """Return organizations as programs see them."""
    reach = ways_to_reach([party.pk for party in parties])
    known = {each.party_id: each for each in PayerTerms.objects.filter(party__in=parties)}
    terms = {party.pk: known.get(party.pk) or PayerTerms() for party in parties}
    return [
        OrganizationShown(
            id=party.pk,
            name=party.last_name,
            kind=party.organization_kind,
            email=reach.get(party.pk, ("", ""))[0] or None,
            invoices="monthly" if terms[party.pk].one_invoice else "per_client",
            clients_named=cast("ClientsNamed", terms[party.pk].clients_named),
            reference=terms[party.pk].reference or None,
        )
        for party in parties
    ]
