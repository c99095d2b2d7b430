"""Signing in: ask for a link, open it, press the one button; and signing out."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.cache import cache
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kinbook.audit.record import record
from kinbook.invitations.models import Purpose
from kinbook.portal.commands.sign_in import ask_to_sign_in, link_of, sign_in, use_link
from kinbook.portal.forms import SignInForm
from kinbook.portal.views.frame import BROWSER, COOKIE, PortalRequest, door_page, keep, leave
from kinbook.team.commands.members import hash_of

WINDOW = timedelta(minutes=15)
MOST_BY_ADDRESS = 5
MOST_BY_PLACE = 40
REMEMBERED = 60 * 60


def ask(request: PortalRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address is known or not."""
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        closed = "closed" in request.GET
        return door_page(request, "portal/sign_in.html", form=form, closed=closed, status=status)
    if too_many("place", request.origin.address, MOST_BY_PLACE):
        form.add_error(None, _("Too many tries from here. Wait a quarter of an hour, then try again."))
        return door_page(request, "portal/sign_in.html", form=form, closed=False, status=429)
    address = form.cleaned_data["email"].strip()
    browser = request.COOKIES.get(BROWSER) or secrets.token_urlsafe(32)
    if not too_many("address", address.lower(), MOST_BY_ADDRESS):
        ask_to_sign_in(address=address, browser=browser, language=get_language() or "en", now=request.now)
    response = HttpResponseRedirect(reverse("portal:asked"))
    keep(response, BROWSER, browser, REMEMBERED)
    return response


def too_many(kind: str, whose: str, most: int) -> bool:
    """Count a try, and tell whether there were too many; only digests are kept."""
    key = f"portal-{kind}-{hash_of(whose).hex()}"
    cache.add(key, 0, WINDOW.total_seconds())
    return int(cache.incr(key)) > most


def asked(request: PortalRequest) -> HttpResponse:
    """What happens next."""
    return door_page(request, "portal/asked.html")


def enter(request: PortalRequest, secret: str) -> HttpResponse:
    """The link: looking at it shows one button; pressing the button signs in."""
    opened = link_of(secret, Purpose.SIGN_IN, browser=request.COOKIES.get(BROWSER, ""), now=request.now)
    if request.method == "POST" and opened.link:
        link = use_link(secret, Purpose.SIGN_IN, request.now)
        session = link and sign_in(
            practice_id=link.practice_id,
            party_id=link.party_id,
            now=request.now,
            origin=request.origin,
            how="link" if opened.is_same_browser else "link from another browser",
        )
        if session:
            response = HttpResponseRedirect(reverse("portal:home"))
            keep(response, COOKIE, session)
            return response
    if opened.link is None or request.method == "POST":
        return door_page(request, "portal/link_gone.html", status=410)
    return door_page(request, "portal/enter.html", is_same_browser=opened.is_same_browser)


@require_POST
def sign_out(request: PortalRequest) -> HttpResponse:
    """Sign out."""
    record(request.viewer, "portal.signed_out")
    return leave(request, reverse("portal:sign_in"))


@require_POST
def stop_viewing(request: PortalRequest) -> HttpResponse:
    """Leave the portal that was looked at as somebody else."""
    return leave(request, "/clients/")
