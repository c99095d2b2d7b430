"""Looking at the portal as somebody: read only, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.commands.sessions import open_session
from kinbook.invitations.queries.people import may_view_as, portal_person
from kinbook.tenancy.refused import Conflict, Forbidden

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def view_as(viewer: Viewer, *, client: Client, party_id: UUID) -> str:
    """Open a session that looks on as a person who has the portal for the client; returns its secret."""
    require(viewer, Action.CLIENT_OPEN, client.pk)
    person = portal_person(viewer, client, party_id)
    if not person.is_open:
        raise Conflict(f"{person.party.name} has no portal for {client.name}: there is nothing to look at.")
    if not may_view_as(viewer, person.stands):
        raise Forbidden("Their portal also shows clients you may not open. Nothing was changed.")
    record(viewer, "portal.viewed_as", person.party, client_id=client.pk, name=person.party.name)
    return open_session(practice_id=viewer.practice_id, party_id=person.stands, now=viewer.now, member_id=viewer.id)
