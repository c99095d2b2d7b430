"""What happened with a client and what comes: appointments, invoices and payments, with who pays on each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from kinbook.invoices.models import Allocation, Invoice, InvoiceLine
from kinbook.payments.models import Method, Payment
from kinbook.people.queries.marks import mark, party_of
from kinbook.scheduling.models import Appointment, Status
from kinbook.whopays.models import Charge, ChargeState, Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer

SHOWN = 40
LOOKS_AHEAD = timedelta(days=45)
TONES = {Status.SHOW: "good", Status.NO_SHOW: "bad", Status.LATE_CANCELLED: "bad"}


@dataclass(frozen=True, slots=True)
class Part:
    """A payer's part of something, in cents."""

    party: Party
    cents: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; `needs` says what is missing where nobody can be billed."""

    kind: str
    at: datetime
    on_date: date
    title: str
    detail: str
    url_name: str
    id: UUID
    cents: int | None = None
    parts: list[Part] = field(default_factory=list)
    badge: str = ""
    tone: str = ""
    needs: str = ""


MET = (
    *("pk", "starts_at", "on_date", "status", "video_link", "service__name", "location__name"),
    *("clinician__title", "clinician__first_name", "clinician__last_name"),
)


def met(viewer: Viewer, client: Client, *, with_money: bool) -> list[Happening]:
    """Return the client's appointments, six weeks ahead and the latest behind: one query."""
    rows: Any = Appointment.objects.filter(client=client, starts_at__lt=viewer.now + LOOKS_AHEAD)
    told: dict[str, Any] = {}
    if with_money:
        shares = Share.objects.filter(charge_id=OuterRef("pk")).order_by("position")
        charge = Charge.objects.filter(pk=OuterRef("pk"))
        told["shares"] = ArraySubquery(
            shares.values(json=JSONObject(cents="cents", reason="reason", payer=mark("payer_id")))
        )
        told["charge"] = Subquery(charge.values(json=JSONObject(cents="cents", state="state", needs="needs")))
    rows = rows.order_by("-starts_at", "-pk").values(*MET, **told)
    return [_appointment(each) for each in rows[:SHOWN]]


NOTHING: dict[str, Any] = {"state": ChargeState.IDLE, "cents": 0, "needs": ""}


def _appointment(row: dict[str, Any]) -> Happening:
    status = Status(row["status"])
    charge = row.get("charge") or NOTHING
    title, first, last = (row[f"clinician__{part}"] for part in ("title", "first_name", "last_name"))
    clinician = f"{title} {last}" if title else first
    where = row["location__name"] or ("Telehealth" if row["video_link"] else "")
    return Happening(
        kind="appointment",
        at=row["starts_at"],
        on_date=row["on_date"],
        title=row["service__name"],
        detail=" · ".join(each for each in (clinician, where) if each),
        url_name="scheduling:appointment",
        id=row["pk"],
        cents=None if charge["state"] == ChargeState.IDLE else charge["cents"],
        parts=[Part(party_of(each["payer"]), each["cents"], each["reason"]) for each in row.get("shares", ())],
        badge="" if status is Status.SCHEDULED else str(status.label),
        tone=TONES.get(status, ""),
        needs=charge["needs"] if charge["state"] == ChargeState.BILLABLE else "",
    )


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice of a client, with whoever stands for its payer today."""

    invoice: Invoice
    payer: Party


def invoices_of(client: Client) -> list[Bill]:
    """Return the client's latest invoices with what is due on them: one query."""
    billed_to = InvoiceLine.objects.filter(client=client).values("invoice_id")
    rows: Any = Invoice.objects.filter(pk__in=billed_to).with_state().annotate(mark=mark("payer_id"))
    rows = rows.defer("payer_name", "payer_address", "issued_by")
    return [Bill(each, party_of(each.mark)) for each in rows.order_by("-number")[:SHOWN]]


def billed(bill: Bill, today: date) -> Happening:
    """Return an invoice as a line of the timeline."""
    row, party = bill.invoice, bill.payer
    words = {"void": "Void", "paid": "Paid", "partly_paid": "Partly paid", "issued": "Issued"}[row.status]
    overdue = row.is_overdue(today)
    if overdue:
        words = f"Overdue {(today - row.due_on).days} days"
    return Happening(
        kind="invoice",
        at=row.issued_at,
        on_date=row.issued_on,
        title=row.name,
        detail=f"Invoice to {party.name}",
        url_name="invoices:invoice",
        id=row.pk,
        cents=row.total_cents,
        parts=[Part(party, row.total_cents)],
        badge=words,
        tone="bad" if overdue or row.status == "void" else "good" if row.status == "paid" else "",
    )


def paid(client: Client) -> list[Happening]:
    """Return payments for the client, or that settled something of the client's: one query."""
    settled = Allocation.objects.filter(client=client).values("payment_id")
    rows = Payment.objects.filter(Q(pk__in=settled) | Q(client=client)).order_by("-entered_at", "-pk")
    told = ("pk", "entered_at", "received_on", "method", "reference", "cents")
    return [_payment(each) for each in rows.values(*told, payer_mark=mark("payer_id"))[:SHOWN]]


def _payment(row: dict[str, Any]) -> Happening:
    party = party_of(row["payer_mark"])
    return Happening(
        kind="payment",
        at=row["entered_at"],
        on_date=row["received_on"],
        title=f"Payment from {party.short_name}",
        detail=" · ".join(each for each in (str(Method(row["method"]).label), row["reference"]) if each),
        url_name="payments:payment",
        id=row["pk"],
        cents=row["cents"],
        parts=[Part(party, row["cents"])],
    )


@dataclass(frozen=True, slots=True)
class Block:
    """One appointment in the strip of who pays."""

    on_date: date
    parts: list[Part]
    cents: int
    is_ahead: bool


def strip(viewer: Viewer, appointments: Sequence[Happening]) -> list[Block]:
    """Return the last five and the next four appointments that bill, as blocks of who pays."""
    blocks = [
        Block(each.on_date, each.parts, each.cents or 0, each.at > viewer.now)
        for each in reversed(appointments)
        if each.parts
    ]
    behind = [block for block in blocks if not block.is_ahead][-5:]
    return [*behind, *[block for block in blocks if block.is_ahead][:4]]
