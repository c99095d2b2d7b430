"""Payments, what they settle, write-offs, and what a payer owes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, may, require
from kinbook.api.cards import CardChargeShown, charge_card
from kinbook.api.fields import Body, Choice, Day, Id, SomeCents
from kinbook.api.invoices import ReasonBody, payer_ids
from kinbook.api.paging import Dated, Page, page_of
from kinbook.audit.record import record
from kinbook.invoices.commands.settle import Settles
from kinbook.invoices.models import Allocation
from kinbook.payments.commands import allocate_payment, receive_payment, refund_payment
from kinbook.payments.commands import reverse_payment as reverse
from kinbook.payments.models import Payment, Refund, Reversal
from kinbook.payments.queries.listing import payment_rows, payments_visible_to
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Payments"], by_alias=True)

Method = Literal["card", "cash", "check", "bank_transfer", "external_card", "other"]


class AllocationBody(Body):
    """Cents of a payment that settle an invoice of its payer."""

    invoice_id: Choice
    cents: SomeCents


class PaymentBody(Body):
    """Money received from a payer."""

    payer_id: Id
    amount_cents: SomeCents
    method: Method = Field(description="A card is charged now (`card_id`); external_card is one charged elsewhere.")
    card_id: Choice | None = Field(None, description="The payer's card to charge; the day is then that of the charge.")
    received_on: Day
    reference: str | None = Field(None, max_length=200)
    client_id: Id | None = Field(None, description="For whom, where it is known.")
    allocations: list[AllocationBody] | None = Field(
        None, max_length=1000, description="Left out: the payer's open invoices, oldest due date first."
    )


class PaymentsAsked(Dated):
    """Which payments are wanted; the dates are those of receipt."""

    payer_id: Id | None = None
    client_id: Id | None = None


class AllocationShown(BaseModel):
    """What of a payment settles an invoice."""

    invoice_id: UUID
    cents: int


class RefundBody(ReasonBody):
    """How much of a payment goes back to where it came from, and why."""

    amount_cents: SomeCents


class RefundShown(BaseModel):
    """What went back of a payment; `kind` is refund or dispute."""

    id: UUID
    kind: str
    amount_cents: int
    reason: str
    refunded_on: date
    refunded_by: str


class PaymentShown(BaseModel):
    """Money received; what is not allocated and not refunded is its payer's credit."""

    id: UUID
    payer_id: UUID
    client_id: UUID | None
    amount_cents: int
    unallocated_cents: int
    refunded_cents: int
    currency: str
    method: str
    received_on: date
    reference: str | None
    allocations: list[AllocationShown] = Field(description="What stands, by invoice.")
    refunds: list[RefundShown]
    entered_by: str
    entered_at: datetime
    reversed_at: datetime | None
    reversed_reason: str | None


@router.post("/payments", response={201: PaymentShown, 200: CardChargeShown, 202: CardChargeShown})
def create_payment(request: Request, body: PaymentBody) -> Status[PaymentShown] | HttpResponse:
    """Enter money received; it settles the invoices named, else the payer's oldest.

    With `method: card` the card is charged: 200 with how it ended, 202 while it is on its way.
    """
    viewer = request.viewer
    party = party_for(viewer, body.payer_id)
    if body.client_id:
        client_for(viewer, body.client_id)
    parts = None if body.allocations is None else [Settles(each.invoice_id, each.cents) for each in body.allocations]
    if body.method == "card":
        payer_id = party.merged_into_id or party.pk
        return charge_card(viewer, payer_id=payer_id, card_id=body.card_id, cents=body.amount_cents, parts=parts)
    made = receive_payment(
        viewer,
        payer_id=party.pk,
        cents=body.amount_cents,
        method=body.method,
        received_on=body.received_on,
        reference=body.reference or "",
        client_id=body.client_id,
        parts=parts,
    )
    return Status(201, shown(viewer, [made])[0])


@router.get("/payments", response=Page[PaymentShown])
def list_payments(request: Request, asked: Query[PaymentsAsked]) -> Page[PaymentShown]:
    """Payments, the latest first; reversed ones too."""
    viewer = request.viewer
    require(viewer, Action.AMOUNTS_SEE)
    rows = payments_visible_to(viewer).select_related("payer").filter(asked.dates("received_on"))
    if asked.payer_id:
        rows = rows.filter(payer_id__in=payer_ids(viewer, asked.payer_id))
    if asked.client_id:
        client = client_for(viewer, asked.client_id)
        settled = Allocation.objects.filter(client=client, payment_id=OuterRef("pk"))
        rows = rows.filter(Q(client=client) | Q(Exists(settled)))
    found, more = page_of(rows, asked, "-received_on", "-pk")
    record(viewer, "payments.listed", client_id=asked.client_id, count=len(found))
    return Page[PaymentShown](items=shown(viewer, found), next=more)


@router.get("/payments/{payment_id}", response=PaymentShown)
def read_payment(request: Request, payment_id: Id) -> PaymentShown:
    """One payment with what it settles."""
    found = payment_for(request.viewer, payment_id)
    record(request.viewer, "payment.viewed", found, client_id=found.client_id)
    return shown(request.viewer, [found])[0]


def payment_for(viewer: Viewer, payment_id: UUID) -> Payment:
    """Return a payment the viewer may see; unknown and hidden look alike."""
    found = payments_visible_to(viewer).select_related("payer").filter(pk=payment_id).first()
    if found is None:
        raise Unknown
    return found


@router.post("/payments/{payment_id}/allocations", response={201: PaymentShown})
def create_allocation(request: Request, payment_id: Id, body: AllocationBody) -> PaymentShown:
    """Apply what is left of a payment to one of its payer's open invoices."""
    found = payment_for(request.viewer, payment_id)
    allocate_payment(request.viewer, payment=found, invoice_id=body.invoice_id, cents=body.cents)
    return shown(request.viewer, [found])[0]


@router.post("/payments/{payment_id}/refunds", response={201: PaymentShown})
def create_refund(request: Request, payment_id: Id, body: RefundBody) -> PaymentShown:
    """Give back all or part: what is not allocated first, then the newest allocations; their invoices are due again.

    409 for a payment that was reversed, or that a card processor charged.
    """
    found = payment_for(request.viewer, payment_id)
    refund_payment(request.viewer, payment=found, cents=body.amount_cents, reason=body.reason)
    return shown(request.viewer, [found])[0]


@router.post("/payments/{payment_id}/reverse", response=PaymentShown)
def reverse_payment(request: Request, payment_id: Id, body: ReasonBody) -> PaymentShown:
    """Take back a payment entered wrongly: what it settled is due again."""
    found = payment_for(request.viewer, payment_id)
    reverse(request.viewer, payment=found, reason=body.reason)
    return shown(request.viewer, [found])[0]


def shown(viewer: Viewer, payments: Sequence[Payment]) -> list[PaymentShown]:
    """Return payments as programs see them, in the order given."""
    ids = [each.pk for each in payments]
    ends = {each.payment_id: each for each in Reversal.objects.filter(payment_id__in=ids)}
    settled = _settled(viewer, ids)
    refunds = _refunds(ids)
    return [
        PaymentShown(
            id=row.payment.pk,
            payer_id=row.payer.pk,
            client_id=row.payment.client_id,
            amount_cents=row.payment.cents,
            unallocated_cents=row.left_cents,
            refunded_cents=row.refunded_cents,
            currency=viewer.currency,
            method=row.payment.method,
            received_on=row.payment.received_on,
            reference=row.payment.reference or None,
            allocations=settled[row.payment.pk],
            refunds=refunds[row.payment.pk],
            entered_by=row.payment.entered_by,
            entered_at=row.payment.entered_at,
            reversed_at=ends[row.payment.pk].reversed_at if row.is_reversed else None,
            reversed_reason=ends[row.payment.pk].reason if row.is_reversed else None,
        )
        for row in payment_rows(list(payments))
    ]


def _settled(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[AllocationShown]]:
    # who may take payments sees what the one they took settles
    action = Action.AMOUNTS_SEE if may(viewer, Action.AMOUNTS_SEE) else Action.PAYMENT_ADD
    rows = Allocation.objects.filter(clients_in_reach(viewer, action), payment_id__in=ids).order_by(
        "payment_id", "invoice_id"
    )
    found: dict[UUID, list[AllocationShown]] = defaultdict(list)
    for payment_id, invoice_id, cents in rows.values_list("payment_id", "invoice_id").annotate(sum=Sum("cents")):
        if cents:
            found[payment_id].append(AllocationShown(invoice_id=invoice_id, cents=cents))
    return found


def _refunds(ids: Sequence[UUID]) -> dict[UUID, list[RefundShown]]:
    found: dict[UUID, list[RefundShown]] = defaultdict(list)
    for each in Refund.objects.filter(payment_id__in=ids).order_by("refunded_at", "pk"):
        found[each.payment_id].append(
            RefundShown(
                id=each.pk,
                kind=each.kind,
                amount_cents=each.cents,
                reason=each.reason,
                refunded_on=each.refunded_on,
                refunded_by=each.refunded_by,
            )
        )
    return found
