"""One's own cards: added, named, removed; and which of them pays by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kinbook.audit.record import record
from kinbook.cards.commands.autopay import end_autopay, set_autopay
from kinbook.cards.commands.cards import LONGEST_NAME, CardTerms, card_of, change_card, remove_card
from kinbook.cards.commands.typed import begin, finish
from kinbook.cards.script import takes_cards
from kinbook.portal.queries.cards import cards_page, own_card, publishable_key
from kinbook.portal.queries.person import children
from kinbook.portal.views.frame import PortalRequest, frame_of, page, told
from kinbook.team.queries import acting_for
from kinbook.tenancy.refused import Conflict, Unknown
from kinbook.web.page import Afterwards

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinbook.portal.models import Child


def clock() -> datetime:
    """Return the time, for what goes on after the request's own moment."""
    return datetime.now(UTC)


def _refuse_without(request: PortalRequest) -> None:
    """Nobody keeps cards to whom Pay is not open for any child, nor where the practice takes none."""
    if not may_pay(request, children()):
        raise Unknown


def may_pay(request: PortalRequest, open_to_them: list[Child]) -> bool:
    """Tell whether the person may keep cards and pay here, of the children who are open to them."""
    return request.person.sees_bills and any(each.payments for each in open_to_them) and bool(publishable_key())


def cards(request: PortalRequest) -> HttpResponse:
    """One's own cards, AutoPay, and the latest charges."""
    _refuse_without(request)
    frame = frame_of(request)
    record(request.viewer, "portal.cards_viewed")
    return page(request, "portal/cards.html", frame, shown=cards_page(frame.children, request.viewer.today))


@takes_cards
def new(request: PortalRequest) -> HttpResponse:
    """Add a card: its number is typed in at the processor."""
    _refuse_without(request)
    set_up_id = request.POST.get("set_up", "")[:255]
    if request.method == "POST" and set_up_id:
        record(request.viewer, "portal.card_added")
        terms = CardTerms(request.POST.get("nickname", "")[:LONGEST_NAME])
        viewer = request.viewer

        def keep() -> HttpResponse:
            finish(viewer.practice_id, viewer.id, set_up_id, clock, terms=terms, by=viewer.name)
            return told(request, reverse("portal:cards"), _("Card added."))

        return Afterwards(in_language(keep))
    key = publishable_key()
    return page(request, "portal/new_card.html", frame_of(request), publishable=key, script=settings.STRIPE_SCRIPT)


def in_language(deed: Callable[[], HttpResponse]) -> Callable[[], HttpResponse]:
    """Let what is done afterwards speak the language of the person."""
    language = get_language() or "en"

    def spoken() -> HttpResponse:
        with override(language):
            return deed()

    return spoken


@require_POST
def set_up(request: PortalRequest) -> HttpResponse:
    """Give the browser what it needs to take a card's number to the processor."""
    _refuse_without(request)
    record(request.viewer, "portal.card_begun")
    practice_id, payer_id = request.viewer.practice_id, request.viewer.id
    return Afterwards(lambda: answer_set_up(practice_id, payer_id))


def answer_set_up(practice_id: UUID, payer_id: UUID) -> HttpResponse:
    """Begin a card at the processor, and answer with its secret. Outside a transaction."""
    try:
        begun = begin(practice_id, payer_id, clock)
    except Conflict:
        return JsonResponse({"problem": ""}, status=409)
    return JsonResponse({"id": begun.id, "secret": begun.secret})


@require_POST
def nickname(request: PortalRequest, card_id: UUID) -> HttpResponse:
    """Call a card by another name."""
    _refuse_without(request)
    own_card(card_id)
    viewer, name = request.viewer, request.POST.get("nickname", "")[:LONGEST_NAME]
    record(viewer, "portal.card_named")

    def rename() -> HttpResponse:
        with acting_for(viewer.practice_id, None, now=clock()) as rule:
            card = card_of(viewer.id, card_id)
            terms = CardTerms(name, card.client_id, card.most_a_charge, card.most_a_month)
            change_card(replace(rule, name=viewer.name), card=card, terms=terms)
        return told(request, reverse("portal:cards"), _("Saved."))

    return Afterwards(in_language(rename))


@require_POST
def remove(request: PortalRequest, card_id: UUID) -> HttpResponse:
    """Have a card forgotten."""
    _refuse_without(request)
    own_card(card_id)
    viewer = request.viewer
    record(viewer, "portal.card_removed")

    def forget() -> HttpResponse:
        with acting_for(viewer.practice_id, None, now=clock()) as rule:
            remove_card(replace(rule, name=viewer.name), card=card_of(viewer.id, card_id))
        return told(request, reverse("portal:cards"), _("Card removed."))

    return Afterwards(in_language(forget))


@require_POST
def autopay(request: PortalRequest, client_id: UUID) -> HttpResponse:
    """Let a card pay a child's invoices by itself, or let none."""
    _refuse_without(request)
    child = next((each for each in children() if each.pk == client_id and each.payments), None)
    if child is None:
        raise Unknown
    chosen = request.POST.get("card", "")
    try:
        card = own_card(UUID(chosen)) if chosen else None
    except ValueError:
        raise Unknown from None
    viewer = request.viewer
    record(viewer, "portal.autopay_chosen", client_id=client_id, on=card is not None)

    def choose() -> HttpResponse:
        with acting_for(viewer.practice_id, None, now=clock()) as rule:
            named = replace(rule, name=viewer.name)
            if card is None:
                end_autopay(named, payer_id=viewer.id, client_id=client_id)
            else:
                set_autopay(named, card=card_of(viewer.id, card.pk), client_id=client_id)
        return told(request, reverse("portal:cards"), _("AutoPay is on.") if card else _("AutoPay is off."))

    return Afterwards(in_language(choose))
