"""A card typed in by its holder at the processor: begun with us, typed in there, kept here by its last four digits.

These ask the processor, so they run outside any transaction and open their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kinbook.cards.commands.cards import CardTerms, add_card
from kinbook.cards.commands.carry_on import customer_of
from kinbook.cards.processor import NoAnswer, SetUp, Turned, begin_set_up, keep_method, set_up_of
from kinbook.cards.queries.keys import account
from kinbook.rules.declines import in_words
from kinbook.team.queries import acting_for
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from kinbook.cards.models import Card

    Clock = Callable[[], datetime]

AWAY = "The card processor does not answer. Nothing was charged: try again in a minute."


def begin(practice_id: UUID, payer_id: UUID, clock: Clock, kind: str = "card") -> SetUp:
    """Begin to keep a payer's card; returns what the browser needs to take its number to the processor."""
    with acting_for(practice_id, None, now=clock()):
        keys = account()
    try:
        customer = customer_of(practice_id, payer_id, keys, clock)
        return begin_set_up(keys, customer=customer, kind=kind)
    except NoAnswer:
        raise Conflict(AWAY) from None
    except Turned as refused:
        raise Conflict(f"The card could not be taken: {in_words(refused.code)}.") from refused


def finish(
    practice_id: UUID,
    payer_id: UUID,
    set_up_id: str,
    clock: Clock,
    *,
    terms: CardTerms,
    by: str,
    is_once: bool = False,
) -> Card:
    """Keep the card that was typed in. Conflict where it was not, or by somebody else."""
    with acting_for(practice_id, None, now=clock()):
        keys = account()
    try:
        customer = customer_of(practice_id, payer_id, keys, clock)
        done = set_up_of(keys, set_up_id)
        if not done.is_done or done.customer != customer:
            raise Conflict("The card was not taken in. Enter it again.")
        method = keep_method(keys, method_id=done.method_id, customer=customer)
    except NoAnswer:
        raise Conflict(AWAY) from None
    except Turned as refused:
        raise Conflict(f"The card was not kept: {in_words(refused.code)}.") from refused
    with acting_for(practice_id, None, now=clock()) as viewer:
        named = replace(viewer, name=by)
        return add_card(named, payer_id=payer_id, method=method, terms=terms, is_once=is_once)
