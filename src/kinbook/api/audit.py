"""The audit log: who did or looked at what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import closed_to, may, require
from kinbook.api.fields import Id
from kinbook.api.paging import Dated, Page, page_of
from kinbook.audit.models import Entry
from kinbook.audit.queries import AuditFilters, entries
from kinbook.audit.record import record
from kinbook.audit.verify import TOLD, read_digest, verify
from kinbook.people.queries import client_for
from kinbook.team.models import Member
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.web.request import Request

router = Router(tags=["Audit"], by_alias=True)


class AuditAsked(Dated):
    """Which entries are wanted."""

    client_id: Id | None = None
    member_id: Id | None = None
    action: str = Field("", max_length=100, description="As in invoice.voided.")


class AuditEntryShown(BaseModel):
    """One thing done or looked at; names stand in it as they were."""

    id: UUID
    at: datetime
    action: str
    member_id: UUID | None = Field(description="Null where a rule of the practice acted.")
    name: str
    subject_kind: str | None
    subject_id: UUID | None
    client_id: UUID | None
    details: dict[str, Any]
    address: str | None
    request_id: str | None


class VerifyAsked(BaseModel):
    """What the chain is compared with."""

    head: str = Field("", max_length=200, description="A newest seal's digest that was kept: it must be there still.")


class HeadShown(BaseModel):
    """The newest seal; kept elsewhere, its digest shows later that nothing before it was made anew."""

    number: int
    digest: str
    sealed_at: datetime


class BrokenShown(BaseModel):
    """Something that is not as it was sealed."""

    seal: int | None = Field(description="Its number; null where no seal is concerned.")
    says: str
    entries: list[UUID] = Field(description=f"Which entries, the first {TOLD} of them.")


class VerdictShown(BaseModel):
    """What became of computing every seal again; `broken` begins with the first."""

    ok: bool
    seals: int
    sealed: int = Field(description="How many entries stand in seals.")
    unsealed: int = Field(description="How many entries wait for their seal; seconds old, as a rule.")
    erased: int = Field(description="How many entries gave up their details, which their digests outlive.")
    head: HeadShown | None
    broken: list[BrokenShown]


@router.get("/audit/verify", response=VerdictShown)
def verify_audit(request: Request, asked: Query[VerifyAsked]) -> VerdictShown:
    """Compute every seal of the log again, and say which is broken: for owners and managers."""
    viewer = request.viewer
    require(viewer, Action.AUDIT_ALL)
    head = read_digest(asked.head) if asked.head else ""
    if head is None:
        raise Invalid(head="A digest has 64 signs, 0 to 9 and a to f.")
    found = verify(viewer, head=head)
    record(viewer, "audit.verified", ok=found.ok, seals=found.seals)
    return VerdictShown.model_validate(found, from_attributes=True)


@router.get("/audit", response=Page[AuditEntryShown])
def list_audit(request: Request, asked: Query[AuditAsked]) -> Page[AuditEntryShown]:
    """The log, the latest first: everybody's for owners and managers, one's own for the rest."""
    viewer = request.viewer
    require(viewer, Action.AUDIT_OWN)
    if asked.client_id:
        client_for(viewer, asked.client_id)
    if asked.member_id and not Member.objects.filter(pk=asked.member_id).exists():
        raise Unknown
    asked.dates("at")
    filters = AuditFilters(
        member=asked.member_id,
        client=asked.client_id,
        action=asked.action,
        since=asked.since,
        through=asked.through,
    )
    rows = entries(viewer, filters, everybody=may(viewer, Action.AUDIT_ALL), closed=closed_to(viewer))
    found, more = page_of(rows, asked, "-at", "-pk")
    record(viewer, "audit.listed", count=len(found))
    return Page[AuditEntryShown](items=[_shown(row) for row in found], next=more)


def _shown(row: Entry) -> AuditEntryShown:
    return AuditEntryShown(
        id=row.pk,
        at=row.at,
        action=row.action,
        member_id=row.viewer_id if row.viewer_kind == "member" else None,
        name=row.viewer_name,
        subject_kind=row.subject_kind or None,
        subject_id=row.subject_id,
        client_id=row.client_id,
        details=row.details,
        address=row.address or None,
        request_id=row.request_id or None,
    )
