"""What follows a message: an answer for who is away, and letters to whoever has not read it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from kinbook.access.actions import Action
from kinbook.access.policy import require_all
from kinbook.audit.record import record
from kinbook.invitations.queries.language import language_of
from kinbook.jobs.app import enqueue
from kinbook.mail.commands import write_letter
from kinbook.messaging.commands.send import add_message
from kinbook.messaging.models import Absence, Conversation, Message, Participant
from kinbook.messaging.queries.family import open_parties
from kinbook.people.queries.mailbox import own_address
from kinbook.team.queries import viewer_of
from kinbook.tenancy.models import Practice, holds_on
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

HEADING = "Automatic answer"


@transaction.atomic
def answer_for_absent(viewer: Viewer, *, message_id: UUID) -> list[Message]:
    """Answer a message from outside for each member who takes part and is away: once in an absence."""
    require_all(viewer, Action.MESSAGES_SEND)
    said = Message.objects.filter(pk=message_id, author_party__isnull=False, retracts=None).first()
    if said is None:
        return []
    parts = Participant.objects.filter(conversation_id=said.conversation_id, member__isnull=False)
    answers = []
    for part in parts.select_for_update(of=("self",)).select_related("conversation").order_by("pk"):
        away = Absence.objects.filter(holds_on(viewer.today), member_id=part.member_id).first()  # type: ignore[misc]
        if away and not _has_answered(viewer, part, away):
            answers.append(add_message(viewer, part, body=words_of_absence(away), is_automatic=True))
    if answers:
        record(viewer, "message.answered_for_absent", said, client_id=said.client_id, answers=len(answers))
    return answers


def _has_answered(viewer: Viewer, part: Participant, away: Absence) -> bool:
    since = datetime.combine(away.starts_on, time.min, viewer.zone)
    mine = Message.objects.filter(conversation_id=part.conversation_id, author_member_id=part.member_id)
    # the first entry of a conversation is no answer: it says who took over
    return mine.filter(is_automatic=True, number__gt=1, sent_at__gte=since).exists()


def words_of_absence(away: Absence) -> str:
    """Return what is answered for who is away: their words, and what to do in an emergency."""
    return f"{away.words}\n\nIn an emergency: {away.emergency}"


def wait_for_readers(viewer: Viewer, *, message_id: UUID) -> None:
    """Look again after the practice's minutes whether a message was read; nothing is changed now."""
    said = Message.objects.filter(pk=message_id).first()
    if said is None:
        return
    minutes = Practice.objects.get(pk=viewer.practice_id).notice_minutes
    ids = {"practice_id": str(viewer.practice_id), "conversation_id": str(said.conversation_id)}
    enqueue("messaging.tell_unread", 60 * minutes, **ids)


@transaction.atomic
def tell_unread(viewer: Viewer, *, conversation_id: UUID) -> int:
    """Write to whoever takes part and has not read for the practice's minutes, once until they do; returns to how many.

    The letter says nothing of what was written, by whom or about whom. Who cannot read it any more gets none, nor who
    has no mailbox of their own.
    """
    require_all(viewer, Action.MESSAGES_SEND)
    talk = Conversation.objects.filter(pk=conversation_id).first()
    if talk is None:
        return 0
    practice = Practice.objects.get(pk=viewer.practice_id)
    waited = viewer.now - timedelta(minutes=practice.notice_minutes)
    behind = Participant.objects.filter(
        conversation=talk, read_number__lt=talk.last_number, noticed_number__lte=F("read_number")
    )
    told = 0
    for part in behind.select_for_update(of=("self",)).select_related("member", "party__merged_into").order_by("pk"):
        if not _has_waited(part, waited):
            continue
        address = _address(viewer, talk, part)
        if address:
            _write(viewer, part, address)
            told += 1
        # no letter now is no letter later for the same messages, too
        Participant.objects.filter(pk=part.pk).update(noticed_number=talk.last_number)
    if told:
        record(viewer, "conversation.told_unread", talk, client_id=talk.client_id, letters=told)
    return told


def _has_waited(part: Participant, waited: datetime) -> bool:
    new = Message.objects.filter(
        conversation_id=part.conversation_id,
        number__gt=part.read_number,
        retracts=None,
        retractions=None,
        sent_at__lte=waited,
    ).filter(Q(is_automatic=False) | Q(number=1))
    if part.member_id:
        return new.exclude(author_member_id=part.member_id).exists()
    return new.exclude(author_party_id=part.party_id).exists()


def _address(viewer: Viewer, talk: Conversation, part: Participant) -> str:
    """Return where a letter to somebody goes who can still read the conversation; "" where nowhere."""
    if part.member:
        identity = Identity(viewer.practice_id, ViewerKind.MEMBER, part.member.pk)
        member = viewer_of(identity, now=viewer.now)
        can_read = member is not None and Conversation.objects.visible_to(member).filter(pk=talk.pk).exists()
        return part.member.email if can_read else ""
    if part.party is None:
        return ""
    party = part.party.merged_into or part.party
    return own_address(party.pk) if party.pk in open_parties(talk.client_id) else ""


def _write(viewer: Viewer, part: Participant, address: str) -> None:
    where = f"/messages/{part.conversation_id}/" if part.member_id else f"/portal/messages/{part.conversation_id}/"
    language = language_of(viewer, (part.party.merged_into or part.party).pk) if part.party else "en"
    with translation.override(language):
        write_letter(
            viewer,
            to=address,
            template="unread",
            values={"name": part.member.first_name if part.member else part.party.short_name if part.party else ""},
            links={_("Read it"): where},
            party_id=part.party_id,
        )
