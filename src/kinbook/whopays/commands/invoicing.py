"""When a client's invoices make themselves: daily, monthly, by hand, or as the practice does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.models import Client
from kinbook.people.queries import locked_client
from kinbook.tenancy.models import Automatic
from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def set_invoicing(viewer: Viewer, *, client_id: UUID, mode: str) -> Client:
    """Say when a client's invoices make themselves; empty is as the practice does. Holds from the next run."""
    require(viewer, Action.WHO_PAYS_CHANGE, client_id)
    if mode and mode not in Automatic.values:
        raise Invalid(invoicing=f"One of: {', '.join(Automatic.values)}; or empty, as the practice does.")
    client = locked_client(client_id)
    before = client.invoicing
    Client.objects.filter(pk=client.pk).update(invoicing=mode)
    record(viewer, "client.invoicing_set", client, client_id=client.pk, changed={"invoicing": [before, mode]})
    client.invoicing = mode
    return client
