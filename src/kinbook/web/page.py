"""Making pages: values in, HTML out, and no query while a template renders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import may, reaches_all
from kinbook.tallies.models import Kind
from kinbook.tallies.queries import read_tally
from kinbook.tenancy.viewer import ROLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form

    from kinbook.tenancy.refused import Invalid
    from kinbook.tenancy.viewer import Viewer
    from kinbook.web.request import Request


class QueryInTemplate(Exception):
    """A template asked the database: load it in the query and hand it over."""


def render(request: Request, template: str, context: dict[str, Any]) -> str:
    """Return a template's HTML; raises where the template asks the database."""
    asked: list[str] = []

    def refuse(_execute: Callable[..., Any], sql: str, *_: Any) -> Any:
        asked.append(sql)
        raise QueryInTemplate(sql[:200])

    with connection.execute_wrapper(refuse):
        html = render_to_string(template, context, request)
    if asked:
        raise QueryInTemplate(asked[0][:200])
    return html


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a whole page inside the practice's frame."""
    context["shell"] = shell(request.viewer, request.path)
    context.setdefault("viewer", request.viewer)
    return HttpResponse(render(request, template, context), status=status)


def part(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a piece of a page, for htmx to put in its place."""
    context.setdefault("viewer", request.viewer)
    return HttpResponse(render(request, template, context), status=status)


def came_from(request: Request, otherwise: str) -> str:
    """Return the address of the page a dialog or a button stands on, where one was pressed there."""
    return request.headers.get("HX-Current-URL") or otherwise


class Afterwards(HttpResponse):
    """An answer that is finished once the request's transaction is over: what asks another machine waits in none.

    `finish` runs with nothing open, opens what it needs by itself, and returns the answer, or one more like this.
    """

    def __init__(self, finish: Callable[[], HttpResponse]) -> None:
        """Keep what is left to do."""
        super().__init__(status=202)
        self.finish = finish


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    name: str
    icon: str
    url: str
    is_here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every page."""

    places: tuple[Place, ...]
    member: str
    initials: str
    roles: str


def shell(viewer: Viewer, path: str) -> Shell:
    """Return the navigation this viewer has, with the count of what needs a hand in Billing."""
    entries = [
        ("Calendar", "calendar", "scheduling:calendar", Action.CALENDAR_SEE),
        ("Clients", "clients", "overview:clients", Action.CLIENT_LIST),
        ("Messages", "messages", "messaging:messages", Action.MESSAGES_SEE),
        ("Billing", "billing", "overview:billing", Action.AMOUNTS_SEE),
        ("Reports", "reports", "reports:reports", Action.REPORTS_SEE),
        ("Settings", "settings", "practice:settings", Action.TOKEN_OWN),
    ]
    places = []
    for name, icon, url_name, action in entries:
        if may(viewer, action):
            url = reverse(url_name)
            count = needs_a_hand(viewer) if name == "Billing" else 0
            places.append(Place(name, icon, url, path.startswith(url), count))
    roles = ", ".join(ROLE_NAMES[role] for role in sorted(viewer.roles))
    return Shell(tuple(places), viewer.name, viewer.initials, roles)


def needs_a_hand(viewer: Viewer) -> int:
    """Return how many charges need a payer; shown to who sees every client's."""
    if not reaches_all(viewer, Action.AMOUNTS_SEE):
        return 0
    return read_tally(viewer.practice_id, Kind.NEEDS_PAYER).count


def done(request: Request, url: str, sentence: str) -> HttpResponse:
    """Answer a deed: tell it in a toast, and go on to a page (htmx goes there whole)."""
    messages.success(request, sentence)
    return go(request, url)


def go(request: Request, url: str) -> HttpResponse:
    """Lead to another page."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def beside_fields(form: Form, refused: Invalid) -> None:
    """Put the problems of a refused command beside the form's fields; the rest above the form."""
    for field, sentence in refused.problems.items():
        form.add_error(field if field in form.fields else None, sentence)


SECTIONS = (
    ("Practice", "building", "practice:practice", Action.PRACTICE_SETTINGS),
    ("Locations", "home", "practice:locations", Action.PRACTICE_SETTINGS),
    ("Services", "tag", "practice:services", Action.PRACTICE_SETTINGS),
    ("Products", "clip", "practice:products", Action.PRACTICE_SETTINGS),
    ("Team", "clients", "team:team", Action.TEAM_MANAGE),
    ("Signing in", "lock", "accounts:rules", Action.PRACTICE_SETTINGS),
    ("Client billing", "billing", "practice:client_billing", Action.BILLING_SETTINGS),
    ("Client Portal", "user", "invitations:client_portal", Action.PRACTICE_SETTINGS),
    ("Messages", "messages", "messaging:settings", Action.PRACTICE_SETTINGS),
    ("Integrations", "swap", "cards:integrations", Action.PRACTICE_SETTINGS),
    ("API tokens", "key", "team:tokens", Action.TOKEN_OWN),
    ("Import & export", "upload", "exchange:imports", Action.IMPORT),
    ("Closed records", "lock", "overview:closed_records", Action.EMERGENCY_OPEN),
    ("Audit log", "eye", "overview:audit_log", Action.AUDIT_OWN),
)


def settings_page(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page of Settings: its sections at the left, those the viewer may use."""
    places = [
        Place(name, symbol, reverse(url_name), request.path.startswith(reverse(url_name)))
        for name, symbol, url_name, action in SECTIONS
        if may(request.viewer, action)
    ]
    return page(request, template, status=status, sections=places, **context)
