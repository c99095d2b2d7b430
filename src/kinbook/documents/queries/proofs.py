"""What a proof of expense says: a requester's own payments for a child, and what is owed of them under the order.

It is computed from the requester's payments and the order's percentages alone. Nothing is read of what another payer
was billed or has paid, and the other parent stands on it only as the order on file names them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.documents.models import Approval, CourtOrder, Document, Kind, OrderParty
from kinbook.documents.queries.addressee import sender
from kinbook.invoices.models import Allocation, InvoiceLine
from kinbook.people.queries import roots
from kinbook.rules.arrangement import ByPercent
from kinbook.rules.split import by_percent
from kinbook.scheduling.models import Appointment
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kinbook.documents.queries.addressee import Addressee
    from kinbook.people.models import Client
    from kinbook.tenancy.models import Practice
    from kinbook.tenancy.viewer import Viewer

NO_ORDER = "No court order that names this person is on file for these dates: enter it under Edit › Billing first."


@dataclass(frozen=True, slots=True)
class Paid:
    """Cents of one payment that paid for one line of an invoice."""

    paid_on: date
    method: str
    line: InvoiceLine
    cents: int


def proof_content(
    practice: Practice, payer: Addressee, client: Client, *, since: date, through: date
) -> dict[str, Any]:
    """Return what the proof of payments received between local dates says."""
    order, named = order_naming(client.pk, payer.ids, through)
    paid = [each for each in paid_lines(payer.ids, client.pk) if since <= each.paid_on <= through]
    providers = _providers(each.line for each in paid)
    total = sum(each.cents for each in paid)
    own = next(place for place, each in enumerate(named) if each.party_id in payer.ids)
    shares = by_percent(total, ByPercent(tuple(map(str, range(len(named)))), tuple(each.percent for each in named)), {})
    return {
        "from": str(since),
        "to": str(through),
        "practice": sender(practice),
        "payer": payer.printed,
        "client": {"name": client.party.legal_name if client.party else client.name},
        "clients": [client.name],
        "order": {"on": str(order.ordered_on), "court": order.court, "number": order.number},
        "proof_days": order.proof_days,
        "items": [
            {
                "paid_on": str(each.paid_on),
                "on": str(each.line.on_date),
                "what": each.line.description,
                "provider": providers.get(each.line.charge_id, ""),
                "method": each.method,
                "cents": each.cents,
                "send_by": str(each.paid_on + timedelta(days=order.proof_days)),
            }
            for each in paid
        ],
        "total_cents": total,
        "own": {"name": named[own].name, "percent": named[own].percent, "cents": shares[own]},
        "owed": [
            {"name": each.name, "percent": each.percent, "cents": shares[place]}
            for place, each in enumerate(named)
            if place != own
        ],
        "send_by": str(min((each.paid_on for each in paid), default=through) + timedelta(days=order.proof_days)),
    }


def order_naming(client_id: UUID, payers: Sequence[UUID], on: date) -> tuple[CourtOrder, list[OrderParty]]:
    """Return the order in force on a date, which must name one of these ids, with everybody it names."""
    order = CourtOrder.objects.filter(holds_on(on), client_id=client_id).first()
    named = list(OrderParty.objects.filter(order=order).order_by("position")) if order else []
    if order is None or not any(each.party_id in payers for each in named):
        raise Conflict(NO_ORDER)
    return order, named


def paid_lines(payers: Sequence[UUID], client_id: UUID) -> list[Paid]:
    """Return what a payer's payments paid of which line for a client, by date of payment.

    Money settles the lines of an invoice in their order; what is confidential to the client is left out.
    """
    rows = (
        Allocation.objects.filter(payment__payer_id__in=payers, invoice__payer_id__in=payers, client_id=client_id)
        .values_list("invoice_id", "payment_id", "payment__received_on", "payment__method")
        .annotate(sum=Sum("cents"))
        .order_by("payment__received_on", "payment_id")
    )
    settled: dict[UUID, list[tuple[date, str, int]]] = defaultdict(list)
    for invoice_id, _, received_on, method, cents in rows:
        if cents:
            settled[invoice_id].append((received_on, method, cents))
    lines = InvoiceLine.objects.filter(invoice_id__in=settled, client_id=client_id).select_related("charge")
    found: list[Paid] = []
    left: dict[UUID, list[tuple[date, str, int]]] = {key: list(parts) for key, parts in settled.items()}
    for line in lines.order_by("invoice_id", "position"):
        found += _paid_of(line, left[line.invoice_id])
    return sorted(
        (each for each in found if not each.line.charge.confidential),
        key=lambda each: (each.paid_on, each.line.on_date, each.line.pk),
    )


def _paid_of(line: InvoiceLine, parts: list[tuple[date, str, int]]) -> Iterable[Paid]:
    """Yield what paid for a line, and take it from the parts that are left."""
    wanted = line.cents
    while wanted and parts:
        on, method, cents = parts[0]
        taken = min(wanted, cents)
        yield Paid(on, method, line, taken)
        wanted -= taken
        parts[0] = (on, method, cents - taken)
        if taken == cents:
            parts.pop(0)


def _providers(lines: Iterable[InvoiceLine]) -> dict[UUID, str]:
    visits = Appointment.objects.filter(pk__in={line.charge_id for line in lines}).select_related("clinician")
    return {visit.pk: visit.clinician.name for visit in visits}


def is_approved(document: Document) -> bool:
    """Tell whether a document may leave the practice: a proof of expense only once a member approved it."""
    return document.kind != Kind.PROOF or Approval.objects.filter(document=document).exists()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proof that waits for approval, or was approved and not sent: by when it must be sent."""

    document: Document
    payer: str
    client: str
    send_by: date
    days: int

    @property
    def late(self) -> int:
        """How many days the deadline is over."""
        return -self.days

    @property
    def is_running_out(self) -> bool:
        """Tell whether the deadline is near or over."""
        return self.days <= SOON


SOON = 5
"""So many days before its deadline a proof that is not sent is shown as running out."""


def proofs_waiting(viewer: Viewer) -> list[Waiting]:
    """Return the proofs that were not sent yet, the earliest deadline first."""
    sent = Document.objects.filter(pk=OuterRef("pk"), sendings__isnull=False)
    rows = Document.objects.visible_to(viewer).filter(
        clients_in_reach(viewer, Action.DOCUMENT_MAKE), ~Exists(sent), kind=Kind.PROOF
    )
    found = list(rows.select_related("client__party").order_by("-pk")[:200])
    payers = roots(each.payer_id for each in found)
    waiting = [
        Waiting(
            each,
            payers[each.payer_id].name,
            each.client.name if each.client else "",
            date.fromisoformat(each.content["send_by"]),
            (date.fromisoformat(each.content["send_by"]) - viewer.today).days,
        )
        for each in found
    ]
    return sorted(waiting, key=lambda each: (each.send_by, each.document.pk))
