"""May they write here? Asked of every command about a conversation, whoever the viewer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.messaging.models import Participant
from kinbook.messaging.models.talk import LONGEST, is_me
from kinbook.messaging.queries.talks import talk_for
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.messaging.models import Conversation
    from kinbook.tenancy.viewer import Viewer

OFF = (
    "Messages are switched off for this practice. Nothing was sent: an owner or manager can switch them on in Settings."
)


def require_part(viewer: Viewer, conversation_id: UUID) -> tuple[Conversation, Participant]:
    """Return a conversation and the viewer's part in it, locked; Unknown where they may not know, else Forbidden.

    The lock lets one person's two windows act one after the other.
    """
    talk = talk_for(viewer, conversation_id)
    if viewer.kind is not ViewerKind.PORTAL:
        require(viewer, Action.MESSAGES_SEND, talk.client_id)
    part = Participant.objects.select_for_update().filter(is_me(viewer), conversation=talk).first()
    if part is None:
        raise Forbidden("You can read this conversation and do not take part in it. Nothing was changed.")
    part.conversation = talk
    return talk, part


def require_on(viewer: Viewer) -> None:
    """Refuse where the practice has messages switched off; a portal person's are closed by the database then."""
    if viewer.kind is not ViewerKind.PORTAL and not Practice.objects.get(pk=viewer.practice_id).messages_on:
        raise Conflict(OFF)


def read_words(words: str, *, may_be_empty: bool = False) -> str:
    """Return what somebody wrote as it is kept: no signs that nobody sees, at most 10,000 characters."""
    kept = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        each for each in kept if each in "\n\t" or (each >= " " and not "\ud800" <= each <= "\udfff" and each != "\x7f")
    )
    kept = kept.strip()
    if len(kept) > LONGEST:
        raise Invalid(body=f"A message has at most {LONGEST:,} characters; this has {len(kept):,}. Send it in parts.")
    if not kept and not may_be_empty:
        raise Invalid(body="Write something first.")
    return kept
