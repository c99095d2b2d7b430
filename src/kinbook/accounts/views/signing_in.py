"""The second step at sign-in, a passkey in place of both, and staying signed in. Nobody's practice is open here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import Login, perform_login
from allauth.account.stages import LoginStageController
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kinbook.accounts.commands.factors import use_passkey
from kinbook.accounts.commands.sign_ins import note_use
from kinbook.accounts.passkeys import ask_known, read_known
from kinbook.accounts.queries import second_step_of
from kinbook.accounts.views.proof import NO_PASSKEY, STATE, asked_state, origin_of, read_proof
from kinbook.team.queries import seat_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kinbook.team.models import User

STAGE = "second_step"


@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey of somebody whose password was right a moment ago."""
    stage = LoginStageController.enter(request, STAGE)
    if stage is None or stage.login.user is None:
        return HttpResponseRedirect(reverse("account_login"))
    user: User = stage.login.user
    problem = ""
    if request.method == "POST":
        proof = read_proof(request, user, datetime.now(UTC), with_password=False)
        if proof.by:
            request.second_step = proof.by  # type: ignore[attr-defined]
            passed: HttpResponse = stage.exit()
            return passed
        problem = proof.problem
    context = {"has": second_step_of(user), "problem": problem}
    return render(request, "accounts/second_step_asked.html", context, status=422 if problem else 200)


@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """Ask the browser for a passkey: of whoever is signed in or half-way, else any that it holds."""
    stage = LoginStageController.enter(request, STAGE)
    signed_in = request.user if request.user.is_authenticated else None
    user: Any = signed_in or (stage.login.user if stage else None)
    options, state = ask_known(user, origin_of(request))
    request.session[STATE] = state
    return JsonResponse(options)


@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: it stands for both steps where it has checked its owner by itself."""
    shown = read_known(request.POST.get("proof_passkey", ""), asked_state(request), origin_of(request))
    if (
        shown is None
        or not shown.is_verified
        or not shown.factor.user.is_active
        or seat_of(shown.factor.user) is None
        or not use_passkey(shown.factor, shown.counter, datetime.now(UTC))
    ):
        return render(request, "accounts/passkey_unread.html", {"problem": NO_PASSKEY}, status=422)
    request.second_step = "passkey"  # type: ignore[attr-defined]
    following = request.POST.get("next", "")
    login = Login(
        user=shown.factor.user,
        redirect_url=following if url_has_allowed_host_and_scheme(following, None) else None,
        state={"stages": {STAGE: {"handled": True}}},
    )
    answered: HttpResponse = perform_login(request, login)
    return answered


@never_cache
def stay(request: HttpRequest) -> HttpResponse:
    """Say how many seconds are left before the sign-in ends unused; POST uses it. Asking is no use."""
    row = getattr(request.session, "row", None) if request.user.is_authenticated else None
    if row is None:
        return JsonResponse({"left": 0})
    now = datetime.now(UTC)
    if request.method == "POST":
        with transaction.atomic():
            note_use(row, now)
    return JsonResponse({"left": max(0, round((row.ends_at - now).total_seconds()))})
