"""Receipts of payments, and summaries of what a payer paid in a year."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.commands.keep import Draft, keep_documents
from kinbook.documents.commands.statements import require_whole
from kinbook.documents.models import Kind
from kinbook.documents.queries.addressee import addressee_of, practice_of
from kinbook.documents.queries.payments import receipt_content, tax_year_content
from kinbook.ledger.statements import clients_billed
from kinbook.payments.models import Reversal
from kinbook.people.queries import party_for
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.documents.models import Document
    from kinbook.payments.models import Payment
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def create_receipt(viewer: Viewer, *, payment: Payment) -> Document:
    """Make the receipt of a payment, as it stands now; refused for one that was entered wrongly."""
    require(viewer, Action.DOCUMENT_MAKE)
    if Reversal.objects.filter(payment=payment).exists():
        raise Conflict("This payment was taken back: there is nothing to give a receipt for.")
    practice = practice_of(viewer)
    payer = addressee_of(practice, payment.payer_id)
    content, clients = receipt_content(practice, payer, payment)
    about = clients or {client for _, client in clients_billed(payer.ids)}
    for client_id in about:
        require(viewer, Action.DOCUMENT_MAKE, client_id)
    draft = Draft(payer, frozenset(about), content, payment.client_id)
    day = payment.received_on
    (made,) = keep_documents(viewer, Kind.RECEIPT, [draft], since=day, through=day)
    record(viewer, "receipt.made", made, client_id=min(about, default=None), payment=str(payment.pk))
    return made


@transaction.atomic
def create_tax_year(viewer: Viewer, *, payer_id: UUID, year: int) -> Document:
    """Make the summary of what a payer paid in a calendar year, for each client by date."""
    require(viewer, Action.DOCUMENT_MAKE)
    party_for(viewer, payer_id)
    if not 2000 <= year <= viewer.today.year:
        raise Invalid(year="Choose a year that has begun.")
    practice = practice_of(viewer)
    payer = addressee_of(practice, payer_id)
    require_whole(viewer, payer)
    content, clients = tax_year_content(practice, payer, year)
    if not content["rows"]:
        raise Conflict(f"{payer.party.name} paid nothing in {year}.")
    about = clients or {client for _, client in clients_billed(payer.ids)}
    draft = Draft(payer, frozenset(about), content)
    (made,) = keep_documents(viewer, Kind.TAX_YEAR, [draft], since=date(year, 1, 1), through=date(year, 12, 31))
    record(viewer, "tax_year.made", made, client_id=min(about, default=None), year=year)
    return made
