"""What was booked between the practice and a client's payers, newest first, with the balance after each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from kinbook.ledger.models import Line
from kinbook.people.queries.marks import mark, party_of
from kinbook.rules.posting import Account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from kinbook.people.models import Party

SHOWN = 60


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One booking: what a payer owes more (or less, negative) for the client since, and what they owe in all; cents."""

    on_date: date
    posted_at: datetime
    event: str
    note: str
    posted_by: str
    invoice_id: UUID | None
    payment_id: UUID | None
    party: Party
    cents: int
    balance_cents: int


def account_of_client(client_id: UUID, payers: Sequence[UUID] = ()) -> list[AccountLine]:
    """Return the latest bookings on a client's account, of some payers or of all: two queries."""
    lines = Line.objects.filter(client_id=client_id, account=Account.RECEIVABLE)
    if payers:
        lines = lines.filter(payer_id__in=payers)
    balance = lines.aggregate(sum=Sum("cents"))["sum"] or 0
    rows = (
        lines.annotate(mark=mark("payer_id"))
        .values_list(
            *("entry__on_date", "entry__posted_at", "entry__event", "entry__note", "entry__posted_by"),
            *("invoice_id", "entry__payment_id", "mark", "cents"),
        )
        .order_by("-entry__posted_at", "-entry_id", "-pk")[:SHOWN]
    )
    found = []
    for on_date, posted_at, event, note, posted_by, invoice_id, payment_id, marked, cents in rows:
        told = (on_date, posted_at, event, note, posted_by, invoice_id, payment_id)
        found.append(AccountLine(*told, party_of(marked), cents, balance))
        balance -= cents
    return found
