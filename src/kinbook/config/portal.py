"""The family's door: a cookie of its own becomes a person in the portal, or a member who looks on as them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _

from kinbook.config.dangerous import BACKGROUND_HEADER
from kinbook.invitations.commands.sessions import note_seen, session_of
from kinbook.invitations.queries.people import may_view_as, sees_bills_as
from kinbook.portal.queries.person import person_in, portal_viewer
from kinbook.portal.views.frame import COOKIE, closed_page, language_of, leave
from kinbook.team.queries import viewer_of
from kinbook.tenancy.refused import Refused, Unknown
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from kinbook.web.errors import status_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from kinbook.config.middleware import ViewerMiddleware
    from kinbook.invitations.models import Session
    from kinbook.tenancy.viewer import Origin, Viewer

PATH = "/portal/"
SIGN_IN = "/portal/sign-in/"
OPEN = (SIGN_IN, "/portal/enter/", "/portal/address/", "/portal/paper/")
STOP = "/portal/stop-viewing/"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a session of the portal names; `by` is the member of the team who looks on."""

    session: Session
    by: Viewer | None = None

    @property
    def identity(self) -> Identity:
        """Return who the transaction is for."""
        return Identity(self.session.practice_id, ViewerKind.PORTAL, self.session.party_id)

    def viewer(self, request: HttpRequest, now: datetime) -> Viewer | None:
        """Return the viewer they are right now; None once nothing is open to them. Runs in their transaction."""
        person = person_in(self.identity)
        if person is None:
            return None
        request.person = person  # type: ignore[attr-defined]
        if self.by and not sees_bills_as(self.by):
            person.sees_bills = False
        by = self.by.name if self.by else ""
        request.viewed_by = by  # type: ignore[attr-defined]
        translation.activate(person.language or language_of(request))
        origin: Origin = request.origin  # type: ignore[attr-defined]
        return portal_viewer(person, now=now, origin=origin, read_only=bool(by), by=by)

    def closed(self, request: HttpRequest) -> HttpResponse:
        """Sign out kindly whom the practice has closed the portal for."""
        return leave(request, f"{SIGN_IN}?closed=1")


def answer(request: HttpRequest, now: datetime, middleware: ViewerMiddleware) -> HttpResponse:
    """Answer a request to the portal, in the language of who asks; nothing of it is kept by the browser."""
    from kinbook.config.middleware import origin_of

    request.now, request.origin = now, origin_of(request)  # type: ignore[attr-defined]
    with translation.override(language_of(request)):
        response = _answer(request, now, middleware)
    response["Cache-Control"] = "private, no-store"
    return response


def _answer(request: HttpRequest, now: datetime, middleware: ViewerMiddleware) -> HttpResponse:
    if request.path.startswith(OPEN):
        return middleware.get_response(request)
    session = session_of(request.COOKIES.get(COOKIE, ""), now)
    if session is None:
        return HttpResponseRedirect(SIGN_IN)
    by = _member_looking_on(request, session, now) if session.member_id else None
    if session.member_id and by is None:
        return leave(request, "/")
    if by and request.method not in {"GET", "HEAD"} and request.path != STOP:
        return closed_page(request, _("You are viewing as somebody else: nothing can be changed."))
    if by is None and BACKGROUND_HEADER not in request.headers:
        note_seen(session, now)
    return middleware.answer_as(Guest(session, by), request, now)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Answer a refusal in the reader's language; what is not there and what is not theirs look alike."""
    if isinstance(refused, Unknown):
        return not_found(request)
    return closed_page(request, refused.sentence, status=status_of(refused))


def not_found(request: HttpRequest) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return closed_page(request, _("The address leads nowhere, or to something that is not yours."), status=404)


def failure(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours."""
    return closed_page(request, _("Something went wrong on our side. Nothing was saved: try again."), status=500)


def no_database(request: HttpRequest) -> HttpResponse:
    """Answer while the database is away."""
    sentence = _("We cannot be reached for a moment. Nothing was saved: try again in a minute.")
    return closed_page(request, sentence, status=503)


def stale_form(request: HttpRequest) -> HttpResponse:
    """Answer a form that comes from elsewhere, or from before a new sign-in."""
    return closed_page(request, _("This page was open too long. Nothing was saved: go back, reload it, and try again."))


def _member_looking_on(request: HttpRequest, session: Session, now: datetime) -> Viewer | None:
    """Return the member who views as a person; None once they are signed out or may no more."""
    from kinbook.config.middleware import caller_by_session

    caller = caller_by_session(request)
    if caller is None or (caller.identity.practice_id, caller.identity.id) != (session.practice_id, session.member_id):
        return None
    with acting_as(caller.identity):
        member = viewer_of(caller.identity, now=now, session_hash=caller.session_hash)
        return member if member and may_view_as(member, session.party_id) else None
