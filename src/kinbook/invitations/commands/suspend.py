"""Closing one person's portal for one client, with the reason; and opening it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.models import PortalSuspension
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.commands.sessions import end_sessions
from kinbook.invitations.queries.people import portal_person
from kinbook.people.queries import locked_client
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer

LONGEST_REASON = 1000


@transaction.atomic
def suspend_portal(viewer: Viewer, *, client: Client, party_id: UUID, reason: str) -> None:
    """Close a person's portal for the client until somebody lifts it; whatever they have open ends at once."""
    require(viewer, Action.CONTACT_EDIT, client.pk)
    locked_client(client.pk)
    person = portal_person(viewer, client, party_id)
    words = reason.replace("\x00", "").strip()
    if not words:
        raise Invalid(reason="Say why: whoever looks at this later will want to know.")
    if len(words) > LONGEST_REASON:
        raise Invalid(reason=f"At most {LONGEST_REASON} characters.")
    if person.suspension:
        raise Conflict(f"{person.party.name}’s portal is suspended already. Nothing was changed.")
    PortalSuspension.objects.create(
        practice_id=viewer.practice_id,
        client=client,
        party=person.party,
        reason=words,
        suspended_at=viewer.now,
        suspended_by=viewer.name,
    )
    end_sessions(viewer.practice_id, person.stands)
    record(viewer, "portal.suspended", person.party, client_id=client.pk, name=person.party.name, reason=words)


@transaction.atomic
def lift_suspension(viewer: Viewer, *, client: Client, party_id: UUID) -> None:
    """Let a person into the portal for the client again, as far as their access goes."""
    require(viewer, Action.CONTACT_EDIT, client.pk)
    locked_client(client.pk)
    person = portal_person(viewer, client, party_id)
    if person.suspension is None:
        raise Conflict(f"{person.party.name}’s portal is not suspended. Nothing was changed.")
    PortalSuspension.objects.filter(pk=person.suspension.pk).update(lifted_at=viewer.now, lifted_by=viewer.name)
    record(viewer, "portal.lifted", person.party, client_id=client.pk, name=person.party.name)
