"""Discounts before anything is invoiced: a client's sliding fee over dates, and one charge's own."""

from datetime import date
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.charges import ChargeShown, charge_for
from kinbook.api.charges import shown as charges_shown
from kinbook.api.fields import Body, Choice, Day, Id, SomeCents, Whole
from kinbook.api.paging import Asked, Page, slice_of
from kinbook.audit.record import record
from kinbook.people.queries import client_for
from kinbook.rules.discount import Terms
from kinbook.tenancy.refused import Unknown
from kinbook.web.request import Request
from kinbook.whopays.commands.discounts import (
    DiscountDraft,
    clear_charge_discount,
    discount_charge,
    end_discount,
    set_discount,
)
from kinbook.whopays.commands.override import LONGEST_NOTE
from kinbook.whopays.models import Discount

router = Router(tags=["Who pays"], by_alias=True)


class TermsBody(Body):
    """One of a percentage, an amount off, and the fee that is asked instead."""

    percent: Whole | None = Field(None, ge=1, le=10_000, description="Hundredths: 2500 is a quarter off.")
    amount_cents: SomeCents | None = Field(None, description="Taken off each fee.")
    fixed_fee_cents: Whole | None = Field(None, ge=0, le=10**10, description="Asked instead of a fee that is more.")

    def terms(self) -> Terms:
        """Return them as the rules know them."""
        return Terms(self.percent, self.amount_cents, self.fixed_fee_cents)


class DiscountBody(TermsBody):
    """A sliding fee: sessions from its first day cost less, until they are invoiced."""

    starts_on: Day | None = Field(None, alias="from", description="Left out: today.")
    until: Day | None = Field(None, description="The first day without.")
    service_ids: list[Choice] | None = Field(None, max_length=100, description="Only these; none: all.")
    note: str | None = Field(None, max_length=LONGEST_NOTE)


class ChargeDiscountBody(TermsBody):
    """One charge's own discount, in place of a sliding fee."""

    reason: str = Field(max_length=LONGEST_NOTE)


class DiscountShown(BaseModel):
    """A client's sliding fee."""

    id: UUID
    client_id: UUID
    starts_on: date | None = Field(serialization_alias="from")
    until: date | None
    percent: int | None
    amount_cents: int | None
    fixed_fee_cents: int | None
    service_ids: list[UUID]
    note: str | None
    set_by: str


@router.get("/clients/{client_id}/discounts", response=Page[DiscountShown])
def list_discounts(request: Request, client_id: Id, asked: Query[Asked]) -> Page[DiscountShown]:
    """A client's sliding fees, the earliest first."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    rows = list(Discount.objects.filter(client=client, charge=None).order_by("starts_on", "pk"))
    found, more = slice_of(rows, asked, lambda row: row.pk)
    record(request.viewer, "discounts.listed", client, client_id=client.pk, count=len(found))
    return Page[DiscountShown](items=[_shown(row) for row in found], next=more)


@router.post("/clients/{client_id}/discounts", response={201: DiscountShown})
def create_discount(request: Request, client_id: Id, body: DiscountBody) -> DiscountShown:
    """Give a client a sliding fee; the same `from` replaces the one there, one that begins inside another ends it."""
    viewer = request.viewer
    client = client_for(viewer, client_id)
    draft = DiscountDraft(
        terms=body.terms(),
        starts_on=body.starts_on or viewer.today,
        until=body.until,
        service_ids=tuple(body.service_ids or ()),
        note=body.note or "",
    )
    return _shown(set_discount(viewer, client_id=client.pk, draft=draft))


@router.delete("/clients/{client_id}/discounts/{discount_id}", response={204: None})
def delete_discount(request: Request, client_id: Id, discount_id: Id) -> None:
    """End a sliding fee today, or take away one that has not begun; what is invoiced stays as it is."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.WRITE_OFF, client.pk)
    found = Discount.objects.filter(client=client, pk=discount_id, charge=None).first()
    if found is None:
        raise Unknown
    end_discount(request.viewer, discount=found)


@router.put("/charges/{charge_id}/discount", response=ChargeShown)
def set_charge_discount(request: Request, charge_id: Id, body: ChargeDiscountBody) -> ChargeShown:
    """Give one charge a discount of its own; 409 where it is on a live invoice."""
    found = charge_for(request.viewer, charge_id)
    discount_charge(request.viewer, charge=found, terms=body.terms(), reason=body.reason)
    return charges_shown(request.viewer, [charge_for(request.viewer, charge_id)])[0]


@router.delete("/charges/{charge_id}/discount", response=ChargeShown)
def delete_charge_discount(request: Request, charge_id: Id) -> ChargeShown:
    """Take a charge's own discount away."""
    found = charge_for(request.viewer, charge_id)
    clear_charge_discount(request.viewer, charge=found)
    return charges_shown(request.viewer, [charge_for(request.viewer, charge_id)])[0]


def _shown(row: Discount) -> DiscountShown:
    return DiscountShown(
        id=row.pk,
        client_id=row.client_id,
        starts_on=row.starts_on,
        until=row.until,
        percent=row.percent,
        amount_cents=row.cents,
        fixed_fee_cents=row.fixed_cents,
        service_ids=[UUID(each) for each in row.service_ids],
        note=row.note or None,
        set_by=row.set_by,
    )
