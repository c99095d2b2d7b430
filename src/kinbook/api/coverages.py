"""Coverages: third parties that pay first."""

from datetime import date
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Day, Flag, Id, SomeCents, Whole
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.audit.record import record
from kinbook.people.queries import client_for
from kinbook.web.request import Request
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.models import Coverage

router = Router(tags=["Who pays"], by_alias=True)


class CoverageBody(Body):
    """What an organization covers: `percent`, `fixed_cents` a charge, or with neither all of it."""

    organization_id: Choice
    starts_on: Day | None = Field(None, alias="from", description="Left out: today; null: always.")
    until: Day | None = Field(None, description="The first day without.")
    authorization: str | None = Field(None, max_length=100)
    percent: Whole | None = Field(None, ge=1, le=10_000, description="Hundredths: 5000 is half.")
    fixed_cents: SomeCents | None = None
    max_sessions: Whole | None = Field(None, ge=1, le=10_000)
    max_cents: SomeCents | None = None
    service_ids: list[Choice] | None = Field(None, max_length=100, description="Only these; none: all.")
    missed_fees: Flag | None = None
    position: Whole | None = Field(None, ge=0, le=19, description="Its place among the client's coverages.")


class CoverageShown(BaseModel):
    """A third party that pays first for a client."""

    id: UUID
    client_id: UUID
    organization_id: UUID
    starts_on: date | None = Field(serialization_alias="from")
    until: date | None
    authorization: str | None
    percent: int | None
    fixed_cents: int | None
    max_sessions: int | None
    max_cents: int | None
    service_ids: list[UUID]
    missed_fees: bool
    position: int


@router.get("/clients/{client_id}/coverages", response=Page[CoverageShown])
def list_coverages(request: Request, client_id: Id, asked: Query[Asked]) -> Page[CoverageShown]:
    """A client's coverages in the order in which they take."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    rows = list(Coverage.objects.filter(client=client).order_by("position", "pk"))
    found, more = slice_of(rows, asked, lambda row: row.pk)
    record(request.viewer, "coverages.listed", client, client_id=client.pk, count=len(found))
    return Page[CoverageShown](items=[_shown(row) for row in found], next=more)


@router.post("/clients/{client_id}/coverages", response={201: CoverageShown})
def create_coverage(request: Request, client_id: Id, body: CoverageBody) -> CoverageShown:
    """Let an organization pay first for a client from a date on."""
    viewer = request.viewer
    client = client_for(viewer, client_id)
    draft = CoverageDraft(
        organization_id=body.organization_id,
        starts_on=body.starts_on if "starts_on" in body.given else viewer.today,
        until=body.until,
        authorization=body.authorization or "",
        percent=body.percent,
        fixed_cents=body.fixed_cents,
        max_sessions=body.max_sessions,
        max_cents=body.max_cents,
        service_ids=tuple(body.service_ids or ()),
        missed_fees=bool(body.missed_fees),
        position=body.position,
    )
    return _shown(add_coverage(viewer, client_id=client.pk, draft=draft))


def _shown(row: Coverage) -> CoverageShown:
    return CoverageShown(
        id=row.pk,
        client_id=row.client_id,
        organization_id=row.organization_id,
        starts_on=row.starts_on,
        until=row.until,
        authorization=row.authorization or None,
        percent=row.percent,
        fixed_cents=row.fixed_cents,
        max_sessions=row.max_sessions,
        max_cents=row.max_cents,
        service_ids=[UUID(each) for each in row.service_ids],
        missed_fees=row.missed_fees,
        position=row.position,
    )
