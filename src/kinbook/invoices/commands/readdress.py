"""Giving an invoice to another payer in one step: void, give, issue anew, with the money staying whose it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.issue import issue
from kinbook.invoices.commands.settle import clients_of
from kinbook.invoices.commands.void import read_reason, succeed, void_locked
from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.readdress import plan_readdress
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.people.commands.slots import give_slots
from kinbook.people.queries import lock_clients
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.commands.arrange import Agreement, require_payers
from kinbook.whopays.commands.charges import decide_anew_free
from kinbook.whopays.commands.decisions import give_shares
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from kinbook.invoices.queries.readdress import Given
    from kinbook.rules.arrangement import Rule
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Readdressed:
    """What a re-address did: the invoice that is void now, and those issued in its place."""

    voided: Invoice
    issued: list[Invoice]


@transaction.atomic
def readdress_invoice(viewer: Viewer, *, invoice: Invoice, rule: Rule | None, reason: str) -> Readdressed:
    """Give the shares of an invoice to the rule's payers; without a rule, to the arrangement as it stands now.

    What was paid stays the old payer's credit, and turns move with the shares. Raises Conflict where it would go to
    the same payer again, Invalid for somebody who cannot pay.
    """
    clients = clients_of([invoice.pk])
    for client_id in clients:
        require(viewer, Action.INVOICE_READDRESS, client_id)
        if rule:
            require_payers(client_id, Agreement(rule))
    text = read_reason(reason)
    lock_clients(clients)
    plan = plan_readdress(viewer, invoice, rule, text)
    holder = invoice.payer.merged_into_id or invoice.payer_id
    if {share.payer for each in plan for share in each.new} == {str(holder)}:
        raise Conflict(f"{invoice.name} is addressed to this payer already. Nothing was changed.")
    charges = [each.charge.pk for each in plan]
    # a share of these charges that waits already stays waiting for its own payer
    waiting = list(Share.objects.filter(charge_id__in=charges, invoice_id=None).values_list("pk", flat=True))
    void_locked(viewer, invoice, text)
    _give(viewer, plan)
    made = issue(viewer, open_shares(charge_ids=charges, condition=~Q(pk__in=waiting)), by_family=len(clients) > 1)
    succeed(viewer, invoice, made)
    rewrite_forecast(viewer, clients)
    record(
        viewer,
        "invoice.readdressed",
        invoice,
        client_id=min(clients),
        number=invoice.name,
        reason=text,
        issued=[str(each) for each in made],
    )
    issued = Invoice.objects.with_state().filter(pk__in=made).order_by("number")
    return Readdressed(Invoice.objects.with_state().get(pk=invoice.pk), list(issued))


def _give(viewer: Viewer, plan: list[Given]) -> None:
    anew = [each.charge for each in plan if each.decided_anew]
    decide_anew_free(viewer, {charge.client_id for charge in anew}, [charge.pk for charge in anew])
    for each in plan:
        give_slots(viewer, client_id=each.charge.client_id, party_ids=[UUID(share.payer) for share in each.new])
        if not each.decided_anew:
            give_shares(viewer, each.charge, each.old, each.new)
