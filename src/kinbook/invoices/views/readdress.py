"""Re-address: before and after side by side, balances that must not move, what each payer is told, then one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.queries.invoice import clients_of_invoice, invoice_page
from kinbook.invoices.queries.readdress_page import readdress_preview
from kinbook.invoices.views.invoice import invoice_for
from kinbook.tenancy.refused import Conflict, Invalid, Refused
from kinbook.web.money import read_cents
from kinbook.web.page import done, page, part
from kinbook.whopays.commands.override import read_override
from kinbook.whopays.queries.payers import payer_options

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse, QueryDict

    from kinbook.invoices.models import Invoice
    from kinbook.rules.arrangement import Rule
    from kinbook.web.request import Request


def readdress(request: Request, invoice_id: UUID) -> HttpResponse:
    """The preview, and the step."""
    found = invoice_for(request, invoice_id)
    clients = clients_of_invoice(found.pk)
    for client in clients:
        require(request.viewer, Action.INVOICE_READDRESS, client.pk)
    problem = ""
    if request.method == "POST":
        try:
            rule = _rule(request.POST)
            result = readdress_invoice(request.viewer, invoice=found, rule=rule, reason=request.POST.get("reason", ""))
            names = " and ".join(each.name for each in result.issued)
            url = reverse("invoices:invoice", args=[result.issued[0].pk])
            return done(request, url, f"{found.name} is void; {names} stands in its place.")
        except (Conflict, Invalid) as refused:
            problem = refused.sentence
    record(request.viewer, "invoice.readdress_viewed", found, client_id=clients[0].pk, number=found.name)
    options = [option for option in payer_options(clients[0]) if option.party.pk != found.payer_id]
    return page(
        request,
        "invoices/readdress.html",
        invoice=found,
        options=options,
        clients=clients,
        problem=problem,
        chosen=request.POST.get("to") or (str(options[0].party.pk) if options else "arrangement"),
        reason=request.POST.get("reason", ""),
        status=422 if problem else 200,
        **_shown(request, found, request.POST if request.method == "POST" else None, options),
    )


def preview(request: Request, invoice_id: UUID) -> HttpResponse:
    """What the choices on the page would do."""
    found = invoice_for(request, invoice_id)
    options = [option for option in payer_options(clients_of_invoice(found.pk)[0]) if option.party.pk != found.payer_id]
    return part(request, "invoices/_readdressed.html", invoice=found, **_shown(request, found, request.POST, options))


def _rule(data: QueryDict) -> Rule | None:
    """Return the rule the page says; None for the arrangement as it stands."""
    to = data.get("to", "")
    if to == "arrangement":
        return None
    if to == "split":
        payers = data.getlist("who")
        try:
            weights = [read_cents(data.get(f"percent-{each}", "")) for each in payers]
        except ValueError:
            raise Invalid(rule="A percentage is a number with at most two decimals.") from None
        return read_override({"mode": "percent", "payers": payers, "weights": weights})
    return read_override({"mode": "single", "payers": [to]})


def _shown(request: Request, found: Invoice, data: QueryDict | None, options: list[Any]) -> dict[str, Any]:
    shown = invoice_page(request.viewer, found.pk)
    try:
        if data is None:
            rule = read_override({"mode": "single", "payers": [str(options[0].party.pk)]}) if options else None
        else:
            rule = _rule(data)
        plan = readdress_preview(request.viewer, shown, rule)
    except Refused as refused:
        return {"shown": shown, "plan": None, "blocked": refused.sentence}
    return {"shown": shown, "plan": plan, "blocked": ""}
