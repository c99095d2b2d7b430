"""Sending a message, and taking one back; sent twice, it is one message."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from psycopg import errors

from kinbook.audit.record import record
from kinbook.jobs.app import enqueue
from kinbook.messaging.commands.files import CleanFile, clean_files
from kinbook.messaging.commands.taking_part import read_words, require_on, require_part
from kinbook.messaging.models import Attachment, Draft, Message
from kinbook.messaging.models.talk import is_me
from kinbook.messaging.queries.continued import way_of
from kinbook.messaging.queries.thread import people_of, why_not_write
from kinbook.rules.chain import files_digest
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Conflict, Forbidden, Unknown
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.messaging.commands.files import Brought
    from kinbook.messaging.models import Conversation, Participant
    from kinbook.tenancy.viewer import Viewer

HANDED_OVER = "This conversation goes on in another one by now: look at it again."
ANOTHER = "Another message of yours was sent from another window meanwhile. This one was not: send it again."


@transaction.atomic
def send_message(
    viewer: Viewer,
    *,
    conversation_id: UUID,
    body: str,
    attachments: Sequence[Brought] = (),
    message_id: UUID | None = None,
    with_draft: bool = False,
) -> Message:
    """Send a message; with `message_id` a repeat answers the message that was sent.

    `with_draft` takes the files that were brought for the viewer's draft, and ends it.
    """
    talk, part = require_part(viewer, conversation_id)
    known = _known(viewer, talk, message_id, body)
    if known:
        return known
    require_reader(viewer, talk)
    draft = Draft.objects.filter(is_me(viewer), conversation=talk, send_at=None).first() if with_draft else None
    files = [*_files_of(draft), *clean_files(attachments)]
    said = add_message(
        viewer, part, body=read_words(body, may_be_empty=bool(files)), files=files, message_id=message_id or new_id()
    )
    if draft:
        draft.delete()
    record(viewer, "message.sent", said, client_id=talk.client_id, conversation=str(talk.pk), files=len(files))
    return said


def _known(viewer: Viewer, talk: Conversation, message_id: UUID | None, body: str) -> Message | None:
    """Return the message that a repeat means; Conflict where it says something else."""
    if message_id is None:
        return None
    known = (
        Message.objects.visible_to(viewer).filter(is_me(viewer, "author_"), pk=message_id, conversation=talk).first()
    )
    if known and known.body != read_words(body, may_be_empty=True):
        raise Conflict(ANOTHER)
    return known


def require_reader(viewer: Viewer, talk: Conversation) -> None:
    """Refuse where it goes on elsewhere, nobody outside can read it any more, or messages are switched off."""
    if not talk.is_internal:
        require_on(viewer)
    why = way_of(viewer, talk.pk).why_still or why_not_write(viewer, talk, people_of(viewer, talk))
    if why:
        raise Conflict(f"{why} Nothing was sent.")


def _files_of(draft: Draft | None) -> list[CleanFile]:
    rows = draft.files.order_by("position", "pk") if draft else []
    return [CleanFile(each.name, each.type, bytes(each.content), each.sha256) for each in rows]


def add_message(
    viewer: Viewer,
    part: Participant,
    *,
    body: str,
    files: Sequence[CleanFile] = (),
    message_id: UUID | None = None,
    **more: Any,
) -> Message:
    """Add a message of somebody who takes part, and have looked after who is to know; part of a command.

    Conflict where the conversation was handed over since it was looked at.
    """
    said = Message(
        id=message_id or new_id(),
        practice_id=viewer.practice_id,
        conversation_id=part.conversation_id,
        author_member_id=part.member_id,
        author_party_id=viewer.id if viewer.kind is ViewerKind.PORTAL else part.party_id,
        author_name=part.name,
        body=body,
        sent_at=viewer.now,
        files_digest=files_digest((each.name, each.type, each.sha256) for each in files),
        **more,
    )
    # the database says whose client it is about
    said.client_id = part.conversation.client_id
    _put(viewer, said)
    for place, each in enumerate(files):
        Attachment.objects.create(
            practice_id=viewer.practice_id,
            conversation_id=part.conversation_id,
            message=said,
            position=place,
            secret=secrets.token_urlsafe(24),
            name=each.name,
            type=each.type,
            size=len(each.content),
            sha256=each.sha256,
            content=each.content,
        )
    said.refresh_from_db()
    enqueue("messaging.after_message", practice_id=str(viewer.practice_id), message_id=str(said.pk))
    return said


def _put(viewer: Viewer, said: Message) -> None:
    """Let a message take its place; what a handover let go on elsewhere in this very moment says where, as ever."""
    try:
        with transaction.atomic():
            said.save(force_insert=True)
    except IntegrityError as refused:
        cause = refused.__cause__
        if not isinstance(cause, errors.RestrictViolation) or cause.diag.constraint_name != "takes_no_more":
            raise
        why = way_of(viewer, said.conversation_id).why_still or HANDED_OVER
        raise Conflict(f"{why} Nothing was sent.") from None


@transaction.atomic
def retract_message(viewer: Viewer, *, message_id: UUID, reason: str = "") -> Message:
    """Take a message back: it stays in the record, marked; asked again, the same entry is answered."""
    said = Message.objects.visible_to(viewer).filter(pk=message_id).first()
    if said is None:
        raise Unknown
    _, part = require_part(viewer, said.conversation_id)
    if viewer.id not in {said.author_member_id, said.author_party_id}:
        raise Forbidden("Only who sent a message can take it back. Nothing was changed.")
    if said.retracts_id:
        raise Conflict("A retraction is not taken back: send another message.")
    known = Message.objects.filter(retracts=said).first()
    if known:
        return known
    entry = add_message(viewer, part, body=read_words(reason, may_be_empty=True), retracts=said)
    record(viewer, "message.retracted", said, client_id=said.client_id, conversation=str(said.conversation_id))
    return entry
