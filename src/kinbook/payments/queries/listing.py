"""Which payments the viewer may see, with what is left of each; and the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, closed_to, reaches_all, reaches_practice
from kinbook.invoices.models import Allocation
from kinbook.payments.models import Payment, Refund, Reversal
from kinbook.people.queries import parties_visible_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from kinbook.people.models import Party
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
    refunded_cents: int = 0

    @property
    def refundable_cents(self) -> int:
        """What could still be given back."""
        return 0 if self.is_reversed else self.payment.cents - self.refunded_cents


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
    given_back = Refund.objects.filter(payment_id=OuterRef("pk")).order_by().values("payment_id")
    rows: Any = payments.select_related("payer__merged_into").annotate(
        settled=Subquery(settled.annotate(sum=Sum("cents")).values("sum")),
        refunded=Subquery(given_back.annotate(sum=Sum("cents")).values("sum")),
        is_reversed=Exists(Reversal.objects.filter(payment=OuterRef("pk"))),
    )
    return [
        PaymentRow(
            each,
            each.payer.merged_into or each.payer,
            0 if each.is_reversed else each.cents - (each.settled or 0) - (each.refunded or 0),
            each.is_reversed,
            each.refunded or 0,
        )
        for each in rows
    ]


def payment_rows(payments: Sequence[Payment]) -> list[PaymentRow]:
    """Return payments already loaded with what is left of each, in their order: one query."""
    rows = {row.payment.pk: row for row in rows_of(Payment.objects.filter(pk__in=[each.pk for each in payments]))}
    return [rows[each.pk] for each in payments]
