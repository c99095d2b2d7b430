"""Papers of a client: the court order on file, and whether papers tell the full fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.documents.commands.orders import (
    Named,
    OrderDraft,
    end_order,
    file_order,
    show_full_fee,
    unfile_order,
)
from kinbook.documents.forms import OrderForm
from kinbook.documents.models import CourtOrder
from kinbook.people.queries import client_for
from kinbook.people.queries.shown import client_head
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, page
from kinbook.whopays.queries.payers import payer_options

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kinbook.people.models import Client
    from kinbook.web.request import Request

NAMES = 3
"""So many people an order names, at most."""


def orders(request: Request, client_id: UUID) -> HttpResponse:
    """The order on file with its percentages, and a form for one."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.AMOUNTS_SEE, client.pk)
    form = OrderForm(request.POST or None, initial={"starts_on": request.viewer.today, "proof_days": 30})
    problem = ""
    if request.method == "POST":
        require(request.viewer, Action.WHO_PAYS_CHANGE, client.pk)
        if form.is_valid():
            try:
                file_order(request.viewer, client_id=client.pk, draft=_draft(form, request.POST))
                return done(request, _url(client.pk), "The order is on file.")
            except Invalid as refused:
                problem = refused.problems.get("named", "")
                beside_fields(form, refused)
            except Conflict as refused:
                form.add_error(None, refused.sentence)
    return _page(request, client, form, problem)


def _page(request: Request, client: Client, form: OrderForm, problem: str) -> HttpResponse:
    rows = CourtOrder.objects.filter(client=client).prefetch_related("named").order_by("-starts_on")
    shown = list(rows)
    record(request.viewer, "client.orders_viewed", client, client_id=client.pk, count=len(shown))
    return page(
        request,
        "documents/orders.html",
        head=client_head(request.viewer, client.pk),
        tab="billing",
        client=client,
        rows=shown,
        form=form,
        problem=problem,
        named=_typed(request.POST, payer_options(client)),
        editable=may(request.viewer, Action.WHO_PAYS_CHANGE, client.pk),
        status=422 if form.errors else 200,
    )


def _typed(data: QueryDict, options: list[Any]) -> list[dict[str, Any]]:
    """Return the rows of names as they were typed, or with the contacts to begin with."""
    people = [option.party for option in options if not option.party.is_organization]
    found = []
    for place in range(NAMES):
        first = people[place] if place < min(len(people), 2) and not data else None
        chosen = data.get(f"party-{place}", str(first.pk) if first else "")
        name = data.get(f"name-{place}", first.legal_name if first else "")
        found.append(
            {
                "place": place,
                "name": name,
                "percent": data.get(f"percent-{place}", ""),
                "options": [(party, str(party.pk) == chosen) for party in people],
            }
        )
    return found


def _draft(form: OrderForm, data: QueryDict) -> OrderDraft:
    named = []
    for place in range(NAMES):
        name, percent = data.get(f"name-{place}", "").strip(), data.get(f"percent-{place}", "").strip()
        if name or percent:
            named.append(Named(name, _hundredths(percent), _id(data.get(f"party-{place}", ""))))
    return OrderDraft(named=named, **form.cleaned_data)


def _hundredths(text: str) -> int:
    """Return a percentage as it is typed in hundredths of a percent; what is no percentage adds up to nothing."""
    whole, _, rest = text.replace(",", ".").rstrip("% ").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3 and len(rest) <= 2 and f"0{rest}".isdigit()):
        raise Invalid(named="A percentage looks like 60 or 33.33.")
    return int(whole) * 100 + int((rest + "00")[:2])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(named="Choose one of the contacts.") from None


def _url(client_id: UUID) -> str:
    return reverse("documents:orders", args=[client_id])


@require_POST
def end(request: Request, client_id: UUID, order_id: UUID) -> HttpResponse:
    """Let an order be over from today."""
    client = client_for(request.viewer, client_id)
    end_order(request.viewer, client_id=client.pk, order_id=order_id, until=request.viewer.today)
    return done(request, _url(client.pk), "The order is over from today.")


@require_POST
def unfile(request: Request, client_id: UUID, order_id: UUID) -> HttpResponse:
    """Take an order off file."""
    client = client_for(request.viewer, client_id)
    unfile_order(request.viewer, client_id=client.pk, order_id=order_id)
    return done(request, _url(client.pk), "Taken off file. It stays in the audit log.")


@require_POST
def full_fee(request: Request, client_id: UUID) -> HttpResponse:
    """Switch the full fee on papers on or off."""
    client = client_for(request.viewer, client_id)
    show_full_fee(request.viewer, client_id=client.pk, shows=request.POST.get("shows") == "yes")
    return done(request, _url(client.pk), "Saved: it holds for papers made from now on.")
