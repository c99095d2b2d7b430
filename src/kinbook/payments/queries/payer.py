"""Everything of one payer that the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models import Invoice
from kinbook.ledger.balances import payer_standing
from kinbook.payments.queries.listing import PAGE, payments_visible_to, rows_of
from kinbook.payments.queries.payment import open_invoices
from kinbook.people.models import Client
from kinbook.people.queries import party_for, same_person

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.ledger.balances import PayerStanding
    from kinbook.payments.queries.listing import PaymentRow
    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PayerPage:
    """Everything of one payer that the viewer may see."""

    party: Party
    standing: PayerStanding
    by_client: list[tuple[Client, int]]
    open_invoices: list[Invoice]
    invoices: list[Invoice]
    payments: list[PaymentRow]


def payer_page(viewer: Viewer, party_id: UUID) -> PayerPage:
    """Return a payer's balances, invoices and payments."""
    party = party_for(viewer, party_id)
    party = party.merged_into or party
    mine = same_person(party.pk)
    standing = payer_standing(mine, clients_in_reach(viewer, Action.AMOUNTS_SEE))
    clients = Client.objects.select_related("party").in_bulk(list(standing.by_client))
    rows = payments_visible_to(viewer).filter(payer_id__in=mine)
    invoices = Invoice.objects.visible_to(viewer).with_state().filter(payer_id__in=mine).order_by("-number")
    return PayerPage(
        party=party,
        standing=standing,
        by_client=[(clients[key], one.balance_cents) for key, one in standing.by_client.items() if key in clients],
        open_invoices=open_invoices(viewer, mine),
        invoices=list(invoices[:PAGE]),
        payments=rows_of(rows.order_by("-received_on", "-pk")[:PAGE]),
    )
