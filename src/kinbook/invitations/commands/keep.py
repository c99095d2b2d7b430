"""What guardians keep when their child is of age: recorded when the client agrees, and ended when they no longer do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.models import PortalGrant
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invitations.queries.people import portal_person
from kinbook.people.queries import locked_client
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.invitations.queries.people import PortalPerson
    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def keep_portal(viewer: Viewer, *, client: Client, party_id: UUID) -> None:
    """Record that the client, of age, agreed that a guardian keeps their access, from today."""
    require(viewer, Action.CONTACT_EDIT, client.pk)
    person = _guardian(viewer, client, party_id)
    if person.kept_from:
        raise Conflict(f"{person.party.name} keeps their access already. Nothing was changed.")
    PortalGrant.objects.filter(client=client, party=person.party).update(kept_from=viewer.today)
    record(viewer, "portal.kept", person.party, client_id=client.pk, name=person.party.name)


@transaction.atomic
def end_kept_portal(viewer: Viewer, *, client: Client, party_id: UUID) -> None:
    """Record that the client agrees no longer: what the guardian has open ends at once."""
    require(viewer, Action.CONTACT_EDIT, client.pk)
    person = _guardian(viewer, client, party_id)
    if not person.kept_from:
        raise Conflict(f"{person.party.name} keeps no access. Nothing was changed.")
    PortalGrant.objects.filter(client=client, party=person.party).update(kept_from=None)
    record(viewer, "portal.kept_ended", person.party, client_id=client.pk, name=person.party.name)


def _guardian(viewer: Viewer, client: Client, party_id: UUID) -> PortalPerson:
    locked_client(client.pk)
    person = portal_person(viewer, client, party_id)
    if not person.is_past_age:
        raise Conflict(
            f"{client.short_name} says who keeps access once they are of age, and of guardians who have it. "
            "Nothing was changed."
        )
    return person
