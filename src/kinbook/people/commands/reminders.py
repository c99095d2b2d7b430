"""Who is told of appointments ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.models import Client, Contact
from kinbook.people.queries import lock_clients

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def set_reminders(viewer: Viewer, *, client_id: UUID, own: bool, contact_ids: Collection[str]) -> None:
    """Let the client (`own`) and these contacts be told of appointments ahead, and nobody else."""
    require(viewer, Action.CONTACT_EDIT, client_id)
    lock_clients([client_id])
    Client.objects.filter(pk=client_id).update(reminders=own)
    told = []
    for contact in Contact.objects.filter(client_id=client_id).order_by("pk"):
        is_told = str(contact.pk) in contact_ids
        told += [str(contact.pk)] if is_told else []
        Contact.objects.filter(pk=contact.pk).update(reminders=is_told)
    record(viewer, "reminders.set", client_id=client_id, own=own, contacts=told)
