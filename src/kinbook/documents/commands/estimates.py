"""Good-faith estimates: what booked services will cost a payer, told before they take place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.commands.keep import Draft, keep_documents
from kinbook.documents.commands.statements import BACKWARDS, require_payer
from kinbook.documents.models import Kind
from kinbook.documents.queries.addressee import addressee_of, practice_of
from kinbook.documents.queries.estimates import estimate_content
from kinbook.people.queries import client_for, party_for
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from kinbook.documents.models import Document
    from kinbook.tenancy.viewer import Viewer

LONGEST = timedelta(days=366)
NOTHING = "No appointment of these dates is booked for this payer: book them first."


@transaction.atomic
def create_estimate(viewer: Viewer, *, payer_id: UUID, client_id: UUID, since: date, through: date) -> Document:
    """Make the estimate of a payer's part of what is booked between local dates, a year at most."""
    require(viewer, Action.DOCUMENT_MAKE, client_id)
    party_for(viewer, payer_id)
    if since > through:
        raise Invalid(to=BACKWARDS)
    if through - since > LONGEST:
        raise Invalid(to="An estimate looks twelve months ahead at most.")
    practice = practice_of(viewer)
    payer = addressee_of(practice, payer_id)
    require_payer(payer, client_id)
    content = estimate_content(practice, payer, client_for(viewer, client_id), since=since, through=through)
    if not content["lines"]:
        raise Conflict(NOTHING)
    draft = Draft(payer, frozenset({client_id}), content, client_id)
    (made,) = keep_documents(viewer, Kind.ESTIMATE, [draft], since=since, through=through)
    record(viewer, "estimate.made", made, client_id=client_id, payer=str(payer.party.pk))
    return made
