"""How allauth signs a member in: how often they may try, into which practice, after which steps, with which letters."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from django.http import HttpResponseRedirect
from django.urls import reverse

from kinbook.accounts.commands.sign_ins import end_sign_ins, sweep
from kinbook.accounts.commands.tries import ACCOUNT, ORIGIN, count_failure, forget_failures, waits_until
from kinbook.accounts.queries import has_second_step
from kinbook.accounts.render import device_words
from kinbook.accounts.sealing import keeping_key
from kinbook.accounts.views.signing_in import STAGE
from kinbook.audit.record import record
from kinbook.config.middleware import client_address
from kinbook.jobs.app import enqueue
from kinbook.mail.commands import write_letter
from kinbook.seed.guard import is_demo, is_open
from kinbook.team.models import Member, User
from kinbook.team.queries import rule_viewer, seat_of, viewer_of, words_against
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Origin, ViewerKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _may_enter(request: HttpRequest, user: User) -> bool:
    """Tell whether a user has a practice to go to; the demo is one wherever it is open only."""
    seat = seat_of(user)
    return seat is not None and (is_open(request) or not is_demo(seat.practice_id))


class SecondStepStage(LoginStage):  # type: ignore[misc]
    """Between the password and the practice: a code or a passkey, for whom it is set up."""

    key = STAGE
    urlname = "accounts:second_step_asked"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Lead to the page that asks; the session knows only that the password was right."""
        if self.login.user and has_second_step(self.login.user):
            return HttpResponseRedirect(reverse(self.urlname)), True
        return None, True


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth asks here what is ours to say."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: members are invited."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what stands between the right password and the practice."""
        return [f"{__name__}.{SecondStepStage.__name__}"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse whoever has tried too often, for this address or from their place: known or not, alike."""
        super().pre_authenticate(request, **credentials)
        now = datetime.now(UTC)
        if any(waits_until(who, now) for who in self._counted(request, credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose e-mail and password these are.

        Those of somebody who has left are wrong, and the demo's own wherever the demo is not open.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is None or not _may_enter(request, user):
            self._count_failure(request, credentials)
            return None
        forget_failures(self._counted(request, credentials)[0])
        return user

    def _counted(self, request: HttpRequest, credentials: dict[str, Any]) -> tuple[str, str]:
        return f"password:{credentials.get('email', '').lower()}", f"origin:{client_address(request)}"

    def _count_failure(self, request: HttpRequest, credentials: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        account, origin = self._counted(request, credentials)
        count_failure(origin, ORIGIN, now)
        if count_failure(account, ACCOUNT, now) == ACCOUNT.tries:
            known = User.objects.filter(email=credentials.get("email", "").lower()).values_list("pk", flat=True).first()
            # for an address that nobody has, the same is done in as much time
            enqueue("accounts.tell_locked", user_id=str(known or uuid.uuid4()))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whom tries are counted for: a header that anybody can write is not believed."""
        return client_address(request)

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Return a new password that is hard to guess, for this user above all."""
        seat = seat_of(user) if user else None
        if user and seat:
            with acting_as(Identity(seat.practice_id, ViewerKind.JOB, seat.practice_id)):
                names = Member.objects.filter(pk=seat.member_id).values_list("first_name", "last_name").first()
                user.words = words_against(seat.practice_id, *(names or ()))
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: User, password: str) -> None:
        """Set a password that was forgotten: older sign-ins end, and whoever has the mail may try again at once."""
        super().set_password(user, password)
        end_sign_ins(user)
        forget_failures(f"password:{user.email}")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn away whoever has left, however they prove who they are."""
        if not _may_enter(request, user):
            return HttpResponseRedirect(reverse("account_login"))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session, and note in it who is in which practice, on what device, and for how long unused."""
        super().login(request, user)
        seat = seat_of(user)
        if seat is None:
            return
        identity = Identity(seat.practice_id, ViewerKind.JOB, seat.practice_id)
        with acting_as(identity):
            minutes = Practice.objects.values_list("idle_minutes", flat=True).get(pk=seat.practice_id)
        request.session.update(
            {
                "practice": str(seat.practice_id),
                "member": str(seat.member_id),
                "device": device_words(request.headers.get("User-Agent", "")),
                "address": client_address(request),
                "idle_minutes": minutes,
                "second_step": has_second_step(user),
                "unsaved_key": keeping_key(user.pk),
            }
        )
        sweep(datetime.now(UTC))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Write the sign-in into the practice's audit log."""
        seat = seat_of(user)
        if seat:
            identity = Identity(seat.practice_id, ViewerKind.MEMBER, seat.member_id)
            origin = Origin(request.META.get("KINBOOK_REQUEST_ID", ""), client_address(request))
            with acting_as(identity):
                viewer = viewer_of(identity, now=datetime.now(UTC), origin=origin)
                if viewer:
                    record(viewer, "member.signed_in", second_step=getattr(request, "second_step", ""))
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
