"""A client's Billing tab: per payer or all, what waits to be invoiced, and the account with its running balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from kinbook.invoices.models import Invoice
from kinbook.ledger.account import AccountLine, account_of_client
from kinbook.ledger.balances import due_by_payer
from kinbook.overview.queries.client import parties_around
from kinbook.overview.queries.timeline import Part
from kinbook.people.queries.marks import mark, party_of
from kinbook.whopays.models import Charge, ChargeState, Share
from kinbook.whopays.queries.coverages import CoverageRow, coverages_of, in_force

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Client, Party
    from kinbook.tenancy.viewer import Viewer

SHOWN = 60


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge that is not invoiced as a whole: who pays which part, which parts are invoiced, what is missing."""

    charge: Charge
    parts: list[tuple[Part, str]]
    is_scheduled: bool

    @property
    def may_invoice(self) -> bool:
        """Tell whether a part of it can be invoiced now."""
        return not self.is_scheduled and any(not invoice for _, invoice in self.parts)


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of the account with the name of its invoice."""

    line: AccountLine
    invoice_name: str


@dataclass(frozen=True, slots=True)
class PayerTab:
    """A payer's tab: what is due and what is credit, in cents."""

    party: Party
    due_cents: int
    credit_cents: int


@dataclass(frozen=True, slots=True)
class ClientBilling:
    """Everything the tab shows; `waiting_cents` can be invoiced now."""

    tabs: list[PayerTab]
    chosen: UUID | None
    charges: list[OpenCharge]
    bookings: list[Booking]
    waiting_cents: int
    coverages: list[CoverageRow]


def client_billing(viewer: Viewer, client: Client, chosen: UUID | None) -> ClientBilling:
    """Return the Billing tab, narrowed to one payer where one is chosen: eight queries."""
    due, credit = due_by_payer(client.pk, parties_around(client))
    charges = _charges(client, chosen)
    lines = account_of_client(client.pk, [chosen] if chosen else [])
    names = dict(
        Invoice.objects.filter(pk__in={line.invoice_id for line in lines if line.invoice_id}).values_list("pk", "name")
    )
    parties = {line.party.pk: line.party for line in lines}
    parties |= {part.party.pk: part.party for each in charges for part, _ in each.parts}
    return ClientBilling(
        tabs=[
            PayerTab(party, due.get(key, 0), credit.get(key, 0)) for key, party in sorted(parties.items(), key=_by_name)
        ],
        chosen=chosen,
        charges=charges,
        bookings=[Booking(line, names.get(line.invoice_id, "") if line.invoice_id else "") for line in lines],
        waiting_cents=sum(
            part.cents for each in charges if not each.is_scheduled for part, invoice in each.parts if not invoice
        ),
        coverages=[row for row in in_force(coverages_of(viewer, client)) if chosen in {None, row.organization.pk}],
    )


def _by_name(item: tuple[UUID, Party]) -> str:
    return item[1].sort_name


def _charges(client: Client, chosen: UUID | None) -> list[OpenCharge]:
    shares = Share.objects.filter(charge_id=OuterRef("pk")).order_by("position")
    told = JSONObject(cents="cents", reason="reason", invoice="invoice_name", payer=mark("payer_id"))
    rows: Any = (
        Charge.objects.filter(client=client, state__in=[ChargeState.SCHEDULED, ChargeState.BILLABLE])
        .exclude(pk__in=_done(client))
        .exclude(cents=0)
        .annotate(parts=ArraySubquery(shares.values(json=told)))
        .order_by("moment", "pk")[:SHOWN]
    )
    found = []
    for row in rows:
        parts = [(Part(party_of(each["payer"]), each["cents"], each["reason"]), each["invoice"]) for each in row.parts]
        if chosen is None or any(part.party.pk == chosen for part, _ in parts):
            found.append(OpenCharge(row, parts, row.state == ChargeState.SCHEDULED))
    return found


def _done(client: Client) -> Any:
    """Return the charges all of whose shares are invoiced."""
    open_ones = Share.objects.filter(client=client, invoice_id=None).values("charge_id")
    invoiced = Share.objects.filter(client=client, invoice_id__isnull=False)
    return invoiced.exclude(charge_id__in=open_ones).values("charge_id")
