"""Statements: the account of a payer over a period, for one client or for all of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.commands.keep import Draft, keep_documents
from kinbook.documents.models import Kind
from kinbook.documents.queries.addressee import addressee_of, practice_of
from kinbook.documents.queries.statements import StatementOf, statement_contents
from kinbook.ledger.statements import clients_billed
from kinbook.people.queries import party_for
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.whopays.queries.payers import possible_payers

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.documents.models import Document
    from kinbook.documents.queries.addressee import Addressee
    from kinbook.tenancy.viewer import Viewer

NOT_ALL = "This payer pays for clients who are not yours: make a statement for one of yours."
NO_PAYER = "This person pays nothing for this client: choose one of the client's contacts."
BACKWARDS = "The last day is not before the first."


@transaction.atomic
def create_statement(
    viewer: Viewer, *, payer_id: UUID, client_id: UUID | None = None, since: date, through: date
) -> Document:
    """Make a payer's statement over local dates, both included; without a client over all the payer pays for."""
    require(viewer, Action.DOCUMENT_MAKE, client_id)
    party_for(viewer, payer_id)
    if since > through:
        raise Invalid(to=BACKWARDS)
    practice = practice_of(viewer)
    payer = addressee_of(practice, payer_id)
    if client_id:
        require_payer(payer, client_id)
    asked = StatementOf(payer, client_id)
    ((content, clients),) = statement_contents(practice, [asked], since=since, through=through)
    if not client_id:
        require_whole(viewer, payer)
    draft = Draft(payer, frozenset(clients), content, client_id)
    (made,) = keep_documents(viewer, Kind.STATEMENT, [draft], since=since, through=through)
    record(viewer, "statement.made", made, client_id=client_id or min(clients, default=None), payer=str(payer.party.pk))
    return made


def require_payer(payer: Addressee, client_id: UUID) -> None:
    """Refuse who is neither the client, a partner nor a contact of theirs, and was never billed for them."""
    billed = {client for _, client in clients_billed(payer.ids)}
    if client_id not in billed and not set(payer.ids) & set(possible_payers(client_id)):
        raise Invalid(payer_id=NO_PAYER)


def require_whole(viewer: Viewer, payer: Addressee) -> None:
    """Refuse where the payer was billed for a client out of the viewer's reach: a part would look like the whole."""
    for client_id in {client for _, client in clients_billed(payer.ids)}:
        try:
            require(viewer, Action.DOCUMENT_MAKE, client_id)
        except Forbidden:
            raise Forbidden(NOT_ALL) from None
