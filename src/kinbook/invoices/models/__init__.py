"""Rows of invoices."""

from kinbook.invoices.models.credit import CreditKind, CreditNote, CreditNoteLine, CreditNoteVoid
from kinbook.invoices.models.invoice import (
    Counter,
    Invoice,
    InvoiceLine,
    InvoiceLineQuerySet,
    InvoiceQuerySet,
    Standing,
    Succession,
    Void,
)
from kinbook.invoices.models.running import Run, RunState, RunStep
from kinbook.invoices.models.sending import (
    Delivery,
    DeliveryKind,
    Mailing,
    MailingItem,
    MailingKind,
)
from kinbook.invoices.models.settling import Allocation, LateFee, WriteOff
from kinbook.invoices.models.terms import ClientNamed, PayerTerms, ReminderPause

__all__ = [
    "Allocation",
    "ClientNamed",
    "Counter",
    "CreditKind",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteVoid",
    "Delivery",
    "DeliveryKind",
    "Invoice",
    "InvoiceLine",
    "InvoiceLineQuerySet",
    "InvoiceQuerySet",
    "LateFee",
    "Mailing",
    "MailingItem",
    "MailingKind",
    "PayerTerms",
    "ReminderPause",
    "Run",
    "RunState",
    "RunStep",
    "Standing",
    "Succession",
    "Void",
    "WriteOff",
]
