"""Who can open a client's record; closing it, and opening it in an emergency."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.models import EmergencyAccess, Restriction
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Day, Id, Words
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.audit.record import record
from kinbook.overview.queries.closed_records import ClosedRow, closed_records
from kinbook.people.commands.closing import close_record, end_emergency, open_in_emergency, reopen_record
from kinbook.people.queries import client_for
from kinbook.people.queries.openers import openers
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Unknown
from kinbook.web.request import Request

router = Router(tags=["Access"], by_alias=True)

Kind = Literal["administrative", "all_but_named"]


class RestrictionBody(Body):
    """To whom a record is closed, why, and who is let in all the same."""

    kind: Kind = Field(
        description="`administrative`: owner, manager, biller and scheduler who do not treat the client."
    )
    reason: Words
    members: list[Choice] = Field(default_factory=list, max_length=200, description="Members who are let in.")
    until: Day | None = Field(None, description="The first day it is open again.")


class RestrictionShown(BaseModel):
    """A closed record as those see it who can open it."""

    id: UUID
    client_id: UUID
    kind: str
    reason: str
    starts_on: date = Field(serialization_alias="from")
    until: date | None
    closed_by: str
    members: list[UUID]


class OpenerShown(BaseModel):
    """Somebody who can open the record, and why."""

    member_id: UUID
    name: str
    roles: str
    reasons: list[str]
    administrative_page_only: bool
    in_confidence: bool = Field(description="Reads what the client told in confidence.")


class OpenersShown(BaseModel):
    """Everybody who can open a client's record, by name."""

    client_id: UUID
    restriction: RestrictionShown | None
    items: list[OpenerShown]


class EmergencyBody(Body):
    """Why a record has to be opened."""

    reason: Words


class EmergencyShown(BaseModel):
    """A record opened in an emergency: to the member alone, and until when."""

    id: UUID
    client_id: UUID
    member_id: UUID
    reason: str
    starts_at: datetime
    ends_at: datetime


class ClosedShown(BaseModel):
    """A closed record of the practice, without the client's name."""

    id: UUID
    clinicians: str
    kind: str
    closed_by: str
    starts_on: date = Field(serialization_alias="from")
    until: date | None
    open_until: datetime | None = Field(description="Until when the caller has it open in an emergency.")


@router.get("/clients/{client_id}/openers", response=OpenersShown)
def list_openers(request: Request, client_id: Id) -> OpenersShown:
    """Who can open this record, by name and why."""
    client = client_for(request.viewer, client_id)
    record(request.viewer, "client.access_viewed", client, client_id=client.pk)
    return _openers(request, client_id)


def _openers(request: Request, client_id: UUID) -> OpenersShown:
    found = openers(request.viewer, client_id)
    return OpenersShown(
        client_id=client_id,
        restriction=_restriction(found.restriction, sorted(found.let_in)) if found.restriction else None,
        items=[
            OpenerShown(
                member_id=each.member_id,
                name=each.name,
                roles=each.roles,
                reasons=list(each.reasons),
                administrative_page_only=each.is_administrative,
                in_confidence=each.in_confidence,
            )
            for each in found.rows
        ],
    )


def _restriction(row: Restriction, members: list[UUID]) -> RestrictionShown:
    return RestrictionShown(
        id=row.pk,
        client_id=row.client_id,
        kind=row.kind,
        reason=row.reason,
        starts_on=row.starts_on,
        until=row.until,
        closed_by=row.closed_by,
        members=members,
    )


@router.put("/clients/{client_id}/restriction", response=RestrictionShown)
def put_restriction(request: Request, client_id: Id, body: RestrictionBody) -> RestrictionShown:
    """Close a record from today, in place of what held; it may then be closed to the caller too."""
    client_for(request.viewer, client_id)
    made = close_record(
        request.viewer,
        client_id=client_id,
        kind=body.kind,
        reason=body.reason,
        member_ids=body.members,
        until=body.until,
    )
    return _restriction(made, sorted(set(body.members)))


@router.delete("/clients/{client_id}/restriction", response={204: None})
def delete_restriction(request: Request, client_id: Id) -> None:
    """Open a closed record again."""
    client_for(request.viewer, client_id)
    reopen_record(request.viewer, client_id=client_id)


@router.post("/clients/{client_id}/emergency", response={201: EmergencyShown})
def create_emergency(request: Request, client_id: Id, body: EmergencyBody) -> EmergencyShown:
    """Open what was told in confidence for 24 hours, of a client whose record is open: for owners."""
    client_for(request.viewer, client_id)
    return _emergency(open_in_emergency(request.viewer, client_id=client_id, reason=body.reason))


@router.delete("/clients/{client_id}/emergency", response={204: None})
def delete_emergency(request: Request, client_id: Id) -> None:
    """Give up one's emergency access."""
    client_for(request.viewer, client_id)
    end_emergency(request.viewer, client_id=client_id)


@router.get("/restrictions", response=Page[ClosedShown])
def list_restrictions(request: Request, asked: Query[Asked]) -> Page[ClosedShown]:
    """The closed records of the practice, the latest first, without names: for owners."""
    require(request.viewer, Action.EMERGENCY_OPEN)
    found, more = slice_of(closed_records(request.viewer), asked, lambda row: row.restriction.pk)
    record(request.viewer, "closed_records.listed", count=len(found))
    return Page[ClosedShown](items=[_closed(each) for each in found], next=more)


@router.post("/restrictions/{restriction_id}/emergency", response={201: EmergencyShown})
def create_emergency_of_closed(request: Request, restriction_id: Id, body: EmergencyBody) -> EmergencyShown:
    """Open a closed record for 24 hours, for a reason; who treats the client is told: for owners."""
    require(request.viewer, Action.EMERGENCY_OPEN)
    held = Restriction.objects.filter(holds_on(request.viewer.today), pk=restriction_id).first()
    if held is None:
        raise Unknown
    return _emergency(open_in_emergency(request.viewer, client_id=held.client_id, reason=body.reason))


def _closed(row: ClosedRow) -> ClosedShown:
    return ClosedShown(
        id=row.restriction.pk,
        clinicians=row.clinicians,
        kind=row.restriction.kind,
        closed_by=row.restriction.closed_by,
        starts_on=row.restriction.starts_on,
        until=row.restriction.until,
        open_until=row.open_until,
    )


def _emergency(row: EmergencyAccess) -> EmergencyShown:
    return EmergencyShown.model_validate(row, from_attributes=True)
