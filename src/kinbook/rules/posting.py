"""Money events as balanced double entries: debit positive, credit negative, every entry sums to zero.

Every leg names the payer it speaks of, and the client and invoice where there is one, so that any balance is a sum of
legs: receivable by payer, client and invoice; income by service and clinician; cash by method; credit by payer;
write-offs.
What an invoice asks for is income, tax and what is prepaid, less discounts; cash is the payers' money alone, so what a
card processor keeps of it is booked beside it, never in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Account(StrEnum):
    """The accounts of the journal."""

    RECEIVABLE = "receivable"
    INCOME = "income"
    TAX = "tax"
    PREPAID = "prepaid"
    DISCOUNT = "discount"
    CASH = "cash"
    PROCESSOR = "processor"
    FEES = "fees"
    CREDIT = "credit"
    WRITE_OFF = "write_off"


INVOICED = frozenset({Account.INCOME, Account.TAX, Account.PREPAID, Account.DISCOUNT})
"""What live invoices less credit notes ask for is the sum of these, taken as credit."""


class Event(StrEnum):
    """What an entry records."""

    ISSUED = "invoice issued"
    VOIDED = "invoice voided"
    PAID = "payment received"
    REVERSED = "payment reversed"
    ALLOCATED = "payment allocated"
    UNALLOCATED = "allocation undone"
    WRITTEN_OFF = "written off"
    RESTORED = "write-off undone"
    REFUNDED = "payment refunded"
    DISPUTE_LOST = "dispute lost"
    FEE = "processing fee"
    FEE_RETURNED = "processing fee returned"
    CREDITED = "credit note"
    CREDIT_UNDONE = "credit note undone"
    DISCOUNTED = "discount"
    DISCOUNT_UNDONE = "discount undone"


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an entry, in cents: debit positive, credit negative."""

    account: Account
    cents: int
    payer: str
    client: str | None = None
    invoice: str | None = None
    service: str | None = None
    method: str = ""
    clinician: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced entry."""

    event: Event
    legs: tuple[Leg, ...]

    def __post_init__(self) -> None:
        """Refuse what does not sum to zero: the database would too, but here the caller is named."""
        if sum(leg.cents for leg in self.legs):
            message = f"{self.event}: the legs do not sum to zero"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Billed:
    """One line of an invoice: what a payer owes for a client's service, in cents, and who gave it."""

    payer: str
    client: str
    invoice: str
    service: str | None
    cents: int
    clinician: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An amount that settles what a payer owes for a client on an invoice, in cents.

    `credit_of` names whose credit it is where the payer was merged with the person who paid.
    """

    payer: str
    client: str
    invoice: str
    cents: int
    credit_of: str = ""


def issued(lines: Iterable[Billed]) -> Entry:
    """Return the entry of an issued invoice: the payer owes, the services earned."""
    return Entry(Event.ISSUED, _billing(lines, sign=1))


def voided(lines: Iterable[Billed]) -> Entry:
    """Return the entry of a void: what issuing booked, taken back."""
    return Entry(Event.VOIDED, _billing(lines, sign=-1))


def credited(lines: Iterable[Billed]) -> Entry:
    """Return the entry of a credit note: so much less is owed, and so much less was earned."""
    return Entry(Event.CREDITED, _billing(lines, sign=-1))


def credit_undone(lines: Iterable[Billed]) -> Entry:
    """Return the entry that takes a credit note back, as a void does."""
    return Entry(Event.CREDIT_UNDONE, _billing(lines, sign=1))


def discounted(lines: Iterable[Billed]) -> Entry:
    """Return the entry of a discount: it was earned, and the practice asks for less."""
    return Entry(Event.DISCOUNTED, _billing(lines, sign=-1, earned_as=Account.DISCOUNT))


def discount_undone(lines: Iterable[Billed]) -> Entry:
    """Return the entry that takes a discount back, as a void does."""
    return Entry(Event.DISCOUNT_UNDONE, _billing(lines, sign=1, earned_as=Account.DISCOUNT))


def _billing(lines: Iterable[Billed], *, sign: int, earned_as: Account = Account.INCOME) -> tuple[Leg, ...]:
    owed: dict[tuple[str, str, str], int] = {}
    earned: dict[tuple[str, str, str, str | None, str | None], int] = {}
    for line in lines:
        owed_key = (line.payer, line.client, line.invoice)
        owed[owed_key] = owed.get(owed_key, 0) + line.cents
        earned_key = (*owed_key, line.service, line.clinician)
        earned[earned_key] = earned.get(earned_key, 0) + line.cents
    return (
        *(Leg(Account.RECEIVABLE, sign * cents, *key) for key, cents in owed.items()),
        *(
            Leg(earned_as, -sign * cents, payer, client, invoice, service, clinician=clinician)
            for (payer, client, invoice, service, clinician), cents in earned.items()
        ),
    )


def paid(payer: str, cents: int, method: str) -> Entry:
    """Return the entry of money received: it is the payer's credit until it is allocated."""
    return Entry(Event.PAID, _received(payer, cents, method))


def reversed_payment(payer: str, cents: int, method: str) -> Entry:
    """Return the entry that takes back a payment entered wrongly; its allocations are undone before."""
    return Entry(Event.REVERSED, _received(payer, -cents, method))


def refunded(payer: str, cents: int, method: str) -> Entry:
    """Return the entry of money given back to where it came from; what it had settled is undone before."""
    return Entry(Event.REFUNDED, _received(payer, -cents, method))


def dispute_lost(payer: str, cents: int, method: str) -> Entry:
    """Return the entry of money the payer's bank took back; what it had settled is undone before."""
    return Entry(Event.DISPUTE_LOST, _received(payer, -cents, method))


def processing_fee(payer: str, cents: int) -> Entry:
    """Return the entry of what a card processor keeps of a payment; negative cents: what it gives back of it."""
    event = Event.FEE if cents >= 0 else Event.FEE_RETURNED
    return Entry(event, (Leg(Account.FEES, cents, payer), Leg(Account.PROCESSOR, -cents, payer, method="card")))


def _received(payer: str, cents: int, method: str) -> tuple[Leg, ...]:
    return (
        Leg(Account.CASH, cents, payer, method=method),
        Leg(Account.CREDIT, -cents, payer),
    )


def allocated(parts: Iterable[Part]) -> Entry:
    """Return the entry that settles invoices from the payer's credit."""
    return Entry(Event.ALLOCATED, _settled(parts, Account.CREDIT, sign=1))


def unallocated(parts: Iterable[Part]) -> Entry:
    """Return the entry that gives settled money back to the payer's credit: the invoices are due again."""
    return Entry(Event.UNALLOCATED, _settled(parts, Account.CREDIT, sign=-1))


def written_off(parts: Iterable[Part]) -> Entry:
    """Return the entry of amounts the practice gives up."""
    return Entry(Event.WRITTEN_OFF, _settled(parts, Account.WRITE_OFF, sign=1))


def restored(parts: Iterable[Part]) -> Entry:
    """Return the entry that takes a write-off back, as a void does."""
    return Entry(Event.RESTORED, _settled(parts, Account.WRITE_OFF, sign=-1))


def _settled(parts: Iterable[Part], against: Account, *, sign: int) -> tuple[Leg, ...]:
    legs = []
    for part in parts:
        credit = against is Account.CREDIT
        legs.append(
            Leg(against, sign * part.cents, part.credit_of or part.payer)
            if credit
            else Leg(against, sign * part.cents, part.payer, part.client, part.invoice)
        )
        legs.append(Leg(Account.RECEIVABLE, -sign * part.cents, part.payer, part.client, part.invoice))
    return tuple(legs)
