"""Reading payments: the list, one with what it settled, and everything of one payer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, closed_to, reaches_all, reaches_practice
from kinbook.invoices.models import Allocation, Invoice
from kinbook.ledger.balances import PayerStanding, payer_standing
from kinbook.ledger.verify import Difference, asked
from kinbook.payments.models import Payment, Reversal
from kinbook.people.models import Client, Party
from kinbook.people.queries import parties_visible_to, party_for, same_person
from kinbook.tenancy.refused import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

PAGE = 50


def payments_visible_to(viewer: Viewer) -> QuerySet[Payment]:
    """Return payments for clients whose amounts the viewer may see, that settled theirs, or that the viewer entered."""
    reach = clients_in_reach(viewer, Action.AMOUNTS_SEE)
    if reaches_all(viewer, Action.AMOUNTS_SEE):
        return Payment.objects.filter(practice_id=viewer.practice_id)
    at_all = Allocation.objects.filter(payment_id=OuterRef("pk"))
    of_clients = Q(Exists(at_all.filter(reach))) | (Q(client__isnull=False) & reach)
    of_nobody = Q(entered_by_id=viewer.id)
    if reaches_practice(viewer, Action.AMOUNTS_SEE):
        of_nobody |= Q(~Exists(at_all), client=None)
    closed = closed_to(viewer)
    if closed:  # who pays for closed records alone is not there, whoever entered it
        payer = parties_visible_to(viewer).filter(pk=OuterRef("payer_id"))
        of_nobody &= Q(Exists(payer)) & ~Q(client_id__in=closed)
    return Payment.objects.filter(of_clients | of_nobody)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One line of the list; `left_cents` is credit."""

    payment: Payment
    payer: Party
    left_cents: int
    is_reversed: bool


def payment_list(viewer: Viewer, after: str = "") -> tuple[list[PaymentRow], str]:
    """Return one page of payments, newest first, and where the next begins: one query."""
    rows = payments_visible_to(viewer)
    day, _, key = after.partition("~")
    since, last = _day(day), _id(key)
    if since and last:
        rows = rows.filter(Q(received_on__lt=since) | Q(received_on=since, pk__lt=last))
    found = rows_of(rows.order_by("-received_on", "-pk")[: PAGE + 1])
    last_shown = found[PAGE - 1].payment if len(found) > PAGE else None
    more = f"{last_shown.received_on}~{last_shown.pk}" if last_shown else ""
    return found[:PAGE], more


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def rows_of(payments: QuerySet[Payment]) -> list[PaymentRow]:
    """Return payments with their payers and what is left of each: one query."""
    settled = Allocation.objects.filter(payment_id=OuterRef("pk")).order_by().values("payment_id")
    rows: Any = payments.select_related("payer__merged_into").annotate(
        settled=Subquery(settled.annotate(sum=Sum("cents")).values("sum")),
        is_reversed=Exists(Reversal.objects.filter(payment=OuterRef("pk"))),
    )
    return [
        PaymentRow(
            each,
            each.payer.merged_into or each.payer,
            0 if each.is_reversed else each.cents - (each.settled or 0),
            each.is_reversed,
        )
        for each in rows
    ]


def payment_rows(payments: Sequence[Payment]) -> list[PaymentRow]:
    """Return payments already loaded with what is left of each, in their order: one query."""
    rows = {row.payment.pk: row for row in rows_of(Payment.objects.filter(pk__in=[each.pk for each in payments]))}
    return [rows[each.pk] for each in payments]


@dataclass(frozen=True, slots=True)
class SettledInvoice:
    """What of a payment settled an invoice, in cents."""

    invoice: Invoice
    cents: int


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment with what it settled, and the end of it where it was reversed."""

    row: PaymentRow
    settled: list[SettledInvoice]
    reversal: Reversal | None
    open_invoices: list[Invoice]


def payment_page(viewer: Viewer, payment_id: UUID) -> PaymentPage:
    """Return a payment the viewer may see; unknown and forbidden look alike."""
    found = rows_of(payments_visible_to(viewer).filter(pk=payment_id))
    if not found:
        raise Unknown
    payment = found[0].payment
    seen = Allocation.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), payment=payment)
    sums = dict(seen.values_list("invoice_id").annotate(cents=Sum("cents")))
    invoices = Invoice.objects.with_state().in_bulk([key for key, cents in sums.items() if cents])
    return PaymentPage(
        row=found[0],
        settled=[SettledInvoice(invoices[key], cents) for key, cents in sums.items() if cents],
        reversal=Reversal.objects.filter(payment=payment).first(),
        open_invoices=open_invoices(viewer, same_person(payment.payer_id)),
    )


def open_invoices(viewer: Viewer, payers: Sequence[UUID]) -> list[Invoice]:
    """Return the invoices of a payer (all ids of one person) with something due, oldest first, where visible."""
    rows = Invoice.objects.visible_to(viewer).with_state().filter(payer_id__in=payers)
    return list(rows.filter(standing__due_cents__gt=0).order_by("due_on", "number"))


@dataclass(frozen=True, slots=True)
class PayerPage:
    """Everything of one payer that the viewer may see."""

    party: Party
    standing: PayerStanding
    by_client: list[tuple[Client, int]]
    open_invoices: list[Invoice]
    invoices: list[Invoice]
    payments: list[PaymentRow]


def payer_page(viewer: Viewer, party_id: UUID) -> PayerPage:
    """Return a payer's balances, invoices and payments."""
    party = party_for(viewer, party_id)
    party = party.merged_into or party
    mine = same_person(party.pk)
    standing = payer_standing(mine, clients_in_reach(viewer, Action.AMOUNTS_SEE))
    clients = Client.objects.select_related("party").in_bulk(list(standing.by_client))
    rows = payments_visible_to(viewer).filter(payer_id__in=mine)
    invoices = Invoice.objects.visible_to(viewer).with_state().filter(payer_id__in=mine).order_by("-number")
    return PayerPage(
        party=party,
        standing=standing,
        by_client=[(clients[key], one.balance_cents) for key, one in standing.by_client.items() if key in clients],
        open_invoices=open_invoices(viewer, mine),
        invoices=list(invoices[:PAGE]),
        payments=rows_of(rows.order_by("-received_on", "-pk")[:PAGE]),
    )


RECEIVED = """
WITH settled AS (SELECT payment_id, sum(cents) AS cents FROM invoices_allocation GROUP BY payment_id),
booked AS (
  SELECT entry.payment_id, sum(line.cents) AS cents
  FROM ledger_line line JOIN ledger_entry entry ON entry.practice_id = line.practice_id AND entry.id = line.entry_id
  WHERE line.account = 'cash' AND entry.payment_id IS NOT NULL GROUP BY entry.payment_id
)
SELECT payment.id, payment.cents, back.id IS NOT NULL, coalesce(settled.cents, 0), coalesce(booked.cents, 0)
FROM payments_payment payment
LEFT JOIN settled ON settled.payment_id = payment.id
LEFT JOIN booked ON booked.payment_id = payment.id
LEFT JOIN payments_reversal back ON back.practice_id = payment.practice_id AND back.payment_id = payment.id
WHERE coalesce(settled.cents, 0) NOT BETWEEN 0 AND CASE WHEN back.id IS NULL THEN payment.cents ELSE 0 END
  OR coalesce(booked.cents, 0) <> CASE WHEN back.id IS NULL THEN payment.cents ELSE 0 END
"""


def wrong_payments() -> Iterator[Difference]:
    """Find payments that settle more than they are, or that the journal does not hold as they are."""
    for payment, cents, is_reversed, settled, booked in asked(RECEIVED):
        kept = "reversed" if is_reversed else f"{cents} cents"
        told = f"{kept}: it settles {settled} cents, the journal holds {booked}"
        yield Difference("payments settle at most what they are", f"payment {payment}", told)
