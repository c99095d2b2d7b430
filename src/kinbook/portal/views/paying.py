"""Paying an own invoice, all or part of it, with an own card."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kinbook.audit.record import record
from kinbook.cards.commands.pay import Wish
from kinbook.cards.commands.pay import pay as charge
from kinbook.cards.models import Origin, State
from kinbook.cards.script import takes_cards
from kinbook.portal.queries.bills import bill_page
from kinbook.portal.queries.cards import own_cards, payable, publishable_key
from kinbook.portal.queries.person import children
from kinbook.portal.templatetags.portal import why
from kinbook.portal.views.cards import clock, in_language, may_pay
from kinbook.portal.views.frame import PortalRequest, frame_of, page
from kinbook.tenancy.refused import Refused, Unknown
from kinbook.web.money import read_cents
from kinbook.web.page import Afterwards

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import QueryDict

    from kinbook.portal.models import OwnCard


@takes_cards
def pay(request: PortalRequest, invoice_id: UUID) -> HttpResponse:
    """Pay one invoice."""
    if not may_pay(request, children()):
        raise Unknown
    found, due = bill_page(request.viewer, request.person, invoice_id), payable(invoice_id)
    if due is None:
        raise Unknown
    cards = own_cards()
    problem = ""
    if request.method == "POST":
        cents, problem = amount_of(request.POST, due.due_cents)
        card_id, problem = _card(request.POST, cards, problem)
        if not problem:
            return _pay(request, invoice_id, cents, card_id)
    record(request.viewer, "portal.pay_opened", found.bill, number=found.bill.name)
    return page(
        request,
        "portal/pay.html",
        frame_of(request),
        bill=found,
        due=due,
        cards=cards,
        problem=problem,
        publishable=publishable_key(),
        script=settings.STRIPE_SCRIPT,
        token=secrets.token_urlsafe(16),
        status=422 if problem else 200,
    )


def amount_of(data: QueryDict, due_cents: int) -> tuple[int, str]:
    """Return how much is to be paid, and what is wrong with it."""
    if data.get("amount", "all") == "all":
        return due_cents, ""
    try:
        cents = read_cents(data.get("part", ""))
    except ValueError:
        return 0, _("Enter an amount, as in 120.00.")
    return (cents, "") if 0 < cents <= due_cents else (0, _("At most what is due, and more than nothing."))


def _card(data: QueryDict, cards: list[OwnCard], problem: str) -> tuple[UUID | None, str]:
    chosen = data.get("card", "new")
    if chosen == "new":
        return None, problem or ("" if data.get("set_up") else _("Enter a card."))
    found = next((each.pk for each in cards if str(each.pk) == chosen), None)
    return found, problem or ("" if found else _("Choose a card."))


def _pay(request: PortalRequest, invoice_id: UUID, cents: int, card_id: UUID | None) -> HttpResponse:
    viewer, data = request.viewer, request.POST
    record(viewer, "portal.pay_asked", cents=cents, invoice=str(invoice_id))
    wish = Wish(
        practice_id=viewer.practice_id,
        payer_id=viewer.id,
        name=viewer.name,
        invoice_id=invoice_id,
        cents=cents,
        token=f"{viewer.id}-{data.get('token', '')[:40]}",
        origin=Origin.PORTAL,
        card_id=card_id,
        set_up=data.get("set_up", "")[:255],
        keeps=bool(data.get("keep")),
        by_itself=bool(data.get("autopay")) and (card_id is not None or bool(data.get("keep"))),
    )
    return Afterwards(in_language(lambda: _paid(request, wish)))


def _paid(request: PortalRequest, wish: Wish) -> HttpResponse:
    """Charge, tell what became of it, and lead on."""
    try:
        done = charge(wish, clock)
    except Refused:
        messages.error(request, _("This could not be paid now. Look at the invoice again; nothing was charged twice."))
        return HttpResponseRedirect(reverse("portal:bill", args=[wish.invoice_id]))
    if done.state == State.FAILED:
        messages.error(request, _("Your card was not charged: %(why)s") % {"why": why(done.code)})
        return HttpResponseRedirect(reverse("portal:pay", args=[wish.invoice_id]))
    paid = _("Paid. Thank you.") if done.state == State.SUCCEEDED else _("Your payment is on its way.")
    messages.success(request, paid)
    return HttpResponseRedirect(reverse("portal:bill", args=[wish.invoice_id]))
