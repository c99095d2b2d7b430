"""Reading payments: the list, one with what it settled, everything of one payer, and whether they add up."""

from kinbook.payments.queries.listing import payment_list, payment_rows, payments_visible_to, rows_of
from kinbook.payments.queries.payer import payer_page
from kinbook.payments.queries.payment import open_invoices, payment_page, unallocated_cents
from kinbook.payments.queries.verify import wrong_payments

__all__ = [
    "open_invoices",
    "payer_page",
    "payment_list",
    "payment_page",
    "payment_rows",
    "payments_visible_to",
    "rows_of",
    "unallocated_cents",
    "wrong_payments",
]
