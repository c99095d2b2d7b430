"""Coverages: third parties that pay first."""

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Day, Flag, Id, SomeCents, Whole
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.audit.record import record
from kinbook.people.queries import client_for, lock_clients
from kinbook.web.request import Request
from kinbook.whopays.commands.cover import (
    CoverageDraft,
    add_coverage,
    change_coverage,
    remove_coverage,
)
from kinbook.whopays.models import Coverage
from kinbook.whopays.queries.coverages import CoverageRow, coverage_for, coverages_of

router = Router(tags=["Who pays"], by_alias=True)

CHANGEABLE = (
    *("starts_on", "until", "authorization", "file_number", "percent", "fixed_cents", "max_sessions", "max_cents"),
    *("service_ids", "missed_fees", "position"),
)


class CoverageBody(Body):
    """What an organization covers: `percent`, `fixed_cents` a charge, or with neither all of it."""

    organization_id: Choice
    starts_on: Day | None = Field(None, alias="from", description="Left out: today; null: always.")
    until: Day | None = Field(None, description="The first day without.")
    authorization: str | None = Field(None, max_length=100)
    file_number: str | None = Field(None, max_length=100, description="What the organization knows the client by.")
    percent: Whole | None = Field(None, ge=1, le=10_000, description="Hundredths: 5000 is half.")
    fixed_cents: SomeCents | None = None
    max_sessions: Whole | None = Field(None, ge=1, le=10_000)
    max_cents: SomeCents | None = None
    service_ids: list[Choice] | None = Field(None, max_length=100, description="Only these; none: all.")
    missed_fees: Flag | None = None
    position: Whole | None = Field(None, ge=0, le=19, description="Its place among the client's coverages.")


class CoverageChange(Body):
    """What changes of a coverage; what is left out stays. Its organization stays."""

    starts_on: Day | None = Field(None, alias="from", description="Null: always.")
    until: Day | None = Field(None, description="The first day without; null: no end.")
    authorization: str | None = Field(None, max_length=100)
    file_number: str | None = Field(None, max_length=100)
    percent: Whole | None = Field(None, ge=1, le=10_000, description="Hundredths; null with null fixed_cents: all.")
    fixed_cents: SomeCents | None = None
    max_sessions: Whole | None = Field(None, ge=1, le=10_000)
    max_cents: SomeCents | None = None
    service_ids: list[Choice] | None = Field(None, max_length=100)
    missed_fees: Flag | None = None
    position: Whole | None = Field(None, ge=0, le=19)


class CoverageShown(BaseModel):
    """A third party that pays first for a client.

    `used_sessions` and `used_cents` are of what happened; what is booked ahead is not counted. `left_sessions` and
    `left_cents` are null where there is no such limit.
    """

    id: UUID
    client_id: UUID
    organization_id: UUID
    starts_on: date | None = Field(serialization_alias="from")
    until: date | None
    authorization: str | None
    file_number: str | None
    percent: int | None
    fixed_cents: int | None
    max_sessions: int | None
    max_cents: int | None
    service_ids: list[UUID]
    missed_fees: bool
    position: int
    used_sessions: int
    used_cents: int
    left_sessions: int | None
    left_cents: int | None
    running_out: str | None = Field(description="What runs out, in words, as the practice wants to be warned.")


@router.get("/clients/{client_id}/coverages", response=Page[CoverageShown])
def list_coverages(request: Request, client_id: Id, asked: Query[Asked]) -> Page[CoverageShown]:
    """A client's coverages in the order in which they take."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    found, more = slice_of(coverages_of(request.viewer, client), asked, lambda row: row.coverage.pk)
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
        file_number=body.file_number or "",
        percent=body.percent,
        fixed_cents=body.fixed_cents,
        max_sessions=body.max_sessions,
        max_cents=body.max_cents,
        service_ids=tuple(body.service_ids or ()),
        missed_fees=bool(body.missed_fees),
        position=body.position,
    )
    made = add_coverage(viewer, client_id=client.pk, draft=draft)
    return _shown(coverage_for(viewer, client, made.pk))


@router.get("/clients/{client_id}/coverages/{coverage_id}", response=CoverageShown)
def read_coverage(request: Request, client_id: Id, coverage_id: Id) -> CoverageShown:
    """One coverage."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    found = coverage_for(request.viewer, client, coverage_id)
    record(request.viewer, "coverage.viewed", found.coverage, client_id=client.pk)
    return _shown(found)


@router.patch("/clients/{client_id}/coverages/{coverage_id}", response=CoverageShown)
def change_of_coverage(request: Request, client_id: Id, coverage_id: Id, body: CoverageChange) -> CoverageShown:
    """Change or end a coverage; what is invoiced stays, the rest is decided anew."""
    viewer = request.viewer
    client = client_for(viewer, client_id)
    require(viewer, Action.WHO_PAYS_CHANGE, client.pk)
    lock_clients([client.pk])
    row = coverage_for(viewer, client, coverage_id)
    require_match(request, _shown(row))
    change_coverage(viewer, coverage=row.coverage, draft=_changed(row.coverage, body))
    return _shown(coverage_for(viewer, client, coverage_id))


def _changed(row: Coverage, body: CoverageChange) -> CoverageDraft:
    """Return the coverage as a draft with what was sent; one kind of terms puts the other away."""
    sent = body.sent(*CHANGEABLE, may_be_empty=set(CHANGEABLE) - {"missed_fees", "position"})
    if sent.get("percent") is not None:
        sent.setdefault("fixed_cents", None)
    if sent.get("fixed_cents") is not None:
        sent.setdefault("percent", None)
    texts: dict[str, Any] = {name: sent.pop(name) or "" for name in ("authorization", "file_number") if name in sent}
    if "service_ids" in sent:
        sent["service_ids"] = tuple(sent["service_ids"] or ())
    known = {name: getattr(row, name) for name in CHANGEABLE if name not in {"service_ids", "position"}}
    services = tuple(UUID(each) for each in row.service_ids)
    terms: dict[str, Any] = {**known, "service_ids": services, **sent, **texts}
    return CoverageDraft(organization_id=row.organization_id, **terms)


@router.delete("/clients/{client_id}/coverages/{coverage_id}", response={204: None})
def delete_coverage(request: Request, client_id: Id, coverage_id: Id) -> None:
    """Take out a coverage entered by mistake; 409 where something it covers was invoiced: end it instead."""
    client = client_for(request.viewer, client_id)
    row = coverage_for(request.viewer, client, coverage_id)
    require(request.viewer, Action.WHO_PAYS_CHANGE, client.pk)
    remove_coverage(request.viewer, coverage=row.coverage)


def _shown(found: CoverageRow) -> CoverageShown:
    row = found.coverage
    return CoverageShown(
        id=row.pk,
        client_id=row.client_id,
        organization_id=row.organization_id,
        starts_on=row.starts_on,
        until=row.until,
        authorization=row.authorization or None,
        file_number=row.file_number or None,
        percent=row.percent,
        fixed_cents=row.fixed_cents,
        max_sessions=row.max_sessions,
        max_cents=row.max_cents,
        service_ids=[UUID(each) for each in row.service_ids],
        missed_fees=row.missed_fees,
        position=row.position,
        used_sessions=found.used_sessions,
        used_cents=found.used_cents,
        left_sessions=found.left_sessions,
        left_cents=found.left_cents,
        running_out=found.warning or None,
    )
