"""Organizations: schools, agencies, courts, insurers, whoever is no person and may pay."""

from typing import Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Id, Name
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.overview.queries.clients import ways_to_reach
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import Party, PartyKind
from kinbook.people.queries import parties_visible_to
from kinbook.tenancy.refused import Unknown
from kinbook.web.request import Request

router = Router(tags=["Organizations"], by_alias=True)

Kind = Literal["school", "employer", "agency", "court", "charity", "insurer", "other"]


class OrganizationBody(Body):
    """An organization as entered."""

    name: Name
    kind: Kind = "other"
    email: Name | None = None


class OrganizationShown(BaseModel):
    """An organization."""

    id: UUID
    name: str
    kind: str
    email: str | None


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


def shown(parties: list[Party]) -> list[OrganizationShown]:
    """Return organizations as programs see them."""
    reach = ways_to_reach([party.pk for party in parties])
    return [
        OrganizationShown(
            id=party.pk,
            name=party.last_name,
            kind=party.organization_kind,
            email=reach.get(party.pk, ("", ""))[0] or None,
        )
        for party in parties
    ]
