"""Screens that read across."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponseRedirect
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.overview.queries.billing import billing_page
from kinbook.overview.queries.client import client_overview
from kinbook.overview.queries.client_billing import client_billing
from kinbook.overview.queries.clients import Filters, client_page, contact_page
from kinbook.overview.queries.search import found
from kinbook.people.models import ClientStatus, ClientType
from kinbook.people.queries.shown import client_head
from kinbook.team.models import Member
from kinbook.tenancy.refused import Forbidden
from kinbook.web.page import go, page, part

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request

CONTACTS = "contacts"


def start(request: Request) -> HttpResponse:
    """Lead each member to the screen their day begins with."""
    first = "overview:clients" if may(request.viewer, Action.CLIENT_LIST) else "practice:settings"
    if may(request.viewer, Action.CALENDAR_EDIT):
        first = "scheduling:calendar"
    elif may(request.viewer, Action.AMOUNTS_SEE):
        first = "overview:billing"
    return HttpResponseRedirect(reverse(first))


def clients(request: Request) -> HttpResponse:
    """The list of clients, or with the filter Contacts the list of contacts."""
    require(request.viewer, Action.CLIENT_LIST)
    filters = _filters(request)
    context: dict[str, Any] = {
        "filters": filters,
        "statuses": ClientStatus.choices,
        "types": ClientType.choices,
        "contacts": filters.status == CONTACTS,
    }
    if context["contacts"]:
        context["rows"], context["next"] = contact_page(request.viewer, filters)
    else:
        found = client_page(request.viewer, filters)
        context["rows"], context["next"] = found.rows, found.next
    record(
        request.viewer,
        "clients.listed",
        count=len(context["rows"]),
        by=[name for name in ("search", "status", "type", "clinician") if getattr(filters, name)],
    )
    if request.htmx and request.htmx.target == "clients":
        return part(request, "overview/_clients.html", **context)
    members = Member.objects.active().order_by("last_name", "first_name")
    may_create = may(request.viewer, Action.CLIENT_CREATE)
    return page(request, "overview/clients.html", members=list(members), may_create=may_create, **context)


def _filters(request: Request) -> Filters:
    asked = request.GET
    clinician = asked.get("clinician", "")
    status = asked.get("status", ClientStatus.ACTIVE)
    return Filters(
        search=asked.get("search", "")[:100],
        status="" if status == "all" else status if status in {*ClientStatus.values, CONTACTS} else ClientStatus.ACTIVE,
        type=asked.get("type", "") if asked.get("type") in ClientType.values else "",
        clinician=clinician if _is_id(clinician) else "",
        cursor=asked.get("after", "")[:400],
    )


def _is_id(text: str) -> bool:
    return read_id(text) is not None


def read_id(text: str) -> UUID | None:
    """Return an id out of an address; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def client(request: Request, client_id: UUID) -> HttpResponse:
    """A client's Overview."""
    head = client_head(request.viewer, client_id)
    shown = client_overview(request.viewer, head)
    record(request.viewer, "client.viewed", head.client, client_id=client_id)
    return page(
        request,
        "overview/client.html",
        head=head,
        shown=shown,
        tab="overview",
        may_book=head.rights.may(Action.CALENDAR_EDIT),
        may_pay=head.rights.may(Action.PAYMENT_ADD),
        may_change_payer=head.rights.may(Action.WHO_PAYS_CHANGE),
    )


def billing_of_client(request: Request, client_id: UUID) -> HttpResponse:
    """A client's Billing tab."""
    head = client_head(request.viewer, client_id)
    if not head.may_see_money:
        raise Forbidden
    shown = client_billing(head.client, read_id(request.GET.get("payer", "")))
    record(request.viewer, "client.billing_viewed", head.client, client_id=client_id)
    return page(
        request,
        "overview/client_billing.html",
        head=head,
        shown=shown,
        tab="billing",
        may_invoice=head.rights.may(Action.INVOICE_CREATE),
        may_pay=head.rights.may(Action.PAYMENT_ADD),
    )


def search(request: Request) -> HttpResponse:
    """Search: the dialog, and what the words find."""
    text = request.GET.get("q", "")[:100]
    if "q" not in request.GET:
        return part(request, "overview/search.html")
    if not request.htmx:
        return go(request, f"{reverse('overview:clients')}?{urlencode({'search': text, 'status': 'all'})}")
    hits = found(request.viewer, text)
    record(request.viewer, "searched", count=len(hits))
    return part(request, "overview/_hits.html", hits=hits, text=text)


def billing(request: Request) -> HttpResponse:
    """What needs a hand in billing."""
    require(request.viewer, Action.AMOUNTS_SEE)
    shown = billing_page(request.viewer, request.GET.get("show", ""))
    record(request.viewer, "billing.viewed", count=sum(len(group.rows) for group in shown.groups))
    return page(
        request,
        "overview/billing.html",
        shown=shown,
        today=request.viewer.today,
        may_invoice=may(request.viewer, Action.INVOICE_CREATE),
    )
