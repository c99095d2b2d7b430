"""Billing: what needs a hand, with counts that are those of the rows; how the practice bills, and one client."""

from typing import Literal, cast
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Flag, Id, SomeCents, Whole
from kinbook.api.frame import require_match
from kinbook.audit.record import record
from kinbook.overview.queries.billing import billing_page
from kinbook.people.queries import client_for
from kinbook.practice.commands import change_practice
from kinbook.tenancy.models import Practice
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request
from kinbook.whopays.commands.invoicing import set_invoicing

router = Router(tags=["Billing"], by_alias=True)

LATE_FEE = frozenset({"late_fee_days", "late_fee_cents", "late_fee_percent"})
Mode = Literal["daily", "monthly", "manually"]
Work = Literal[
    "needs_payer", "uninvoiced", "running_out", "credit", "overdue_1", "overdue_31", "overdue_61", "overdue_91"
]


class CountShown(BaseModel):
    """How many things of a kind need a hand, and what they come to; no amount where they have none."""

    kind: str
    name: str
    count: int
    cents: int | None


class CountsShown(BaseModel):
    """Every count of the work list."""

    items: list[CountShown]


class WorkAsked(BaseModel):
    """Which list, and from which row on."""

    kind: Work
    start: int = Field(0, ge=0, le=1_000_000)


class WorkShown(BaseModel):
    """One thing that needs a hand: whose, and why it is here."""

    client_id: UUID | None
    payer_id: UUID | None
    why: str
    cents: int | None
    subject_id: UUID = Field(description="The charge, invoice, payer or coverage it is about.")


class WorkList(BaseModel):
    """Some rows of one kind, and how many there are; `next` is the row to go on from."""

    kind: str
    count: int
    cents: int | None
    items: list[WorkShown]
    next: int | None


class BillingSettings(BaseModel):
    """How the practice bills."""

    automatic_invoices: Mode
    invoice_day: int = Field(description="The day of the month on which the month before is invoiced.")
    terms_days: int
    invoice_prefix: str
    invoice_footer: str
    guardians_pay_confidential: bool
    overdue_days: list[int] = Field(description="So many days after it was due, a payer is reminded.")
    coverage_sessions: int = Field(description="So few sessions left, a coverage runs out.")
    coverage_percent: int = Field(description="So few percent of its amount left (whole percents).")
    coverage_days: int = Field(description="So few days before it ends.")
    late_fee_days: int | None = Field(description="So many days overdue, an invoice costs a late fee; null: never.")
    late_fee_cents: int | None
    late_fee_percent: int | None = Field(description="Hundredths of a percent of what is due, in place of an amount.")


class BillingChange(Body):
    """What changes of how the practice bills."""

    automatic_invoices: Mode | None = None
    invoice_day: Whole | None = Field(None, ge=1, le=28)
    terms_days: Whole | None = Field(None, ge=0, le=365)
    invoice_prefix: str | None = Field(None, max_length=20)
    invoice_footer: str | None = Field(None, max_length=1000)
    guardians_pay_confidential: Flag | None = None
    overdue_days: list[Whole] | None = Field(None, max_length=6)
    coverage_sessions: Whole | None = Field(None, ge=0, le=1000)
    coverage_percent: Whole | None = Field(None, ge=0, le=100)
    coverage_days: Whole | None = Field(None, ge=0, le=366)
    late_fee_days: Whole | None = Field(None, ge=1, le=365, description="Null switches late fees off.")
    late_fee_cents: SomeCents | None = None
    late_fee_percent: Whole | None = Field(None, ge=1, le=10_000)


class InvoicingBody(Body):
    """When a client's invoices make themselves; null: as the practice does."""

    mode: Mode | None


class InvoicingShown(BaseModel):
    """When a client's invoices make themselves: `mode` is the client's own, `in_force` what holds."""

    client_id: UUID
    mode: Mode | None
    in_force: Mode


@router.get("/work-list", response=CountsShown)
def read_counts(request: Request) -> CountsShown:
    """How many things need a hand, by kind."""
    require(request.viewer, Action.AMOUNTS_SEE)
    page = billing_page(request.viewer, "")
    record(request.viewer, "billing.viewed", count=page.things)
    return CountsShown(
        items=[CountShown(kind=tile.key, name=tile.name, count=tile.count, cents=tile.cents) for tile in page.tiles]
    )


@router.get("/work-list/rows", response=WorkList)
def read_rows(request: Request, asked: Query[WorkAsked]) -> WorkList:
    """The rows of one kind, 50 at a time."""
    require(request.viewer, Action.AMOUNTS_SEE)
    page = billing_page(request.viewer, asked.kind, asked.start)
    group = next(iter(page.groups), None)
    record(request.viewer, "billing.viewed", kind=asked.kind, count=len(group.rows) if group else 0)
    if group is None:
        return WorkList(kind=asked.kind, count=0, cents=None, items=[], next=None)
    items = [
        WorkShown(
            client_id=row.client.pk if row.client else None,
            payer_id=row.party.pk if row.party else None,
            why=row.why,
            cents=row.cents,
            subject_id=row.ids[-1],
        )
        for row in group.rows
    ]
    return WorkList(kind=asked.kind, count=group.count, cents=group.cents, items=items, next=group.next or None)


@router.get("/practice/billing", response=BillingSettings)
def read_settings(request: Request) -> BillingSettings:
    """How the practice bills."""
    require(request.viewer, Action.BILLING_SETTINGS)
    record(request.viewer, "practice.billing_viewed")
    return _settings(request.viewer)


@router.patch("/practice/billing", response=BillingSettings)
def change_settings(request: Request, body: BillingChange) -> BillingSettings:
    """Change how the practice bills; what is left out stays."""
    viewer = request.viewer
    require(viewer, Action.BILLING_SETTINGS)
    Practice.objects.select_for_update().get(pk=viewer.practice_id)
    require_match(request, _settings(viewer))
    change_practice(viewer, fields=body.sent(*BillingSettings.model_fields, may_be_empty=LATE_FEE))
    return _settings(viewer)


def _settings(viewer: Viewer) -> BillingSettings:
    practice = Practice.objects.get(pk=viewer.practice_id)
    return BillingSettings(**{name: getattr(practice, name) for name in BillingSettings.model_fields})


@router.get("/clients/{client_id}/invoicing", response=InvoicingShown)
def read_invoicing(request: Request, client_id: Id) -> InvoicingShown:
    """When a client's invoices make themselves."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    record(request.viewer, "client.invoicing_viewed", client, client_id=client.pk)
    return _invoicing(request.viewer, client.pk, client.invoicing)


@router.put("/clients/{client_id}/invoicing", response=InvoicingShown)
def change_invoicing(request: Request, client_id: Id, body: InvoicingBody) -> InvoicingShown:
    """Say when a client's invoices make themselves."""
    client = client_for(request.viewer, client_id)
    changed = set_invoicing(request.viewer, client_id=client.pk, mode=body.mode or "")
    return _invoicing(request.viewer, client.pk, changed.invoicing)


def _invoicing(viewer: Viewer, client_id: UUID, mode: str) -> InvoicingShown:
    usual = Practice.objects.values_list("automatic_invoices", flat=True).get(pk=viewer.practice_id)
    return InvoicingShown(
        client_id=client_id, mode=cast("Mode", mode) if mode else None, in_force=cast("Mode", mode or usual)
    )
