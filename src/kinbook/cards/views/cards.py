"""A payer's cards: listed, added, named and limited, removed; and which of them pays by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.commands.autopay import end_autopay, set_autopay
from kinbook.cards.commands.cards import CardTerms, card_of, change_card, remove_card
from kinbook.cards.commands.typed import begin, finish
from kinbook.cards.forms import AutoPayForm, CardForm, NewCardForm
from kinbook.cards.queries.cards import card_for, clients_of_payer, payer_cards, payer_for
from kinbook.cards.queries.keys import account
from kinbook.cards.script import takes_cards
from kinbook.cards.views.keys import clock
from kinbook.people.queries import client_for, same_person
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import Afterwards, beside_fields, came_from, done, page, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.cards.models import Card
    from kinbook.people.models import Client
    from kinbook.web.request import Request


def of_payer(request: Request, party_id: UUID) -> HttpResponse:
    """The cards of one payer, as a piece of their page."""
    require(request.viewer, Action.PAYMENT_ADD)
    shown = payer_cards(request.viewer, party_id)
    record(request.viewer, "cards.viewed", shown.party, count=len(shown.cards))
    return part(request, "cards/_of_payer.html", shown=shown)


@takes_cards
def new(request: Request, party_id: UUID) -> HttpResponse:
    """Add a card: its number is typed in at the processor, in a frame of its own."""
    require(request.viewer, Action.PAYMENT_ADD)
    party = payer_for(request.viewer, party_id)
    keys = account()
    form = NewCardForm(request.POST or None)
    clients = clients_of_payer(request.viewer, same_person(party.pk))
    if request.method == "POST" and form.is_valid():
        return _add(request, party.pk, form, _only(request, clients))
    record(request.viewer, "card.form_opened", party)
    return page(
        request,
        "cards/new.html",
        party=party,
        form=form,
        clients=clients,
        publishable=keys.publishable,
        script=settings.STRIPE_SCRIPT,
        status=422 if form.errors else 200,
    )


def _only(request: Request, clients: list[Client]) -> UUID | None:
    """Return the only client a card may pay for, as chosen; None for any."""
    return next((each.pk for each in clients if str(each.pk) == request.POST.get("client", "")), None)


def _add(request: Request, payer_id: UUID, form: NewCardForm, only: UUID | None) -> HttpResponse:
    values, viewer = form.cleaned_data, request.viewer
    terms = CardTerms(values["nickname"], only, values["most_a_charge"], values["most_a_month"])
    back = reverse("payments:payer", args=[payer_id])

    def last() -> HttpResponse:
        card = finish(viewer.practice_id, payer_id, values["set_up"], clock, terms=terms, by=viewer.name)
        return done(request, back, f"{card.name} added.")

    return Afterwards(last)


@require_POST
def set_up(request: Request, party_id: UUID) -> HttpResponse:
    """Give the browser what it needs to take a card's number to the processor."""
    require(request.viewer, Action.PAYMENT_ADD)
    party = payer_for(request.viewer, party_id)
    record(request.viewer, "card.set_up_asked", party)
    practice_id = request.viewer.practice_id
    return Afterwards(lambda: answer_set_up(practice_id, party.pk))


def answer_set_up(practice_id: UUID, payer_id: UUID) -> HttpResponse:
    """Begin a card at the processor, and answer with its secret or why not. Outside a transaction."""
    try:
        begun = begin(practice_id, payer_id, clock)
    except Conflict as refused:
        return JsonResponse({"problem": refused.sentence}, status=409)
    return JsonResponse({"id": begun.id, "secret": begun.secret})


def card(request: Request, card_id: UUID) -> HttpResponse:
    """Nickname and limits of a card."""
    found = card_for(request.viewer, card_id)
    require(request.viewer, Action.PAYMENT_ADD, found.client_id)
    initial = {name: getattr(found, name) for name in ("nickname", "most_a_charge", "most_a_month")}
    form = CardForm(request.POST or None, initial=initial)
    clients = clients_of_payer(request.viewer, same_person(found.payer_id))
    if request.method == "POST" and form.is_valid():
        try:
            terms = CardTerms(client_id=_only(request, clients), **form.cleaned_data)
            change_card(request.viewer, card=found, terms=terms)
            return done(request, _back(request, found), "Card saved.")
        except Invalid as refused:
            beside_fields(form, refused)
    record(request.viewer, "card.viewed", found)
    return part(request, "cards/card.html", card=found, form=form, clients=clients, status=422 if form.errors else 200)


def _back(request: Request, found: Card) -> str:
    return came_from(request, reverse("payments:payer", args=[found.payer_id]))


@require_POST
def remove(request: Request, card_id: UUID) -> HttpResponse:
    """Forget a card."""
    found = card_for(request.viewer, card_id)
    remove_card(request.viewer, card=found)
    return done(request, _back(request, found), f"{found.name} removed.")


@require_POST
def autopay(request: Request, party_id: UUID, client_id: UUID) -> HttpResponse:
    """Let a card pay a client's invoices by itself, or let nothing."""
    viewer = request.viewer
    party = payer_for(viewer, party_id)
    client = client_for(viewer, client_id)
    back = came_from(request, reverse("payments:payer", args=[party.pk]))
    form = AutoPayForm(request.POST)
    if not form.is_valid():
        raise Invalid(card="Choose a card, and an amount as in 120.00 where there is a limit.")
    chosen, most = form.cleaned_data["card"], form.cleaned_data["most_cents"]
    if chosen is None:
        end_autopay(viewer, payer_id=party.pk, client_id=client.pk)
        return done(request, back, f"AutoPay for {client.name} is off.")
    found = card_of(party.pk, chosen)
    set_autopay(viewer, card=found, client_id=client.pk, most_cents=most)
    return done(request, back, f"{found.name} pays for {client.name} from today.")
