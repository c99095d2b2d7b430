"""Charges: what is owed for one thing each, and everybody's share of it."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Day, Id, SomeCents
from kinbook.api.paging import Dated, Page, page_of
from kinbook.api.rule import RuleForm
from kinbook.api.shares import ShareShown, shares_of, state_of
from kinbook.audit.record import record
from kinbook.people.queries import client_for
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request
from kinbook.whopays.commands.by_hand import LONGEST_DESCRIPTION, add_charge, sell_product
from kinbook.whopays.commands.override import read_override
from kinbook.whopays.models import Charge, ChargeKind, ChargeState, Share

router = Router(tags=["Charges"], by_alias=True)

NOT_OWED = (ChargeState.SCHEDULED, ChargeState.IDLE)
"""A scheduled appointment does not bill yet, a canceled one not at all: neither is a charge."""


class ChargeBody(Body):
    """A product or a fee. A product of the practice's, named by `product_id`, brings its name and price with it."""

    client_id: Id
    kind: Literal["product", "fee"]
    description: str | None = Field(None, max_length=LONGEST_DESCRIPTION)
    amount_cents: SomeCents | None = None
    product_id: Choice | None = Field(None, description="Without it, `description` and `amount_cents` are needed.")
    on: Day = Field(alias="date")
    rule: RuleForm | None = Field(None, description="Its own payer or split, without caps.")
    note: str | None = Field(None, max_length=500, description="Why it has a payer of its own.")


class ChargesAsked(Dated):
    """Which charges are wanted."""

    client_id: Id | None = None
    uninvoiced: bool | None = Field(None, description="True: only those of which something waits to be invoiced.")


class ChargeShown(BaseModel):
    """An amount owed for one thing. The charge of an appointment bears the appointment's id."""

    id: UUID
    client_id: UUID
    kind: str = Field(description="session, missed, product or fee")
    description: str
    amount_cents: int = Field(description="What is owed: the fee less the discount.")
    fee_cents: int
    discount_cents: int
    currency: str
    on: date = Field(serialization_alias="date")
    appointment_id: UUID | None
    service_id: UUID | None
    product_id: UUID | None
    confidential: bool
    state: str = Field(description="forecast, fixed (its decision stands), needs_payer or written_off")
    explanation: str
    shares: list[ShareShown]


@router.post("/charges", response={201: ChargeShown})
def create_charge(request: Request, body: ChargeBody) -> ChargeShown:
    """Charge a client for a product or a fee; `rule` gives it a payer of its own."""
    viewer = request.viewer
    client = client_for(viewer, body.client_id)
    rule = None if body.rule is None else read_override(body.rule)
    own = {"on": body.on, "rule": rule, "note": body.note or ""}
    if body.product_id:
        if body.kind != "product":
            raise Invalid(product_id="A fee is no product: leave it out, or charge a product.")
        said = {"description": body.description, "cents": body.amount_cents}
        made = sell_product(viewer, client_id=client.pk, product_id=body.product_id, **said, **own)  # type: ignore[arg-type]
    else:
        description, cents = _said(body)
        made = add_charge(viewer, client_id=client.pk, kind=body.kind, description=description, cents=cents, **own)  # type: ignore[arg-type]
    made.refresh_from_db()
    return shown(viewer, [made])[0]


def _said(body: ChargeBody) -> tuple[str, int]:
    """Return what it is for and its cents; raises Invalid where one is not said."""
    if body.description is None or body.amount_cents is None:
        missing = {"description": body.description, "amount_cents": body.amount_cents}
        sentence = "Without a product, say what it is for and how much."
        raise Invalid(**{name: sentence for name, value in missing.items() if value is None})
    return body.description, body.amount_cents


@router.get("/charges", response=Page[ChargeShown])
def list_charges(request: Request, asked: Query[ChargesAsked]) -> Page[ChargeShown]:
    """Charges by date: appointments that bill, products and fees."""
    viewer = request.viewer
    require(viewer, Action.AMOUNTS_SEE)
    rows = Charge.objects.visible_to(viewer).filter(asked.dates("on_date")).exclude(state__in=NOT_OWED)
    if asked.client_id:
        client = client_for(viewer, asked.client_id)
        require(viewer, Action.AMOUNTS_SEE, client.pk)
        rows = rows.filter(client=client)
    if asked.uninvoiced is not None:
        rows = rows.filter(waits() if asked.uninvoiced else ~waits())
    found, more = page_of(rows, asked, "moment", "pk")
    record(viewer, "charges.listed", client_id=asked.client_id, count=len(found))
    return Page[ChargeShown](items=shown(viewer, found), next=more)


def waits() -> Q:
    """Return the condition that something of a charge waits to be invoiced, or for a payer."""
    waiting = Share.objects.filter(charge_id=OuterRef("pk"), invoice_id=None, billable=True)
    return Q(state=ChargeState.BILLABLE) & (~Q(needs="") | Q(Exists(waiting)))


@router.get("/charges/{charge_id}", response=ChargeShown)
def read_charge(request: Request, charge_id: Id) -> ChargeShown:
    """One charge with its shares."""
    found = charge_for(request.viewer, charge_id)
    record(request.viewer, "charge.viewed", found, client_id=found.client_id)
    return shown(request.viewer, [found])[0]


def charge_for(viewer: Viewer, charge_id: UUID) -> Charge:
    """Return a charge the viewer may see; unknown and hidden look alike."""
    found = Charge.objects.visible_to(viewer).exclude(state__in=NOT_OWED).filter(pk=charge_id).first()
    if found is None:
        raise Unknown
    return found


def shown(viewer: Viewer, charges: Sequence[Charge]) -> list[ChargeShown]:
    """Return charges as programs see them."""
    shares = shares_of(each.pk for each in charges)
    by_hand = {ChargeKind.PRODUCT, ChargeKind.FEE}
    return [
        ChargeShown(
            id=each.pk,
            client_id=each.client_id,
            kind=each.kind,
            description=each.description,
            amount_cents=each.cents,
            fee_cents=each.fee_cents,
            discount_cents=each.discount_cents,
            currency=viewer.currency,
            on=each.on_date,
            appointment_id=None if each.kind in by_hand else each.pk,
            service_id=each.service_id,
            product_id=each.product_id,
            confidential=each.confidential,
            state=state_of(each),
            explanation=each.needs or each.explanation,
            shares=shares[each.pk],
        )
        for each in charges
    ]
