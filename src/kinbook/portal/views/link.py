"""The Pay link of a mail: one invoice is paid without signing in. It shows practice, number, amount, and no child."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kinbook.accounts.commands.tries import Limit, count_failure, waits_until
from kinbook.cards.commands.links import Asked, asked_by
from kinbook.cards.commands.pay import Wish
from kinbook.cards.commands.pay import pay as charge
from kinbook.cards.models import Origin, State
from kinbook.cards.script import takes_cards
from kinbook.invoices.commands.settle import Settles
from kinbook.portal.templatetags.portal import why
from kinbook.portal.views.cards import answer_set_up, clock
from kinbook.portal.views.frame import door_page, language_of
from kinbook.portal.views.paying import amount_of
from kinbook.tenancy.refused import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

CARDS = Limit(10, timedelta(minutes=30), timedelta(hours=1))
"""So many cards are begun by one link; strangers' cards are not tried out here."""


@takes_cards
def pay(request: HttpRequest, secret: str) -> HttpResponse:
    """Pay what is due on one invoice."""
    with translation.override(language_of(request)):
        response = _pay(request, secret)
    response["Cache-Control"] = "private, no-store"
    return response


def _pay(request: HttpRequest, secret: str) -> HttpResponse:
    asked = asked_by(secret, clock())
    if asked is None:
        return door_page(request, "portal/pay_link_gone.html", status=410)
    problem = ""
    if request.method == "POST" and not asked.has_tried_enough:
        cents, problem = amount_of(request.POST, asked.due_cents)
        problem = problem or ("" if request.POST.get("set_up") else _("Enter a card."))
        if not problem and asked.due_cents:
            problem, paid = _charge(request, asked, cents)
            if paid:
                return _shown(request, asked_by(secret, clock()) or asked, paid=paid)
    return _shown(request, asked, problem=problem)


def _charge(request: HttpRequest, asked: Asked, cents: int) -> tuple[str, str]:
    """Charge the card; returns what went wrong, or else how it went."""
    wish = Wish(
        practice_id=asked.practice_id,
        payer_id=asked.payer_id,
        name=asked.payer,
        parts=(Settles(asked.invoice_id, cents),),
        token=f"link-{asked.invoice_id}-{request.POST.get('token', '')[:40]}",
        origin=Origin.LINK,
        set_up=request.POST.get("set_up", "")[:255],
    )
    try:
        done = charge(wish, clock)
    except Refused:
        return _("This could not be paid now. Nothing was charged: try again in a minute."), ""
    if done.state == State.FAILED:
        return _("Your card was not charged: %(why)s") % {"why": why(done.code)}, ""
    return "", _("Paid. Thank you.") if done.state == State.SUCCEEDED else _("Your payment is on its way.")


def _shown(request: HttpRequest, asked: Asked, *, problem: str = "", paid: str = "") -> HttpResponse:
    return door_page(
        request,
        "portal/pay_link.html",
        status=422 if problem else 200,
        asked=asked,
        problem=problem,
        paid=paid,
        script=settings.STRIPE_SCRIPT,
        token=secrets.token_urlsafe(16),
        set_up=f"{request.path}set-up/",
        viewer=asked,
    )


@require_POST
def set_up(request: HttpRequest, secret: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Give the browser what it needs to take a card's number to the processor."""
    asked = asked_by(secret, clock())
    if asked is None or asked.has_tried_enough or not asked.due_cents:
        return JsonResponse({"problem": ""}, status=410)
    who = f"pay-link:{asked.invoice_id}"
    if waits_until(who, clock()):
        return JsonResponse({"problem": ""}, status=429)
    count_failure(who, CARDS, clock())
    return answer_set_up(asked.practice_id, asked.payer_id)
