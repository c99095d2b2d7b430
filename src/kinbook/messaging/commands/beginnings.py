"""What a member is writing to begin a conversation: kept until it is sent or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.messaging.commands.start import LONGEST_SUBJECT
from kinbook.messaging.commands.taking_part import read_words
from kinbook.messaging.models import Conversation, Kind, NewDraft
from kinbook.people.queries import client_for
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.messaging.commands.start import TalkDraft
    from kinbook.tenancy.viewer import Viewer

MOST_PEOPLE = 30


@transaction.atomic
def save_new_draft(viewer: Viewer, *, draft: TalkDraft, body: str, draft_id: UUID) -> NewDraft | None:
    """Keep what a member is writing to begin a conversation; where nothing is written there is no draft.

    Audited when it begins. One that was kept under another id, in another window, goes on under its own.
    """
    client = client_for(viewer, draft.client_id, Action.MESSAGES_SEE)
    require(viewer, Action.MESSAGES_SEND, client.pk)
    if viewer.kind is not ViewerKind.MEMBER:
        raise Forbidden
    words = read_words(body, may_be_empty=True)
    mine = NewDraft.objects.filter(member_id=viewer.id, client=client)
    if Conversation.objects.filter(pk=draft_id).exists():
        return None  # sent meanwhile: what comes after it is nobody's wish
    if not words and not draft.about.strip():
        mine.delete()
        return None
    if draft.kind not in Kind.values:
        raise Invalid(kind=f"The kind is one of: {', '.join(Kind.values)}.")
    if len(draft.about) > LONGEST_SUBJECT:
        raise Invalid(about=f"A subject has at most {LONGEST_SUBJECT} characters.")
    written = {
        "parties": list(draft.parties)[:MOST_PEOPLE],
        "members": list(draft.members)[:MOST_PEOPLE],
        "kind": draft.kind,
        "subject": draft.about.strip(),
        "confidential": draft.confidential,
        "body": words,
        "kept_at": viewer.now,
    }
    known = mine.select_for_update().first()
    if known:
        mine.update(**written)
        return known
    try:
        with transaction.atomic():
            kept = NewDraft.objects.create(
                id=draft_id, practice_id=viewer.practice_id, member_id=viewer.id, client=client, **written
            )
    except IntegrityError:
        raise Conflict("It is being written in another window, too.") from None
    record(viewer, "draft.kept", kept, client_id=client.pk)
    return kept


@transaction.atomic
def discard_new_draft(viewer: Viewer, *, client_id: UUID) -> None:
    """Throw away what a member was writing to begin a conversation about a client, if anything."""
    require(viewer, Action.MESSAGES_SEND)
    found = NewDraft.objects.filter(member_id=viewer.id, client_id=client_id).first()
    if found:
        record(viewer, "draft.discarded", found, client_id=client_id)
        found.delete()


def forget_new_draft(viewer: Viewer, client_id: UUID) -> None:
    """Let the draft go whose conversation has begun; part of a command."""
    NewDraft.objects.filter(member_id=viewer.id, client_id=client_id).delete()
