"""The demo's doors: one click into the practice as one of the cast, and the outbox where its letters land."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import Login, perform_login
from allauth.account.views import LoginView
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kinbook.invitations.queries.mailbox import person_at
from kinbook.mail.models import Letter
from kinbook.portal.commands.sign_in import sign_in
from kinbook.portal.views.frame import COOKIE, keep
from kinbook.seed.cast import CAST, FAMILY
from kinbook.seed.guard import is_open
from kinbook.team.models import Seat, User
from kinbook.team.queries import practice_ids
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Origin, ViewerKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 200


class SignIn(LoginView):  # type: ignore[misc]
    """Sign-in, with the demo's doors beside it where there are any."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the doors."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if is_open(self.request):
            context["doors"] = [actor for actor in CAST if actor.door]
            context["family"] = FAMILY
            context["practice_name"] = "Harbor Lane Family Therapy"
        return context


sign_in_page = SignIn.as_view()


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast with one click."""
    known = {actor.email for actor in CAST}
    email = request.POST.get("email", "")
    if not is_open(request) or email not in known:
        raise Http404
    user = User.objects.get(email=email)
    user.backend = "allauth.account.auth_backends.AuthenticationBackend"
    response: HttpResponse = perform_login(request, Login(user=user))
    return response


@require_POST
def enter_portal(request: HttpRequest) -> HttpResponse:
    """Sign in to the portal as one of the family with one click."""
    email = request.POST.get("email", "")
    if not is_open(request) or email not in {kin.email for kin in FAMILY}:
        raise Http404
    for practice_id in practice_ids():
        with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
            party_id = person_at(email) if Practice.objects.filter(pk=practice_id, is_demo=True).exists() else None
        if party_id:
            origin = Origin(request.META.get("KINBOOK_REQUEST_ID", ""), request.META.get("REMOTE_ADDR", ""))
            now = datetime.now(UTC)
            secret = sign_in(practice_id=practice_id, party_id=party_id, now=now, origin=origin, how="demo")
            if secret:
                response = redirect("portal:home")
                keep(response, COOKIE, secret)
                return response
    raise Http404


def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail and text of the demo, newest first."""
    return render(request, "seed/outbox.html", {"letters": _letters(request)})


def outbox_json(request: HttpRequest) -> JsonResponse:
    """The same for programs."""
    return JsonResponse(
        [
            {
                "to": letter.to,
                "channel": letter.channel,
                "subject": letter.subject,
                "body": letter.body,
                "links": letter.links,
                "at": letter.written_at.isoformat(),
            }
            for letter in _letters(request)
        ],
        safe=False,
    )


def _letters(request: HttpRequest) -> list[Letter]:
    if not is_open(request):
        raise Http404
    found: list[Letter] = []
    for practice_id in Seat.objects.values_list("practice_id", flat=True).distinct():
        with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
            if Practice.objects.filter(pk=practice_id, is_demo=True).exists():
                found += Letter.objects.order_by("-written_at", "-pk")[:SHOWN]
    return sorted(found, key=lambda letter: letter.written_at, reverse=True)
