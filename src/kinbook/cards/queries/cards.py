"""A payer's cards as the team sees them: what they may be charged, what they pay by themselves, what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, may
from kinbook.cards.models import AutoPay, Card, CardCharge
from kinbook.cards.queries.keys import keys
from kinbook.people.models import Client, Contact, Party
from kinbook.people.queries import party_for, same_person
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LATEST = 6


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card in the list; `pays` are the clients whose invoices it pays by itself."""

    card: Card
    pays: tuple[str, ...]
    has_expired: bool
    expires_soon: bool


@dataclass(frozen=True, slots=True)
class ClientPaid:
    """A client of the payer's, and the card that pays their invoices by itself."""

    client: Client
    autopay: AutoPay | None


@dataclass(frozen=True, slots=True)
class PayerCards:
    """A payer's cards, AutoPay by client, and the latest charges."""

    party: Party
    has_keys: bool
    cards: list[CardRow]
    clients: list[ClientPaid]
    charges: list[CardCharge]
    may_change: bool


def payer_cards(viewer: Viewer, party_id: UUID) -> PayerCards:
    """Return a payer's cards, for clients the viewer may see amounts of."""
    party = payer_for(viewer, party_id)
    mine = same_person(party.pk)
    cards = list(Card.objects.kept().filter(payer_id__in=mine).select_related("client__party").order_by("added_at"))
    clients = clients_of_payer(viewer, mine)
    autopay = autopay_by_client(viewer.today, mine)
    pays: dict[UUID, list[str]] = {}
    for client in clients:
        held = autopay.get(client.pk)
        if held is not None:
            pays.setdefault(held.card_id, []).append(client.name)
    charges = CardCharge.objects.visible_to(viewer).filter(payer_id__in=mine).select_related("card")
    return PayerCards(
        party=party,
        has_keys=keys() is not None,
        cards=[_row(each, tuple(pays.get(each.pk, ())), viewer.today) for each in cards],
        clients=[ClientPaid(client, autopay.get(client.pk)) for client in clients],
        charges=list(charges.order_by("-asked_at", "-pk")[:LATEST]),
        may_change=may(viewer, Action.PAYMENT_ADD),
    )


def _row(card: Card, pays: tuple[str, ...], today: date) -> CardRow:
    return CardRow(card, pays, card.has_expired(today), card.expires_soon(today))


def payer_for(viewer: Viewer, party_id: UUID) -> Party:
    """Return the party that stands for a payer the viewer may see."""
    party = party_for(viewer, party_id)
    return party.merged_into or party


def clients_of_payer(viewer: Viewer, mine: Sequence[UUID]) -> list[Client]:
    """Return the clients a payer is a contact of, or is, by name, where the viewer may take payments for them."""
    links = Contact.objects.filter(party_id__in=mine).values("client_id")
    reach = clients_in_reach(viewer, Action.PAYMENT_ADD, "pk")
    rows = Client.objects.filter(reach).select_related("party")
    found = [*rows.filter(pk__in=links), *rows.filter(party_id__in=mine), *rows.filter(partners__party_id__in=mine)]
    return sorted({each.pk: each for each in found}.values(), key=lambda each: (each.name, str(each.pk)))


def autopay_by_client(day: date, payers: Iterable[UUID]) -> dict[UUID, AutoPay]:
    """Return what is paid by itself on a day, by client."""
    held = AutoPay.objects.filter(holds_on(day), payer_id__in=list(payers)).select_related("card")
    return {each.client_id: each for each in held}


def card_for(viewer: Viewer, card_id: UUID) -> Card:
    """Return a kept card of a payer the viewer may see; unknown and forbidden look alike."""
    card = Card.objects.kept().filter(pk=card_id).select_related("payer").first()
    if card is None:
        raise Unknown
    payer_for(viewer, card.payer_id)
    if card.client_id is not None and not may(viewer, Action.PAYMENT_ADD, card.client_id):
        raise Unknown
    return card


def charge_for(viewer: Viewer, charge_id: UUID) -> CardCharge:
    """Return a charge the viewer may see."""
    charge = CardCharge.objects.visible_to(viewer).filter(pk=charge_id).select_related("card").first()
    if charge is None:
        raise Unknown
    return charge


def chargeable(viewer: Viewer, payer_id: UUID, client_ids: Iterable[UUID]) -> list[Card]:
    """Return the cards that may be charged for these clients' invoices, those that pay by themselves first."""
    mine, clients = same_person(payer_id), set(client_ids)
    held = {each.card_id for each in autopay_by_client(viewer.today, mine).values() if each.client_id in clients}
    rows = Card.objects.kept().filter(payer_id__in=mine).order_by("added_at")
    fit = [
        each
        for each in rows
        if not each.has_expired(viewer.today) and (each.client_id is None or clients == {each.client_id})
    ]
    return sorted(fit, key=lambda each: each.pk not in held)
