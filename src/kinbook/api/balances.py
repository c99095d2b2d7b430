"""What a payer owes, in all and for each client; and what of it the practice gives up."""

from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.api.charges import charge_for
from kinbook.api.fields import Body, Id, SomeCents
from kinbook.api.invoices import invoice_for, payer_ids
from kinbook.api.journal import JournalEntryShown
from kinbook.api.journal import shown as entries_shown
from kinbook.audit.record import record
from kinbook.invoices.commands.void import LONGEST_REASON
from kinbook.invoices.commands.write_off import write_off, write_off_share
from kinbook.invoices.models import Invoice
from kinbook.ledger.balances import Standing, payer_standing
from kinbook.ledger.journal import latest_entry
from kinbook.people.queries import client_for, party_for
from kinbook.rules.posting import Event
from kinbook.tenancy.refused import Invalid
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Payments"], by_alias=True)


class WriteOffBody(Body):
    """Cents that the practice gives up, on an invoice or on one payer's share of a charge; at most what is due."""

    invoice_id: Id | None = None
    charge_id: Id | None = None
    payer_id: Id | None = None
    cents: SomeCents
    reason: str = Field(max_length=LONGEST_REASON)


class WriteOffShown(JournalEntryShown):
    """The entry of a write-off, and what it was written off."""

    charge_id: UUID | None
    payer_id: UUID
    cents: int
    reason: str


class BalanceAsked(BaseModel):
    """For whom."""

    client_id: Id | None = Field(None, description="Only what concerns this client; credit belongs to none.")


class StandingShown(BaseModel):
    """What was billed, paid and given up, in cents; `balance_cents` is what is owed, negative in credit."""

    invoiced_cents: int = Field(description="Live invoices.")
    paid_cents: int
    written_off_cents: int
    balance_cents: int = Field(description="Invoiced less paid less written off.")


class ClientStandingShown(StandingShown):
    """A payer's standing for one client; what was paid is what settled invoices."""

    client_id: UUID


class BalanceShown(StandingShown):
    """A payer's standing; credit is paid and not allocated."""

    payer_id: UUID
    client_id: UUID | None
    currency: str
    credit_cents: int
    by_client: list[ClientStandingShown]


@router.post("/write-offs", response={201: WriteOffShown})
def create_write_off(request: Request, body: WriteOffBody) -> WriteOffShown:
    """Give up cents of an invoice, or of one payer's share of a charge; says who and why."""
    viewer = request.viewer
    require(viewer, Action.WRITE_OFF)
    invoice = _written_off(viewer, body)
    entry = entries_shown(viewer, [latest_entry(viewer, invoice_id=invoice.pk, event=Event.WRITTEN_OFF)])[0]
    return WriteOffShown(
        **entry.model_dump(by_alias=False),
        charge_id=body.charge_id,
        payer_id=invoice.payer_id,
        cents=body.cents,
        reason=body.reason.strip(),
    )


def _written_off(viewer: Viewer, body: WriteOffBody) -> Invoice:
    """Write off of the invoice that is named, or of what the payer owes of a charge; returns the (last) invoice."""
    if body.invoice_id:
        if body.payer_id:
            raise Invalid(payer_id="An invoice has one payer: leave this out.")
        invoice = invoice_for(viewer, body.invoice_id)
        write_off(viewer, invoice=invoice, charge_id=body.charge_id, cents=body.cents, reason=body.reason)
        return invoice
    if not body.charge_id or not body.payer_id:
        raise Invalid(invoice_id="Say the invoice, or the charge and the payer.")
    charge = charge_for(viewer, body.charge_id)
    payers = payer_ids(viewer, body.payer_id)
    return write_off_share(viewer, charge=charge, payer_ids=payers, cents=body.cents, reason=body.reason)


@router.get("/payers/{payer_id}/balance", response=BalanceShown)
def read_balance(request: Request, payer_id: Id, asked: Query[BalanceAsked]) -> BalanceShown:
    """What a payer has been billed, has paid and owes, as the journal sums it."""
    viewer = request.viewer
    require(viewer, Action.AMOUNTS_SEE)
    party = party_for(viewer, payer_id)
    if asked.client_id:
        client_for(viewer, asked.client_id)
        require(viewer, Action.AMOUNTS_SEE, asked.client_id)
    standing = payer_standing(payer_ids(viewer, payer_id), clients_in_reach(viewer, Action.AMOUNTS_SEE))
    whole: Standing = standing
    if asked.client_id:
        whole = standing.by_client.get(asked.client_id, Standing())
    record(viewer, "balance.viewed", party, client_id=asked.client_id)
    return BalanceShown(
        **_standing(whole),
        payer_id=party.merged_into_id or party.pk,
        client_id=asked.client_id,
        currency=viewer.currency,
        credit_cents=whole.credit_cents,
        by_client=[
            ClientStandingShown(client_id=key, **_standing(one))
            for key, one in sorted(standing.by_client.items())
            if asked.client_id in {None, key}
        ],
    )


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "invoiced_cents": one.invoiced_cents,
        "paid_cents": one.paid_cents,
        "written_off_cents": one.written_off_cents,
        "balance_cents": one.balance_cents,
    }
