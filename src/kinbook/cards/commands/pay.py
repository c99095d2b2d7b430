"""Paying one's own invoices, with a card that is kept or typed in now. Asks the processor, so in no transaction.

Who pays was let in before: by the portal, or by a link that leads to one invoice. Nothing here reaches another's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kinbook.cards.commands.autopay import set_autopay
from kinbook.cards.commands.cards import CardTerms, card_of
from kinbook.cards.commands.carry_on import carry_on
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.commands.typed import finish
from kinbook.cards.models import Card, CardCharge, Origin
from kinbook.invoices.commands.settle import Settles, clients_of
from kinbook.team.queries import acting_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a payer asks for: how much of which invoices, and with which card. `token` is the form's."""

    practice_id: UUID
    payer_id: UUID
    name: str
    parts: tuple[Settles, ...]
    token: str
    origin: Origin
    card_id: UUID | None = None
    set_up: str = ""
    keeps: bool = False
    by_itself: bool = False


def pay(wish: Wish, clock: Clock) -> CardCharge:
    """Charge the card; returns the charge as it stands then. Refuses as `ask_charge` and `finish` do."""
    known = _known(wish, clock)
    if known is not None:
        return known
    card_id = wish.card_id or _typed(wish, clock).pk
    with acting_for(wish.practice_id, None, now=clock()) as rule:
        viewer = replace(rule, name=wish.name)
        card = _card(wish, card_id)
        asked = ask_charge(viewer, card=card, parts=wish.parts, origin=wish.origin, token=wish.token)
        if wish.by_itself and not card.is_once:
            for client_id in clients_of([part.invoice_id for part in wish.parts]):
                set_autopay(viewer, card=card, client_id=client_id)
    carry_on(wish.practice_id, asked.pk, clock)
    return _look(wish, asked.pk, clock)


def _known(wish: Wish, clock: Clock) -> CardCharge | None:
    """Return the charge of a form that was sent before; where it is on its way it is carried on."""
    with acting_for(wish.practice_id, None, now=clock()):
        found = CardCharge.objects.filter(token=wish.token, payer_id=wish.payer_id).first() if wish.token else None
    if found is not None and found.is_on_its_way:
        carry_on(wish.practice_id, found.pk, clock)
        return _look(wish, found.pk, clock)
    return found


def _typed(wish: Wish, clock: Clock) -> Card:
    return finish(
        wish.practice_id,
        wish.payer_id,
        wish.set_up,
        clock,
        terms=CardTerms(),
        by=wish.name,
        is_once=not wish.keeps,
    )


def _card(wish: Wish, card_id: UUID) -> Card:
    if wish.card_id is None:
        return Card.objects.get(pk=card_id, payer_id=wish.payer_id)
    return card_of(wish.payer_id, card_id)


def _look(wish: Wish, charge_id: UUID, clock: Clock) -> CardCharge:
    with acting_for(wish.practice_id, None, now=clock()):
        return CardCharge.objects.select_related("card").get(pk=charge_id)
