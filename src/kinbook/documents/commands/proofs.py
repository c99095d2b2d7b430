"""Proofs of expense that a custody order asks for: made from one payer's payments, approved by a member, then sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.commands.keep import Draft, keep_documents
from kinbook.documents.commands.send import release
from kinbook.documents.commands.statements import BACKWARDS, require_payer
from kinbook.documents.models import Approval, Document, Kind
from kinbook.documents.queries.addressee import addressee_of, practice_of
from kinbook.documents.queries.proofs import proof_content
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

NOTHING = "This person paid nothing for this client in these dates."


@transaction.atomic
def create_proof(viewer: Viewer, *, payer_id: UUID, client_id: UUID, since: date, through: date) -> Document:
    """Make the proof of a payer's payments received between local dates, under the order on file."""
    require(viewer, Action.DOCUMENT_MAKE, client_id)
    party_for(viewer, payer_id)
    if since > through:
        raise Invalid(to=BACKWARDS)
    practice = practice_of(viewer)
    payer = addressee_of(practice, payer_id)
    require_payer(payer, client_id)
    content = proof_content(practice, payer, client_for(viewer, client_id), since=since, through=through)
    if not content["items"]:
        raise Conflict(NOTHING)
    draft = Draft(payer, frozenset({client_id}), content, client_id)
    (made,) = keep_documents(viewer, Kind.PROOF, [draft], since=since, through=through)
    record(viewer, "proof.made", made, client_id=client_id, payer=str(payer.party.pk))
    return made


@transaction.atomic
def approve_proof(viewer: Viewer, *, document: Document) -> Approval:
    """Approve a proof: from now on it can be downloaded and sent, and stands in its payer's portal."""
    require(viewer, Action.DOCUMENT_SEND, document.client_id)
    if document.kind != Kind.PROOF:
        raise Conflict("This document needs no approval.")
    approval, is_new = Approval.objects.get_or_create(
        practice_id=viewer.practice_id,
        document=document,
        defaults={"approved_at": viewer.now, "approved_by": viewer.name},
    )
    if not is_new:
        raise Conflict(f"{approval.approved_by} has approved it already.")
    release(viewer, [document])
    record(viewer, "proof.approved", document, client_id=document.client_id)
    return approval
