"""AutoPay tonight: which card pays which invoices, for how much, and what is held and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from kinbook.cards.models import ON_ITS_WAY, AutoPay, Card, CardCharge, ChargePart, State
from kinbook.cards.queries.keys import keys
from kinbook.invoices.models import InvoiceLine, Standing
from kinbook.people.models import Party
from kinbook.people.queries import roots
from kinbook.rules.periods import spoken_day
from kinbook.tenancy.models import holds_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class DueInvoice:
    """An invoice that AutoPay is to pay, with what is due on it in cents."""

    id: UUID
    name: str
    due_on: date
    due_cents: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One charge of tonight: a payer's card and the invoices it pays. `held` says why it is not charged."""

    payer: Party
    card: Card
    client_ids: tuple[UUID, ...]
    invoices: tuple[DueInvoice, ...]
    held: str
    failed: CardCharge | None

    @property
    def cents(self) -> int:
        """How much it is, in cents."""
        return sum(each.due_cents for each in self.invoices)


def next_night(today: date) -> date:
    """Return the day whose invoices AutoPay charges next: today's, where its night has not begun yet."""
    found = keys()
    return today if found is None or found.paid_through < today else today + timedelta(days=1)


def autopay_on(day: date) -> list[Planned]:
    """Return what AutoPay charges on a day, and what it holds; the same number of queries for any number."""
    held = list(AutoPay.objects.filter(holds_on(day)).select_related("card", "payer__merged_into"))
    by_payer: dict[tuple[UUID, UUID], AutoPay] = {
        ((each.payer.merged_into_id or each.payer_id), each.client_id): each for each in held
    }
    owed = _owed(day, {payer for payer, _ in by_payer})
    if not owed:
        return []
    parties = roots(each.payer_id for each in owed)
    clients = _clients([each.pk for each in owed])
    tried = _tried([each.pk for each in owed])
    groups: dict[tuple[UUID, UUID, UUID | None], list[tuple[Standing, AutoPay]]] = defaultdict(list)
    for each in owed:
        payer = parties[each.payer_id]
        terms = [by_payer.get((payer.pk, client_id)) for client_id in clients[each.pk]]
        if not terms or None in terms or len({one.card_id for one in terms if one}) > 1:
            continue
        charge = tried.get(each.pk)
        first = next(one for one in terms if one)
        groups[payer.pk, first.card_id, charge.pk if charge else None].append((each, first))
    charges = {charge.pk: charge for charge in tried.values()}
    return [
        _planned(day, parties[rows[0][0].payer_id], rows, clients, charges.get(failed) if failed else None)
        for (_, _, failed), rows in sorted(groups.items(), key=lambda item: str(item[0]))
    ]


def _owed(day: date, payers: Iterable[UUID]) -> list[Standing]:
    whose = Party.objects.filter(Q(pk__in=list(payers)) | Q(merged_into_id__in=list(payers))).values("pk")
    rows = Standing.objects.filter(payer_id__in=whose, due_cents__gt=0, due_on__lte=day, is_void=False)
    return list(rows.select_related("invoice").order_by("due_on", "invoice__number"))


def _clients(invoice_ids: list[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, dict[UUID, None]] = defaultdict(dict)
    rows = InvoiceLine.objects.filter(invoice_id__in=invoice_ids).order_by("position")
    for invoice_id, client_id in rows.values_list("invoice_id", "client_id"):
        found[invoice_id][client_id] = None
    return {invoice_id: tuple(clients) for invoice_id, clients in found.items()}


def _tried(invoice_ids: list[UUID]) -> dict[UUID, CardCharge]:
    """Return for each invoice the charge that is on its way, or failed and waits."""
    waits = Q(charge__state__in=ON_ITS_WAY) | Q(charge__state=State.FAILED, charge__answered_at=None)
    rows = ChargePart.objects.filter(waits, invoice_id__in=invoice_ids).select_related("charge")
    return {each.invoice_id: each.charge for each in rows.order_by("charge__asked_at")}


def _planned(
    day: date,
    payer: Party,
    rows: list[tuple[Standing, AutoPay]],
    clients: dict[UUID, tuple[UUID, ...]],
    failed: CardCharge | None,
) -> Planned:
    terms = rows[0][1]
    invoices = tuple(DueInvoice(each.invoice_id, each.invoice.name, each.due_on, each.due_cents) for each, _ in rows)
    whose = dict.fromkeys(client_id for each, _ in rows for client_id in clients[each.invoice_id])
    cents = sum(each.due_cents for each in invoices)
    held = _held_by_charge(day, failed) or _held_by_card(day, terms, [one for _, one in rows], cents)
    return Planned(payer, terms.card, tuple(whose), invoices, held, failed)


def _held_by_charge(day: date, failed: CardCharge | None) -> str:
    if failed is None:
        return ""
    if failed.state != State.FAILED:
        return "A charge is on its way"
    if failed.next_try_on is None:
        return f"Failed and not tried again: {failed.why}"
    return f"Next try on {spoken_day(failed.next_try_on)}: {failed.why}" if failed.next_try_on > day else ""


def _held_by_card(day: date, terms: AutoPay, all_terms: list[AutoPay], cents: int) -> str:
    card = terms.card
    if card.removed_at is not None:
        return "The card was removed"
    if card.has_expired(day):
        return f"The card expired in {card.expires}"
    limits = [each.most_cents for each in all_terms if each.most_cents is not None]
    if card.most_a_charge is not None:
        limits.append(card.most_a_charge)
    return "Over the limit its holder set" if limits and cents > min(limits) else ""
