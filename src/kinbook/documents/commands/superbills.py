"""Superbills: what a payer hands to an insurer, with codes, providers, and what this payer paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.commands.keep import Draft, keep_documents
from kinbook.documents.commands.statements import BACKWARDS, require_payer
from kinbook.documents.models import Kind
from kinbook.documents.queries.addressee import addressee_of, practice_of
from kinbook.documents.queries.superbills import superbill_content
from kinbook.ledger.statements import clients_billed
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.documents.models import Document
    from kinbook.documents.queries.superbills import Superbill
    from kinbook.tenancy.viewer import Viewer

NOTHING = "No session of these dates is invoiced to this payer: there is nothing to put on a superbill."


@transaction.atomic
def create_superbill(viewer: Viewer, *, payer_id: UUID, client_id: UUID, since: date, through: date) -> Document:
    """Make a superbill over service dates, both included; what is missing from it is kept with it."""
    require(viewer, Action.DOCUMENT_MAKE, client_id)
    found = superbill_to_be(viewer, payer_id=payer_id, client_id=client_id, since=since, through=through)
    if found.is_empty:
        raise Conflict(NOTHING)
    payer = addressee_of(practice_of(viewer), payer_id)
    missing = [{"field": each.field, "message": each.sentence} for each in found.missing]
    draft = Draft(payer, frozenset({client_id}), {**found.content, "missing": missing}, client_id)
    (made,) = keep_documents(viewer, Kind.SUPERBILL, [draft], since=since, through=through)
    record(viewer, "superbill.made", made, client_id=client_id, payer=str(payer.party.pk), missing=len(missing))
    return made


def superbill_to_be(viewer: Viewer, *, payer_id: UUID, client_id: UUID, since: date, through: date) -> Superbill:
    """Return what a superbill would say, and what would be missing from it."""
    require(viewer, Action.DOCUMENT_MAKE, client_id)
    party_for(viewer, payer_id)
    if since > through:
        raise Invalid(to=BACKWARDS)
    practice = practice_of(viewer)
    payer = addressee_of(practice, payer_id)
    require_payer(payer, client_id)
    return superbill_content(practice, payer, client_for(viewer, client_id), since=since, through=through)


def only_client_of(viewer: Viewer, payer_id: UUID) -> UUID:
    """Return the one client a payer is billed for; Invalid where there are several, or none."""
    payer = addressee_of(practice_of(viewer), payer_id)
    clients = {client for _, client in clients_billed(payer.ids)}
    if len(clients) != 1:
        raise Invalid(client_id="A superbill is about one client: say which.")
    return clients.pop()
