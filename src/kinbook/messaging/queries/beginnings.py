"""What a member was writing to begin conversations: of clients they may still write about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach
from kinbook.messaging.models import NewDraft

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer


def new_drafts(viewer: Viewer) -> list[NewDraft]:
    """Return the viewer's own, the latest first, with their clients."""
    mine = NewDraft.objects.filter(clients_in_reach(viewer, Action.MESSAGES_SEND), member_id=viewer.id)
    return list(mine.select_related("client__party").order_by("-kept_at", "-pk"))


def new_draft(viewer: Viewer, client_id: UUID) -> NewDraft | None:
    """Return the viewer's own about a client."""
    return NewDraft.objects.filter(member_id=viewer.id, client_id=client_id).first()
