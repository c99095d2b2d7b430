"""Writing payments: received, applied, given back, and taken back where they were entered wrongly."""

from kinbook.payments.commands.credit import allocate_payment, apply_credit
from kinbook.payments.commands.receive import receive_payment
from kinbook.payments.commands.refund import refund_payment
from kinbook.payments.commands.reverse import reverse_payment
from kinbook.payments.queries.payment import unallocated_cents

__all__ = [
    "allocate_payment",
    "apply_credit",
    "receive_payment",
    "refund_payment",
    "reverse_payment",
    "unallocated_cents",
]
