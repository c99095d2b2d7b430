"""Drafts: kept while somebody writes, with the files they brought; sent later; taken back before they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require_all
from kinbook.audit.record import record
from kinbook.jobs.app import app
from kinbook.messaging.commands.files import MOST, Brought, CleanFile, clean_file
from kinbook.messaging.commands.send import add_message, require_reader
from kinbook.messaging.commands.taking_part import read_words, require_part
from kinbook.messaging.models import Draft, DraftFile, Message
from kinbook.messaging.models.talk import is_me
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kinbook.messaging.models import Participant
    from kinbook.tenancy.viewer import Viewer

FURTHEST = timedelta(days=366)


def me(viewer: Viewer) -> dict[str, Any]:
    """Return the columns that make a row the viewer's own."""
    return {"party_id" if viewer.kind is ViewerKind.PORTAL else "member_id": viewer.id}


def _draft(viewer: Viewer, part: Participant) -> Draft:
    draft, is_new = Draft.objects.get_or_create(
        practice_id=viewer.practice_id,
        conversation_id=part.conversation_id,
        send_at=None,
        **me(viewer),
        defaults={"kept_at": viewer.now},
    )
    if is_new:
        record(viewer, "draft.kept", draft, client_id=part.conversation.client_id)
    return draft


def save_draft(viewer: Viewer, *, conversation_id: UUID, body: str) -> Draft | None:
    """Keep what somebody is writing; where nothing was written or brought there is no draft. Audited when it begins."""
    with transaction.atomic():
        _, part = require_part(viewer, conversation_id)
        words = read_words(body, may_be_empty=True)
        held = Draft.objects.filter(is_me(viewer), conversation_id=conversation_id, send_at=None)
        if not words and not DraftFile.objects.filter(draft__in=held).exists():
            held.delete()
            return None
        draft = _draft(viewer, part)
        draft.body, draft.kept_at, draft.problem = words, viewer.now, ""
        draft.save()
        return draft


@transaction.atomic
def discard_draft(viewer: Viewer, *, conversation_id: UUID) -> None:
    """Throw away what somebody is writing in a conversation, with its files; what waits for its time stays."""
    talk, _ = require_part(viewer, conversation_id)
    Draft.objects.filter(is_me(viewer), conversation=talk, send_at=None).delete()
    record(viewer, "draft.discarded", talk, client_id=talk.client_id)


@transaction.atomic
def bring_file(viewer: Viewer, *, conversation_id: UUID, brought: Brought) -> DraftFile:
    """Keep a file for the viewer's draft, cleaned; Invalid where it is of no kind that is taken."""
    _, part = require_part(viewer, conversation_id)
    clean: CleanFile = clean_file(brought)
    draft = _draft(viewer, part)
    places = list(draft.files.order_by("position").values_list("position", flat=True))
    if len(places) >= MOST:
        raise Invalid(attachments=f"At most {MOST} files go with a message.")
    kept = DraftFile.objects.create(
        practice_id=viewer.practice_id,
        draft=draft,
        position=places[-1] + 1 if places else 0,
        name=clean.name,
        type=clean.type,
        size=len(clean.content),
        sha256=clean.sha256,
        content=clean.content,
    )
    record(viewer, "draft.file_brought", kept, client_id=part.conversation.client_id, type=clean.type)
    return kept


@transaction.atomic
def drop_file(viewer: Viewer, *, conversation_id: UUID, file_id: UUID) -> None:
    """Take a file away from the viewer's draft."""
    talk, _ = require_part(viewer, conversation_id)
    held = Draft.objects.filter(is_me(viewer), conversation=talk, send_at=None)
    DraftFile.objects.filter(pk=file_id, draft__in=held).delete()
    record(viewer, "draft.file_dropped", talk, client_id=talk.client_id)


@transaction.atomic
def schedule_message(viewer: Viewer, *, conversation_id: UUID, body: str, send_at: datetime) -> Draft:
    """Have what a member wrote sent at a time, with the files of their draft; it can be taken back until then."""
    talk, part = require_part(viewer, conversation_id)
    if part.member_id is None:
        raise Conflict("Only the team sends later. Nothing was kept.")
    if send_at <= viewer.now:
        raise Invalid(send_at="Choose a time that is still to come.")
    if send_at > viewer.now + FURTHEST:
        raise Invalid(send_at="Choose a time within a year.")
    require_reader(viewer, talk)
    draft = _draft(viewer, part)
    draft.body = read_words(body, may_be_empty=draft.files.exists())
    draft.send_at, draft.kept_at = send_at, viewer.now
    draft.save()
    app.configure_task("messaging.send_later", schedule_at=send_at).defer(
        practice_id=str(viewer.practice_id), member_id=str(viewer.id), draft_id=str(draft.pk)
    )
    record(viewer, "message.scheduled", draft, client_id=talk.client_id, send_at=send_at.isoformat())
    return draft


@transaction.atomic
def unschedule_message(viewer: Viewer, *, draft_id: UUID) -> Draft:
    """Take back what was to be sent later: it is a draft again, before anything written since."""
    draft = Draft.objects.filter(is_me(viewer), pk=draft_id, send_at__isnull=False).first()
    if draft is None:
        raise Unknown
    talk, _ = require_part(viewer, draft.conversation_id)
    since = Draft.objects.filter(is_me(viewer), conversation=talk, send_at=None).first()
    if since:
        raise Conflict("You are writing another message here: send or empty it first. This one is still to be sent.")
    draft.send_at, draft.problem = None, ""
    draft.save()
    record(viewer, "message.unscheduled", draft, client_id=talk.client_id)
    return draft


@transaction.atomic
def send_draft(viewer: Viewer, *, draft_id: UUID) -> Message | None:
    """Send what was to be sent by now; None where it was sent, taken back or put off meanwhile."""
    draft = Draft.objects.select_for_update().filter(is_me(viewer), pk=draft_id, send_at__lte=viewer.now).first()
    if draft is None:
        return None
    talk, part = require_part(viewer, draft.conversation_id)
    require_reader(viewer, talk)
    files = [
        CleanFile(each.name, each.type, bytes(each.content), each.sha256)
        for each in draft.files.order_by("position", "pk")
    ]
    said = add_message(viewer, part, body=draft.body, files=files, message_id=draft.pk)
    draft.delete()
    record(viewer, "message.sent", said, client_id=talk.client_id, conversation=str(talk.pk), files=len(files))
    return said


@transaction.atomic
def note_problem(viewer: Viewer, *, draft_id: UUID, sentence: str) -> None:
    """Note why what was to be sent was not: it stays with who wrote it."""
    require_all(viewer, Action.MESSAGES_SEND)
    draft = Draft.objects.filter(pk=draft_id).select_related("conversation").first()
    if draft:
        draft.problem = sentence
        draft.save()
        record(viewer, "message.not_sent", draft, client_id=draft.conversation.client_id)
