"""Addresses of the API: every resource behind one door, and a problem for every address that leads nowhere."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from kinbook.api import (
    appointments,
    arrangements,
    audit,
    balances,
    billing,
    cards,
    charges,
    clients,
    closing,
    contacts,
    conversations,
    coverages,
    credit_notes,
    discounts,
    documents,
    drafts,
    invoices,
    journal,
    mailings,
    members,
    organizations,
    payments,
    periods,
    portal,
    products,
    reports,
    rights,
    services,
    transcripts,
    who_pays,
)
from kinbook.api.description import DescribedApi
from kinbook.api.frame import door, problem

api = DescribedApi()
for module in (
    *(clients, contacts, portal, organizations, arrangements, coverages, discounts, who_pays),
    *(services, products, appointments, charges, invoices, credit_notes),
    *(mailings, billing, payments, cards, balances, documents),
    *(journal, periods, reports, members, rights, closing, audit),
    *(conversations, drafts, transcripts),
):
    api.add_router("", module.router)


def nothing_here(_request: HttpRequest, **_path: object) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return problem(404, "There is nothing here by that name.")


def _behind_the_door() -> list[URLPattern]:
    patterns, _, _ = api.urls
    found = []
    for pattern in patterns:
        if not isinstance(pattern, URLPattern) or pattern.name == "api-root":
            continue
        if pattern.name not in {"openapi-json", "openapi-view"}:
            pattern.callback = door(pattern.callback)
        found.append(pattern)
    return found


app_name = "api"
urlpatterns = [*_behind_the_door(), re_path(r"^.*$", door(nothing_here))]
