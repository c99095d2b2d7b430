"""Setting up a second step of one's own: an app, passkeys, and recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.accounts.commands.factors import add_app, add_passkey, new_secret, remove_factor, renew_codes
from kinbook.accounts.forms import AppForm, PasskeyForm
from kinbook.accounts.passkeys import ask_new, read_new
from kinbook.accounts.queries import second_step_of, user_of
from kinbook.accounts.render import square_code
from kinbook.accounts.sealing import sealed, unsealed
from kinbook.accounts.views.proof import origin_of
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request

SECRET = "app_secret"  # noqa: S105 - the name of a place in the session
NEW = "new_passkey_state"


def second_step(request: Request) -> HttpResponse:
    """What second steps there are, and may be added."""
    return _shown(request)


def _shown(request: Request, codes: list[str] | None = None, *, status: int = 200) -> HttpResponse:
    has = second_step_of(user_of(request.viewer))
    owed = request.viewer.owes_second_step and not has.is_set
    return settings_page(request, "accounts/second_step.html", has=has, owed=owed, codes=codes, status=status)


def _added(request: Request, codes: list[str], sentence: str) -> HttpResponse:
    """Go on with a second step that has just been shown; its recovery codes are seen once."""
    request.session["second_step"] = True
    request.session.pop(SECRET, None)
    return _shown(request, codes) if codes else done(request, reverse("accounts:second_step"), sentence)


def app(request: Request) -> HttpResponse:
    """Set an authenticator app up: photograph the code or type the key, then show that it works."""
    kept = request.session.get(SECRET)
    secret = (unsealed(kept) if kept else None) or new_secret()
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = add_app(
                request.viewer,
                secret=secret,
                code=form.cleaned_data["code"],
                session_key=request.session.session_key,
            )
            return _added(request, codes, "The app is set up.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    request.session[SECRET] = sealed(secret)
    email = quote(user_of(request.viewer).email)
    width, path = square_code(f"otpauth://totp/Kinbook:{email}?secret={secret}&issuer=Kinbook")
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    status = 422 if form.errors else 200
    return settings_page(request, "accounts/app.html", form=form, width=width, path=path, key=groups, status=status)


def passkey(request: Request) -> HttpResponse:
    """Add a passkey: name it, then let the browser make it."""
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = read_new(request.POST.get("passkey", ""), request.session.pop(NEW, None), origin_of(request))
            codes = add_passkey(
                request.viewer,
                name=form.cleaned_data["name"],
                made=made,
                session_key=request.session.session_key,
            )
            return _added(request, codes, "The passkey is added.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return settings_page(request, "accounts/passkey.html", form=form, status=422 if form.errors else 200)


@require_POST
def new_passkey_options(request: Request) -> JsonResponse:
    """Ask the browser to make a passkey."""
    options, state = ask_new(user_of(request.viewer), origin_of(request))
    request.session[NEW] = state
    return JsonResponse(options)


@require_POST
def remove(request: Request, factor_id: UUID) -> HttpResponse:
    """Remove an app or a passkey."""
    remove_factor(request.viewer, factor_id=factor_id)
    request.session["second_step"] = second_step_of(user_of(request.viewer)).is_set
    return done(request, reverse("accounts:second_step"), "Removed.")


def codes(request: Request) -> HttpResponse:
    """Make new recovery codes, shown once."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("accounts:second_step"))
    return _shown(request, renew_codes(request.viewer))
