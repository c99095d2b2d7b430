"""One look at what is new, as the person whose cookies these are: in a transaction of its own, with today's rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections
from django.http import HttpRequest

from kinbook.config.middleware import caller_by_session
from kinbook.invitations.commands.sessions import session_of
from kinbook.messaging.queries.news import news
from kinbook.portal.queries.person import person_in, portal_viewer
from kinbook.portal.views.frame import COOKIE
from kinbook.team.queries import viewer_of
from kinbook.tenancy.session import looking_as
from kinbook.tenancy.viewer import Identity, Origin, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.messaging.queries.news import News
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked, and what is new for them."""

    practice_id: UUID
    person: str
    news: News

    def told(self) -> dict[str, object]:
        """Return what the browser is told: how many wait, and which messages in which conversation; no word of them."""
        return {
            "unread": self.news.unread,
            "messages": [{"conversation": str(where), "id": str(which)} for where, which in self.news.messages],
        }


def look_as_member(cookies: dict[str, str], since: str) -> Look | None:
    """Look as the member of the team who is signed in; None where nobody is any more.

    It reads the session and leaves it as it is: a live page is no sign of life.
    """
    request = HttpRequest()
    request.method, request.path = "GET", "/live"
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    try:
        caller = caller_by_session(request)
        if caller is None:
            return None
        with looking_as(caller.identity):
            viewer = viewer_of(caller.identity, now=datetime.now(UTC), session_hash=caller.session_hash)
            return None if viewer is None else _look(viewer, since)
    finally:
        connections.close_all()  # this thread may sleep long


def look_in_portal(cookies: dict[str, str], since: str) -> Look | None:
    """Look as the person who is signed in to the portal; a member who looks on as them sees no live page."""
    now = datetime.now(UTC)
    try:
        session = session_of(cookies.get(COOKIE, ""), now)
        if session is None or session.member_id:
            return None
        identity = Identity(session.practice_id, ViewerKind.PORTAL, session.party_id)
        with looking_as(identity):
            person = person_in(identity)
            return None if person is None else _look(portal_viewer(person, now=now, origin=Origin()), since)
    finally:
        connections.close_all()


def _look(viewer: Viewer, since: str) -> Look:
    return Look(viewer.practice_id, viewer.spoken, news(viewer, since=since))
