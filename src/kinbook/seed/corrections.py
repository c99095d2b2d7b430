"""The demo's corrections: a sliding fee, money that went back, credit notes, and months that are closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.models import CreditKind, Invoice
from kinbook.ledger.commands import close_month
from kinbook.payments.commands import refund_payment
from kinbook.payments.models import BY_PROCESSOR, Payment
from kinbook.payments.queries.listing import rows_of
from kinbook.rules.discount import Terms
from kinbook.rules.periods import first_of
from kinbook.whopays.commands.discounts import DiscountDraft, set_discount

if TYPE_CHECKING:
    from kinbook.seed.people import People
    from kinbook.tenancy.viewer import Viewer

OPEN_MONTHS = timedelta(days=62)
"""So much stays open behind the current month."""


def correct(people: People, sam: Viewer) -> None:
    """Tell the corrections of the last weeks, a few of each kind."""
    _give_back(sam)
    _credit(sam)
    _slide(people, sam)


def _give_back(sam: Viewer) -> None:
    """Refund what one payer paid too much."""
    latest = Payment.objects.exclude(method__in=BY_PROCESSOR).order_by("-received_on", "pk")
    over = next((row for row in rows_of(latest[:200]) if row.left_cents), None)
    if over:
        refund_payment(sam, payment=over.payment, cents=over.left_cents, reason="Paid too much: given back by check")


def _credit(sam: Viewer) -> None:
    """Lower two open invoices: a session that ended early, and a discount for siblings."""
    told = (
        (CreditKind.CREDIT_NOTE, 3000, "The session ended twenty minutes early"),
        (CreditKind.DISCOUNT, 1500, "Siblings on the same day, agreed by phone"),
    )
    open_ones = Invoice.objects.filter(standing__due_cents__gt=5000, standing__is_void=False).exclude(run_id=None)
    for invoice, (kind, cents, reason) in zip(open_ones.order_by("-number")[:2], told, strict=False):
        add_credit_note(sam, invoice=invoice, charge_id=None, cents=cents, reason=reason, kind=kind)


def _slide(people: People, sam: Viewer) -> None:
    """Let one family's sessions cost less from this month on."""
    draft = DiscountDraft(Terms(percent=2500), first_of(sam.today), note="Income checked, looked at again in a year")
    set_discount(sam, client_id=people.parties["Nour Haddad"], draft=draft)


def close_the_books(sam: Viewer) -> None:
    """Close the months whose story is told."""
    close_month(sam, month=first_of(sam.today - OPEN_MONTHS))
