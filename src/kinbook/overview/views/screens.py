"""Screens that read across."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.queries import read_id
from kinbook.audit.record import record
from kinbook.audit.verify import read_digest, verify
from kinbook.overview.commands.audit_head import set_head_address
from kinbook.overview.queries.audit_log import MOST, SORTS, LogAsked, audit_log_page, log_rows
from kinbook.overview.queries.billing import billing_page
from kinbook.overview.queries.client import client_overview
from kinbook.overview.queries.client_billing import client_billing
from kinbook.overview.queries.clients import Filters, client_page, contact_page
from kinbook.overview.queries.search import found
from kinbook.overview.render import log_csv
from kinbook.people.models import Client, ClientStatus, ClientType
from kinbook.people.queries.shown import client_head
from kinbook.team.models import Member
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.web.page import done, go, page, part, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.web.request import Request

CONTACTS = "contacts"
FURTHEST = 7
"""Digits of a place in a list."""


def start(request: Request) -> HttpResponse:
    """Lead each member to the screen their day begins with; in a new practice to where its first client is entered."""
    if may(request.viewer, Action.CLIENT_CREATE) and not Client.objects.exists():
        return HttpResponseRedirect(reverse("overview:clients"))
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
    is_new = not context["rows"] and not Client.objects.exists()
    return page(
        request,
        "overview/clients.html",
        members=list(members),
        may_create=may_create,
        is_new=is_new,
        may_import=may(request.viewer, Action.IMPORT),
        **context,
    )


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
        may_audit=may(request.viewer, Action.AUDIT_ALL),
    )


def billing_of_client(request: Request, client_id: UUID) -> HttpResponse:
    """A client's Billing tab."""
    head = client_head(request.viewer, client_id)
    if not head.may_see_money:
        raise Forbidden
    shown = client_billing(request.viewer, head.client, read_id(request.GET.get("payer", "")))
    record(request.viewer, "client.billing_viewed", head.client, client_id=client_id)
    return page(
        request,
        "overview/client_billing.html",
        head=head,
        shown=shown,
        tab="billing",
        may_invoice=head.rights.may(Action.INVOICE_CREATE),
        may_document=head.rights.may(Action.DOCUMENT_MAKE),
        may_pay=head.rights.may(Action.PAYMENT_ADD),
        may_cover=head.rights.may(Action.WHO_PAYS_CHANGE),
    )


def search(request: Request) -> HttpResponse:
    """Search: the dialog, and what the words find."""
    text = request.GET.get("q", "")[:100].strip()
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
    start = request.GET.get("from", "")
    shown = billing_page(request.viewer, request.GET.get("show", ""), int(start) if _is_place(start) else 0)
    record(request.viewer, "billing.viewed", count=sum(len(group.rows) for group in shown.groups))
    return page(
        request,
        "overview/billing.html",
        shown=shown,
        today=request.viewer.today,
        may_invoice=may(request.viewer, Action.INVOICE_CREATE),
        may_send=may(request.viewer, Action.INVOICE_SEND),
        may_close=may(request.viewer, Action.PERIOD_CLOSE),
    )


def _is_place(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < FURTHEST


def audit_log(request: Request) -> HttpResponse:
    """Who did or looked at what: everybody's for owners and managers, one's own for the rest."""
    require(request.viewer, Action.AUDIT_OWN)
    asked = LogAsked.read(request.GET)
    shown = audit_log_page(request.viewer, asked)
    record(request.viewer, "audit.listed", client_id=asked.filters.client, count=len(shown.rows), by=_narrowed(asked))
    return settings_page(
        request,
        "overview/audit_log.html",
        asked=asked,
        shown=shown,
        sorts=SORTS.items(),
        may_export=may(request.viewer, Action.EXPORT),
        may_set=may(request.viewer, Action.PRACTICE_SETTINGS),
        email=shown.head_address,
    )


def audit_head(request: Request) -> HttpResponse:
    """Choose where the newest seal goes every day."""
    try:
        set_head_address(request.viewer, email=request.POST.get("email", ""))
    except Invalid as refused:
        problem = refused.sentence
        context = {"email": request.POST.get("email", "")[:200], "problem": problem, "may_set": True}
        return part(request, "overview/_head_address.html", status=422, **context)
    return done(request, reverse("overview:audit_log"), "Saved.")


def _narrowed(asked: LogAsked) -> list[str]:
    names = ("member", "client", "action", "since", "through")
    return [*(name for name in names if getattr(asked.filters, name)), *(["name"] if asked.name else [])]


def audit_csv(request: Request) -> HttpResponse:
    """The entries that the page's filters leave, as a file."""
    require(request.viewer, Action.AUDIT_ALL)
    require(request.viewer, Action.EXPORT)
    asked = LogAsked.read(request.GET)
    rows = log_rows(request.viewer, asked)
    if rows is None:
        messages.error(request, f"One file holds {MOST:,} entries at most: narrow the log by dates.")
        return go(request, f"{reverse('overview:audit_log')}?{request.GET.urlencode()}")
    record(request.viewer, "audit.exported", client_id=asked.filters.client, count=len(rows), by=_narrowed(asked))
    name = f"audit-log-{request.viewer.today}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(log_csv(rows, request.viewer.zone), content_type="text/csv; charset=utf-8", headers=headers)


def verify_audit(request: Request) -> HttpResponse:
    """Compute every seal of the log again and say what is broken."""
    require(request.viewer, Action.AUDIT_ALL)
    text = request.POST.get("head", "").strip()[:200]
    head = read_digest(text) if text else ""
    if head is None:
        return part(request, "overview/_verdict.html", problem="A digest has 64 signs, 0 to 9 and a to f.", status=422)
    verdict = verify(request.viewer, head=head)
    record(request.viewer, "audit.verified", ok=verdict.ok, seals=verdict.seals)
    return part(request, "overview/_verdict.html", verdict=verdict)
