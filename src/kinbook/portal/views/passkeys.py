"""Passkeys: asked and shown at the door, added and removed in the profile."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kinbook.portal.commands.passkeys import add_passkey, ask_known, ask_new, read_known, remove_passkey
from kinbook.portal.commands.sign_in import sign_in
from kinbook.portal.forms import SignInForm
from kinbook.portal.views.frame import BROWSER, COOKIE, PortalRequest, closed_page, door_page, keep, told
from kinbook.portal.views.sign_in import MOST_BY_PLACE, REMEMBERED, too_many
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


def _origin(request: PortalRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


@require_POST
def ask(request: PortalRequest) -> HttpResponse:
    """What a browser needs to show its passkey."""
    if too_many("place", request.origin.address, MOST_BY_PLACE):
        return JsonResponse({}, status=429)
    browser = request.COOKIES.get(BROWSER) or secrets.token_urlsafe(32)
    response = JsonResponse(ask_known(origin=_origin(request), browser=browser))
    keep(response, BROWSER, browser, REMEMBERED)
    return response


@require_POST
def enter(request: PortalRequest) -> HttpResponse:
    """Sign in whose passkey it is."""
    known = read_known(
        request.POST.get("answer", ""),
        origin=_origin(request),
        browser=request.COOKIES.get(BROWSER, ""),
        now=request.now,
    )
    secret = known and sign_in(
        practice_id=known.practice_id,
        party_id=known.party_id,
        now=request.now,
        origin=request.origin,
        how="passkey",
    )
    if not secret:
        form = SignInForm()
        return door_page(request, "portal/sign_in.html", form=form, closed=False, unread=True, status=422)
    response = HttpResponseRedirect(reverse("portal:home"))
    keep(response, COOKIE, secret)
    return response


@require_POST
def ask_to_add(request: PortalRequest) -> HttpResponse:
    """What a browser needs to make a passkey."""
    browser = request.COOKIES.get(BROWSER) or secrets.token_urlsafe(32)
    response = JsonResponse(ask_new(request.viewer, request.person, origin=_origin(request), browser=browser))
    keep(response, BROWSER, browser, REMEMBERED)
    return response


@require_POST
def add(request: PortalRequest) -> HttpResponse:
    """Keep it."""
    try:
        add_passkey(
            request.viewer,
            answer=request.POST.get("answer", ""),
            name=request.POST.get("name", ""),
            origin=_origin(request),
            browser=request.COOKIES.get(BROWSER, ""),
        )
    except Invalid as refused:
        return closed_page(request, refused.sentence, status=422)
    return told(request, reverse("portal:profile"), _("Added. Next time, sign in with it."))


@require_POST
def remove(request: PortalRequest, passkey_id: UUID) -> HttpResponse:
    """Forget it."""
    remove_passkey(request.viewer, passkey_id=passkey_id)
    return told(request, reverse("portal:profile"), _("Removed: it opens nothing any more."))
