"""What a person in the portal may know: views of the database, each with only those rows and columns.

The tables behind them stay closed to them (`kinbook_protect`); the views are made in `migrations/views.sql`.
"""

from kinbook.portal.models.bills import Bill, BillLine, Credit, Due, Paid, Settled
from kinbook.portal.models.cards import CardKey, OwnAutoPay, OwnCard, OwnCharge, Payable
from kinbook.portal.models.papers import Applied, Money, Paper
from kinbook.portal.models.people import Child, Guardian, Person, Visit

__all__ = [
    "VIEWS",
    "Applied",
    "Bill",
    "BillLine",
    "CardKey",
    "Child",
    "Credit",
    "Due",
    "Guardian",
    "Money",
    "OwnAutoPay",
    "OwnCard",
    "OwnCharge",
    "Paid",
    "Paper",
    "Payable",
    "Person",
    "Settled",
    "Visit",
]

VIEWS = (
    "portal_self",
    "portal_minor",
    "portal_bills",
    "portal_person",
    "portal_child",
    "portal_appointment",
    "portal_invoice",
    "portal_line",
    "portal_due",
    "portal_payment",
    "portal_settled",
    "portal_credit",
    "portal_guardian",
    "portal_card_key",
    "portal_card",
    "portal_autopay",
    "portal_card_charge",
    "portal_payable",
    "portal_document",
    "portal_money",
    "portal_applied",
)
"""Everything the portal reads of a practice, by name; nothing else of it is open."""
