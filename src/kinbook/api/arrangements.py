"""Arrangements: who pays for a client, from which date on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Id
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.api.rule import ArrangementBody, ExceptionForm, RuleForm
from kinbook.audit.record import record
from kinbook.people.queries import client_for, roots
from kinbook.rules.reading import write_exception, write_rule
from kinbook.web.request import Request
from kinbook.whopays.commands.arrange import set_arrangement
from kinbook.whopays.models import Arrangement
from kinbook.whopays.queries.facts import read_arrangement

router = Router(tags=["Who pays"], by_alias=True)


class ArrangementShown(BaseModel):
    """The rules of who pays for one client over local dates; `from` null: always."""

    id: UUID
    client_id: UUID
    starts_on: date | None = Field(serialization_alias="from")
    until: date | None
    rule: RuleForm
    exceptions: list[ExceptionForm]
    carry_over: bool = Field(description="It goes on counting turns and cents of the arrangement before it.")
    set_by: str
    set_at: datetime


@router.get("/clients/{client_id}/arrangements", response=Page[ArrangementShown])
def list_arrangements(request: Request, client_id: Id, asked: Query[Asked]) -> Page[ArrangementShown]:
    """A client's arrangements, the first one first."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    rows = Arrangement.objects.filter(client=client)
    everything = sorted(rows, key=lambda row: row.starts_on or date.min)
    found, more = slice_of(everything, asked, lambda row: row.pk)
    record(request.viewer, "arrangements.listed", client, client_id=client.pk, count=len(found))
    return Page[ArrangementShown](items=shown(found), next=more)


@router.post("/clients/{client_id}/arrangements", response={201: ArrangementShown})
def create_arrangement(request: Request, client_id: Id, body: ArrangementBody) -> ArrangementShown:
    """Say who pays from a date on (`from` left out: today; null: always).

    The same `from` replaces the arrangement there, and fixed charges stay. One that begins inside another ends it that
    day; with `until` the old one goes on after it. One that would swallow a later arrangement is 409.
    """
    client = client_for(request.viewer, client_id)
    named = {"client": client.party_id} if client.party_id else {}
    agreement = body.agreement(request.viewer, named)
    return shown([set_arrangement(request.viewer, client_id=client.pk, agreement=agreement)])[0]


def shown(rows: list[Arrangement]) -> list[ArrangementShown]:
    """Return arrangements as programs see them, merged persons as those who stand for them."""
    named = {payer for row in rows for rule in read_arrangement(row).rules for payer in rule.payers}
    stands = {str(old): str(party.pk) for old, party in roots(UUID(each) for each in named).items()}
    return [_shown(row, stands) for row in rows]


def _shown(row: Arrangement, stands: dict[str, str]) -> ArrangementShown:
    value = read_arrangement(row, stands)
    rule: dict[str, Any] = write_rule(value.default)
    return ArrangementShown(
        id=row.pk,
        client_id=row.client_id,
        starts_on=row.starts_on,
        until=row.until,
        rule=rule,
        exceptions=[write_exception(each) for each in value.exceptions],
        carry_over=row.counts_with != row.pk,
        set_by=row.set_by,
        set_at=row.set_at,
    )
