"""A person's own cards, what they pay by themselves, and what may be paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.portal.models import Bill, CardKey, OwnAutoPay, OwnCard, OwnCharge, Payable
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from kinbook.portal.models import Child

LATEST = 12


@dataclass(frozen=True, slots=True)
class ChildPaid:
    """A child, and the card that pays their invoices by itself."""

    child: Child
    card: OwnCard | None


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The person's cards, those of them that end, AutoPay by child, and their latest charges."""

    cards: list[OwnCard]
    expired: set[UUID]
    expiring: set[UUID]
    paid: list[ChildPaid]
    charges: list[OwnCharge]


def publishable_key() -> str:
    """Return the key browsers use; nothing where the practice takes no cards."""
    found = CardKey.objects.first()
    return found.publishable if found else ""


def own_cards() -> list[OwnCard]:
    """Return the person's cards, the first added first."""
    return list(OwnCard.objects.order_by("added_at", "pk"))


def cards_page(children: Sequence[Child], today: date) -> CardsPage:
    """Return everything of cards."""
    cards = own_cards()
    known = {each.pk: each for each in cards}
    paying = {each.client_id: known.get(each.card_id) for each in OwnAutoPay.objects.all()}
    return CardsPage(
        cards=cards,
        expired={each.pk for each in cards if each.has_expired(today)},
        expiring={each.pk for each in cards if each.expires_soon(today)},
        paid=[ChildPaid(each, paying.get(each.pk)) for each in children if each.payments],
        charges=list(OwnCharge.objects.order_by("-asked_at", "-pk")[:LATEST]),
    )


def own_card(card_id: UUID) -> OwnCard:
    """Return one card of the person's own; another's looks like none."""
    found = OwnCard.objects.filter(pk=card_id).first()
    if found is None:
        raise Unknown
    return found


def pays_together() -> bool:
    """Tell whether there are several own invoices that may be paid together."""
    return Payable.objects.filter(is_on_its_way=False).count() > 1


def payables() -> list[tuple[Bill, int]]:
    """Return the own invoices that may be paid together, with what is due in cents: the longest due first."""
    due = {each.pk: each.due_cents for each in Payable.objects.filter(is_on_its_way=False)}
    return [(each, due[each.pk]) for each in Bill.objects.filter(pk__in=due).order_by("due_on", "name")]


def payable(invoice_id: UUID) -> Payable | None:
    """Return what may be paid of an own invoice; None where it may not."""
    return Payable.objects.filter(pk=invoice_id).first()
