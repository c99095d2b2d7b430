"""Keeping cards: added once their holder typed them in at the processor, named, limited, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.cards.models import AutoPay, Card, Customer
from kinbook.jobs.app import enqueue
from kinbook.people.queries import party_for, same_person
from kinbook.rules.money import LARGEST
from kinbook.tenancy.models import holds_on
from kinbook.tenancy.refused import Invalid, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.cards.processor import Method
    from kinbook.tenancy.viewer import Viewer

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class CardTerms:
    """What a payer or the practice says of a card: limits in cents, None for none."""

    nickname: str = ""
    client_id: UUID | None = None
    most_a_charge: int | None = None
    most_a_month: int | None = None


@transaction.atomic
def note_customer(viewer: Viewer, *, payer_id: UUID, processor_id: str) -> Customer:
    """Note a payer's entry at the processor; of two made at once the first stays."""
    require(viewer, Action.PAYMENT_ADD)
    made, is_new = Customer.objects.get_or_create(
        practice_id=viewer.practice_id, payer_id=payer_id, defaults={"processor_id": processor_id}
    )
    if is_new:
        record(viewer, "card.payer_entered", payer=str(payer_id))
    return made


@transaction.atomic
def add_card(viewer: Viewer, *, payer_id: UUID, method: Method, terms: CardTerms, is_once: bool = False) -> Card:
    """Keep a payer's card; the same one again is the one that is kept. `is_once`: for one charge by its holder."""
    require(viewer, Action.PAYMENT_ADD, terms.client_id)
    party = party_for(viewer, payer_id)
    _check(terms)
    known = Card.objects.filter(processor_id=method.id).first()
    if known is not None:
        return known
    card = Card.objects.create(
        practice_id=viewer.practice_id,
        payer_id=party.merged_into_id or party.pk,
        client_id=terms.client_id,
        processor_id=method.id,
        kind=method.kind,
        brand=method.brand,
        last_four=method.last_four,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        nickname=_clean(terms.nickname),
        most_a_charge=terms.most_a_charge,
        most_a_month=terms.most_a_month,
        is_once=is_once,
        added_at=viewer.now,
        added_by=viewer.name,
    )
    record(viewer, "card.added", card, client_id=terms.client_id, payer=str(card.payer_id), kind=card.kind)
    return card


def _check(terms: CardTerms) -> None:
    problems = {}
    if len(_clean(terms.nickname)) > LONGEST_NAME:
        problems["nickname"] = f"At most {LONGEST_NAME} characters."
    for name in ("most_a_charge", "most_a_month"):
        cents = getattr(terms, name)
        if cents is not None and not 0 < cents <= LARGEST:
            problems[name] = "A limit is more than nothing."
    if problems:
        raise Invalid(**problems)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


@transaction.atomic
def change_card(viewer: Viewer, *, card: Card, terms: CardTerms) -> Card:
    """Give a card another nickname and other limits."""
    require(viewer, Action.PAYMENT_ADD, card.client_id)
    _check(terms)
    values = {
        "nickname": _clean(terms.nickname),
        "client_id": terms.client_id,
        "most_a_charge": terms.most_a_charge,
        "most_a_month": terms.most_a_month,
    }
    Card.objects.filter(pk=card.pk, removed_at=None).update(**values)
    # a nickname may say anything: the log tells that it was changed, not what it is
    limits = [terms.most_a_charge, terms.most_a_month]
    record(viewer, "card.changed", card, client_id=card.client_id, payer=str(card.payer_id), limits=limits)
    card.refresh_from_db()
    return card


@transaction.atomic
def remove_card(viewer: Viewer, *, card: Card) -> None:
    """Forget a card, here and at the processor; AutoPay with it ends today. What it paid stays as it is."""
    require(viewer, Action.PAYMENT_ADD, card.client_id)
    done = Card.objects.filter(pk=card.pk, removed_at=None).update(removed_at=viewer.now, removed_by=viewer.name)
    if not done:
        return
    end_all(viewer, card)
    enqueue("cards.forget", practice_id=str(viewer.practice_id), card_id=str(card.pk))
    record(viewer, "card.removed", card, client_id=card.client_id, payer=str(card.payer_id))


def end_all(viewer: Viewer, card: Card) -> None:
    """End what a card pays by itself. Part of a command."""
    held = AutoPay.objects.filter(holds_on(viewer.today) | Q(starts_on__gt=viewer.today), card=card)
    for each in held:
        end_one(viewer, each)


def end_one(viewer: Viewer, autopay: AutoPay) -> None:
    """End one: what began today or later never was. Part of a command."""
    if autopay.starts_on >= viewer.today:
        autopay.delete()
    else:
        AutoPay.objects.filter(pk=autopay.pk).update(until=viewer.today, ended_by=viewer.name)


def card_of(payer_id: UUID, card_id: UUID) -> Card:
    """Return a kept card of a payer (any id of one person); another's looks like none."""
    card = Card.objects.kept().filter(pk=card_id, payer_id__in=same_person(payer_id)).first()
    if card is None:
        raise Unknown
    return card
