"""How allauth signs a member in: into which practice, and with which letters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter

from kinbook.audit.record import record
from kinbook.config.middleware import client_address
from kinbook.mail.commands import write_letter
from kinbook.seed.guard import is_demo, is_open
from kinbook.team.models import User
from kinbook.team.queries import rule_viewer, seat_of, viewer_of
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Origin, ViewerKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth asks here what is ours to say."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: members are invited."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose e-mail and password these are.

        Those of somebody who has left are wrong, and the demo's own wherever the demo is not open.
        """
        user: User | None = super().authenticate(request, **credentials)
        seat = seat_of(user) if user else None
        if seat is None or (not is_open(request) and is_demo(seat.practice_id)):
            return None
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whom failed sign-ins are counted for: a header that anybody can write is not believed."""
        return client_address(request)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Note the seat in the session."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        seat = seat_of(user)
        if seat:
            request.session["practice"] = str(seat.practice_id)
            request.session["member"] = str(seat.member_id)
        return response

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Write the sign-in into the practice's audit log."""
        seat = seat_of(user)
        if seat:
            identity = Identity(seat.practice_id, ViewerKind.MEMBER, seat.member_id)
            origin = Origin(request.META.get("KINBOOK_REQUEST_ID", ""), client_address(request))
            with acting_as(identity):
                viewer = viewer_of(identity, now=datetime.now(UTC), origin=origin)
                if viewer:
                    record(viewer, "member.signed_in")
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows says enough."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter that lets somebody choose a new password, through the practice's own mail."""
        if "password_reset_key" not in template_prefix or "password_reset_url" not in context:
            return
        user = User.objects.filter(email=email.lower()).first()
        seat = seat_of(user) if user else None
        if seat is None:
            return
        path = urlsplit(context["password_reset_url"]).path
        with acting_as(Identity(seat.practice_id, ViewerKind.JOB, seat.practice_id)):
            viewer = rule_viewer(seat.practice_id, now=datetime.now(UTC))
            write_letter(viewer, to=email, template="password", values={}, links={"Choose a new password": path})
            record(viewer, "password.reset_asked", member=str(seat.member_id))
