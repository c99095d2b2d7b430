"""The practice, its places and what it offers."""

from datetime import date
from typing import Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import may
from kinbook.api.fields import Body, Cents, Flag, Id, Name, Whole
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.practice.commands import add_service
from kinbook.practice.commands import change_service as change
from kinbook.practice.models import Location, Service
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Practice"], by_alias=True)

FIELDS = ("name", "code", "fee_cents", "minutes", "missed_fee_cents", "is_active")


class PracticeShown(BaseModel):
    """The practice the token belongs to: every amount is in its currency, every date in its time zone."""

    id: UUID
    name: str
    time_zone: str
    currency: str
    language: str
    week_starts_on: int = Field(description="0 is Monday.")
    today: date
    member_id: UUID = Field(description="Whose access the token carries.")
    roles: list[str]
    read_only: bool


class LocationShown(BaseModel):
    """A place of the practice, or telehealth."""

    id: UUID
    name: str
    is_telehealth: bool
    is_active: bool


class ServiceBody(Body):
    """A service: its fee, its length, and what is charged when an appointment is missed."""

    name: Name
    code: Name | None = None
    fee_cents: Cents
    minutes: Whole = Field(ge=1, le=1440)
    missed_fee_cents: Cents | None = Field(None, description="Null: the appointment's own fee; 0: nothing.")
    tax_percent: Literal[0] | None = Field(None, description="Taxes are not charged yet: 0, or left out.")


class ServiceChange(Body):
    """What changes of a service; appointments booked before keep their fee."""

    name: Name | None = None
    code: Name | None = None
    fee_cents: Cents | None = None
    minutes: Whole | None = Field(None, ge=1, le=1440)
    missed_fee_cents: Cents | None = None
    is_active: Flag | None = None


class ServiceShown(BaseModel):
    """What the practice offers; fees are null where the member may not see any."""

    id: UUID
    name: str
    code: str | None
    fee_cents: int | None
    missed_fee_cents: int | None
    tax_percent: int
    currency: str
    minutes: int
    is_active: bool


@router.get("/practice", response=PracticeShown)
def read_practice(request: Request) -> PracticeShown:
    """The practice, and who asks."""
    viewer = request.viewer
    practice = Practice.objects.get(pk=viewer.practice_id)
    return PracticeShown(
        id=practice.pk,
        name=practice.name,
        time_zone=practice.time_zone,
        currency=practice.currency,
        language=practice.language,
        week_starts_on=practice.week_starts_on,
        today=viewer.today,
        member_id=viewer.id,
        roles=sorted(viewer.roles),
        read_only=viewer.read_only,
    )


@router.get("/locations", response=Page[LocationShown])
def list_locations(request: Request, asked: Query[Asked]) -> Page[LocationShown]:
    """The practice's places, by name."""
    rows = Location.objects.all()  # the whole team sees where the practice is
    found, more = page_of(rows, asked, "name", "pk")
    record(request.viewer, "locations.listed", count=len(found))
    shown = [
        LocationShown(id=row.pk, name=row.name, is_telehealth=row.is_telehealth, is_active=row.is_active)
        for row in found
    ]
    return Page[LocationShown](items=shown, next=more)


@router.post("/services", response={201: ServiceShown})
def create_service(request: Request, body: ServiceBody) -> ServiceShown:
    """Add a service."""
    fields = body.sent(*FIELDS[:-1], may_be_empty={"code", "missed_fee_cents"})
    return _shown(request.viewer, add_service(request.viewer, fields={**fields, "code": body.code or ""}))


@router.get("/services", response=Page[ServiceShown])
def list_services(request: Request, asked: Query[Asked]) -> Page[ServiceShown]:
    """What the practice offers, by name; what it has stopped offering too."""
    rows = Service.objects.all()  # the whole team sees what the practice offers
    found, more = page_of(rows, asked, "name", "pk")
    record(request.viewer, "services.listed", count=len(found))
    return Page[ServiceShown](items=[_shown(request.viewer, row) for row in found], next=more)


@router.get("/services/{service_id}", response=ServiceShown)
def read_service(request: Request, service_id: Id) -> ServiceShown:
    """One service."""
    return _shown(request.viewer, _service(service_id))


def _service(service_id: Id) -> Service:
    found = Service.objects.filter(pk=service_id).first()
    if found is None:
        raise Unknown
    return found


@router.patch("/services/{service_id}", response=ServiceShown)
def change_service(request: Request, service_id: Id, body: ServiceChange) -> ServiceShown:
    """Change a service; what is left out stays."""
    viewer = request.viewer
    Service.objects.select_for_update().filter(pk=service_id).first()
    require_match(request, _shown(viewer, _service(service_id)))
    fields = body.sent(*FIELDS, may_be_empty={"code", "missed_fee_cents"})
    if "code" in fields:
        fields["code"] = fields["code"] or ""
    return _shown(viewer, change(viewer, service_id=service_id, fields=fields))


def _shown(viewer: Viewer, row: Service) -> ServiceShown:
    sees_fees = may(viewer, Action.APPOINTMENT_DUE_SEE)
    return ServiceShown(
        id=row.pk,
        name=row.name,
        code=row.code or None,
        fee_cents=row.fee_cents if sees_fees else None,
        missed_fee_cents=row.missed_fee_cents if sees_fees else None,
        tax_percent=0,
        currency=viewer.currency,
        minutes=row.minutes,
        is_active=row.is_active,
    )
