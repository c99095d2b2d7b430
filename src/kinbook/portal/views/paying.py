"""Paying an own invoice, or all that are due at once, wholly or in part, with an own card."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
from kinbook.invoices.commands.settle import Settles
from kinbook.portal.queries.bills import bill_page
from kinbook.portal.queries.cards import own_cards, payable, payables, publishable_key
from kinbook.portal.queries.person import children
from kinbook.portal.templatetags.portal import why
from kinbook.portal.views.cards import clock, in_language, may_pay
from kinbook.portal.views.frame import PortalRequest, frame_of, page
from kinbook.rules.allocate import in_order
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
    form = _read(request, due.due_cents, own_cards())
    if form.is_ready:
        back = reverse("portal:bill", args=[invoice_id])
        return _pay(request, form, (Settles(invoice_id, form.cents),), reverse("portal:pay", args=[invoice_id]), back)
    record(request.viewer, "portal.pay_opened", found.bill, number=found.bill.name)
    return _shown(request, "portal/pay.html", form, bill=found, due=due)


@takes_cards
def pay_all(request: PortalRequest) -> HttpResponse:
    """Pay everything that is due in one payment, of every child; part of it goes to what is due longest."""
    if not may_pay(request, children()):
        raise Unknown
    rows = payables()
    due_cents = sum(cents for _bill, cents in rows)
    if not rows:
        return HttpResponseRedirect(reverse("portal:bills"))
    form = _read(request, due_cents, [each for each in own_cards() if each.client_id is None])
    if form.is_ready:
        parts = tuple(Settles(*each) for each in in_order(form.cents, ((bill.pk, cents) for bill, cents in rows)))
        return _pay(request, form, parts, reverse("portal:pay_all"), reverse("portal:bills"))
    record(request.viewer, "portal.pay_all_opened", count=len(rows))
    return _shown(request, "portal/pay_all.html", form, rows=rows, due_cents=due_cents)


@dataclass(frozen=True, slots=True)
class Form:
    """What was asked for: how much and with which card, None for one that is typed in; or what is wrong with it."""

    cards: list[OwnCard]
    cents: int = 0
    card_id: UUID | None = None
    problem: str = ""
    is_sent: bool = False

    @property
    def is_ready(self) -> bool:
        """Tell whether it can be paid."""
        return self.is_sent and not self.problem


def _read(request: PortalRequest, due_cents: int, cards: list[OwnCard]) -> Form:
    if request.method != "POST":
        return Form(cards)
    cents, problem = amount_of(request.POST, due_cents)
    card_id, problem = _card(request.POST, cards, problem)
    return Form(cards, cents, card_id, problem, is_sent=True)


def _shown(request: PortalRequest, template: str, form: Form, **words: Any) -> HttpResponse:
    return page(
        request,
        template,
        frame_of(request),
        cards=form.cards,
        problem=form.problem,
        publishable=publishable_key(),
        script=settings.STRIPE_SCRIPT,
        token=secrets.token_urlsafe(16),
        status=422 if form.problem else 200,
        **words,
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


def _pay(request: PortalRequest, form: Form, parts: tuple[Settles, ...], again: str, leads_to: str) -> HttpResponse:
    viewer, data = request.viewer, request.POST
    record(viewer, "portal.pay_asked", cents=form.cents, invoices=[str(part.invoice_id) for part in parts])
    wish = Wish(
        practice_id=viewer.practice_id,
        payer_id=viewer.id,
        name=viewer.name,
        parts=parts,
        token=f"{viewer.id}-{data.get('token', '')[:40]}",
        origin=Origin.PORTAL,
        card_id=form.card_id,
        set_up=data.get("set_up", "")[:255],
        keeps=bool(data.get("keep")),
        by_itself=bool(data.get("autopay")) and (form.card_id is not None or bool(data.get("keep"))),
    )
    return Afterwards(in_language(lambda: _paid(request, wish, again, leads_to)))


def _paid(request: PortalRequest, wish: Wish, again: str, leads_to: str) -> HttpResponse:
    """Charge, tell what became of it, and lead on."""
    try:
        done = charge(wish, clock)
    except Refused:
        messages.error(request, _("This could not be paid now. Look at the invoice again; nothing was charged twice."))
        return HttpResponseRedirect(leads_to)
    if done.state == State.FAILED:
        messages.error(request, _("Your card was not charged: %(why)s") % {"why": why(done.code)})
        return HttpResponseRedirect(again)
    paid = _("Paid. Thank you.") if done.state == State.SUCCEEDED else _("Your payment is on its way.")
    messages.success(request, paid)
    return HttpResponseRedirect(leads_to)
