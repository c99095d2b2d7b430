"""Noting what was shown to whom: how far somebody has read, and when they saw each message first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kinbook.audit.record import record
from kinbook.messaging.commands.taking_part import require_part
from kinbook.messaging.models import Participant
from kinbook.messaging.models.talk import is_me
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

NOTE = """
INSERT INTO messaging_seen (id, practice_id, message_id, member_id, party_id, name, at)
SELECT gen_random_uuid(), said.practice_id, said.id, %(member)s, %(party)s, %(name)s, %(now)s
FROM messaging_message said
WHERE said.id = ANY (%(messages)s)
  AND coalesce(said.author_member_id, said.author_party_id) <> %(viewer)s
ON CONFLICT DO NOTHING
"""


def note_seen(viewer: Viewer, message_ids: Iterable[UUID]) -> None:
    """Note that messages were shown to the viewer; one's own, and those seen before, are not noted."""
    ids = list(message_ids)
    if not ids or viewer.is_job:
        return
    is_portal = viewer.kind is ViewerKind.PORTAL
    values = {
        "viewer": viewer.id,
        "member": None if is_portal else viewer.id,
        "party": viewer.id if is_portal else None,
        "name": viewer.name,
        "now": viewer.now,
        "messages": ids,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)


def move_place(viewer: Viewer, conversation_id: UUID, through: int) -> bool:
    """Move the viewer's place of reading forward to a message's number; never back. Returns whether it moved."""
    mine = Participant.objects.filter(
        is_me(viewer), conversation_id=conversation_id, read_number__lt=through, conversation__last_number__gte=through
    )
    return bool(mine.update(read_number=through, read_at=viewer.now))


@transaction.atomic
def mark_read(viewer: Viewer, *, conversation_id: UUID, through: int | None = None) -> bool:
    """Mark a conversation as read through a message's number, or to its end; returns whether anything was new."""
    talk, _ = require_part(viewer, conversation_id)
    moved = move_place(viewer, talk.pk, talk.last_number if through is None else min(through, talk.last_number))
    if moved:
        record(viewer, "conversation.read", talk, client_id=talk.client_id, through=through or talk.last_number)
    return moved
