"""What stands around every page of the portal: who is signed in, whose pages these are, and the bar at the bottom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from kinbook.invitations.commands.sessions import end_session
from kinbook.invitations.models import LANGUAGES
from kinbook.messaging.queries.talks import spoken_count, unread_count
from kinbook.portal.queries.person import children
from kinbook.tenancy.refused import Unknown
from kinbook.web.page import render

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.portal.models import Child, Person
    from kinbook.tenancy.viewer import Origin, Viewer

COOKIE = "kinbook_portal"
BROWSER = "kinbook_portal_browser"
"""What a browser that asks for a link keeps, so that the link knows it again."""


class PortalRequest(HttpRequest):
    """A request as the portal's views see it."""

    now: datetime
    origin: Origin
    viewer: Viewer
    person: Person
    viewed_by: str


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry of the bar."""

    name: str
    icon: str
    url: str
    is_here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Who is signed in, and which child the pages are about; none is all of them."""

    person: Person
    children: list[Child]
    chosen: Child | None
    tabs: tuple[Tab, ...]
    viewed_by: str
    new_messages: int = 0

    @property
    def spoken_new(self) -> str:
        """How many messages are new, as a mark says it."""
        return spoken_count(self.new_messages)

    @property
    def client_id(self) -> UUID | None:
        """The one client the page is about; None for all."""
        return self.chosen.pk if self.chosen else None

    @property
    def client_ids(self) -> list[UUID]:
        """The clients the page is about."""
        return [self.chosen.pk] if self.chosen else [each.pk for each in self.children]

    @property
    def choice(self) -> str:
        """The part of an address that keeps the chosen child."""
        return f"?child={self.chosen.pk}" if self.chosen else ""


def frame_of(request: PortalRequest) -> Frame:
    """Return the frame of a page, with the child that was chosen."""
    found = children()
    asked = request.GET.get("child", "")
    chosen = next((each for each in found if str(each.pk) == asked), None) if len(found) > 1 else None
    query = f"?child={chosen.pk}" if chosen else ""
    # who looks on as somebody else reads no conversation here: staff have the transcript, by their own rights
    reads_messages = not request.viewed_by and any(each.messages for each in found)
    new = unread_count(request.viewer) if reads_messages else 0
    entries = [(_("Home"), "home", "portal:home", True)]
    entries += [(_("Appointments"), "calendar", "portal:appointments", any(each.appointments for each in found))]
    entries += [(_("Messages"), "messages", "portal:talks", reads_messages)]
    entries += [(_("Billing"), "billing", "portal:bills", request.person.sees_bills)]
    entries += [(_("Profile"), "user", "portal:profile", True)]
    tabs = tuple(
        Tab(name, icon, reverse(url) + query, _is_here(request.path, url), new if url == "portal:talks" else 0)
        for name, icon, url, is_there in entries
        if is_there
    )
    return Frame(request.person, found, chosen, tabs, request.viewed_by, new)


def _is_here(path: str, url: str) -> bool:
    return path == reverse(url) if url == "portal:home" else path.startswith(reverse(url))


def refuse_without_bills(request: PortalRequest) -> None:
    """A minor sees no money, and nobody a page on which there would be nothing."""
    if not request.person.sees_bills:
        raise Unknown


def page(request: PortalRequest, template: str, frame: Frame, *, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page of the portal."""
    context |= {"frame": frame, "viewer": request.viewer}
    return HttpResponse(render(request, template, context), status=status)  # type: ignore[arg-type]


def door_page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page for whoever is not signed in."""
    return HttpResponse(render_to_string(template, context, request), status=status)


def closed_page(request: HttpRequest, sentence: str, status: int = 403) -> HttpResponse:
    """Answer with a page that says why not, and leads back."""
    return door_page(request, "portal/closed.html", sentence=sentence, status=status)


def told(request: HttpRequest, url: str, sentence: str) -> HttpResponse:
    """Answer a deed: say it on the page that follows."""
    messages.success(request, sentence)
    return HttpResponseRedirect(url)


def language_of(request: HttpRequest) -> str:
    """Return the language a browser asks for, of those the portal speaks."""
    asked = get_language_from_request(request).partition("-")[0]
    return asked if asked in dict(LANGUAGES) else "en"


def keep(response: HttpResponse, name: str, value: str, seconds: int | None = None) -> None:
    """Let the browser keep a cookie of the portal; nothing else of the site gets it."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/portal/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def leave(request: HttpRequest, url: str) -> HttpResponse:
    """End the session and lead away."""
    secret = request.COOKIES.get(COOKIE, "")
    if secret:
        end_session(secret)
    response = HttpResponseRedirect(url)
    response.delete_cookie(COOKIE, path="/portal/", samesite="Lax")
    return response
