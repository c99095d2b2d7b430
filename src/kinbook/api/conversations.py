"""Conversations about clients and what is said in them."""

import base64
import binascii

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Flag, Id, Whole
from kinbook.api.message_shapes import ConversationShown, KindName, MessageShown, conversations_shown, messages_shown
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.messaging.commands.files import MOST, Brought
from kinbook.messaging.commands.reading import mark_read, note_seen
from kinbook.messaging.commands.send import retract_message, send_message
from kinbook.messaging.commands.start import LONGEST_SUBJECT, TalkDraft, start_conversation
from kinbook.messaging.models import Message
from kinbook.messaging.models.talk import LONGEST
from kinbook.messaging.queries.talks import Filters, talk_for, talks
from kinbook.messaging.queries.thread import attachment_for
from kinbook.people.queries import client_for, roots
from kinbook.team.models import Member
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.web.download import download
from kinbook.web.request import Request

router = Router(tags=["Messages"], by_alias=True)


class ConversationBody(Body):
    """A conversation to begin. Who takes part is fixed with it; the token's member always does."""

    client_id: Id
    participants: list[Choice] = Field(
        max_length=30, description="Persons to whom messages are open, or members for a talk of the team."
    )
    about: str | None = Field(None, max_length=LONGEST_SUBJECT, description="The subject line; never in a notice.")
    kind: KindName = "clinical"
    confidential: Flag = Field(default=False, description="To the client: no guardian takes part.")


class ConversationsAsked(Asked):
    """Which conversations are wanted."""

    client_id: Id | None = None
    kind: KindName | None = None
    unread: bool = False
    mine: bool = False
    search: str = Field("", max_length=200)


class FileBody(Body):
    """A file; what it is, is seen by what stands in it."""

    name: str = Field(max_length=200)
    content: str = Field(description="Base64; 20 MB a file, and what one call can carry.")


class MessageBody(Body):
    """A message to send."""

    body: str = Field("", max_length=LONGEST * 2)
    attachments: list[FileBody] = Field(default_factory=list, max_length=MOST)
    with_draft: Flag = Field(default=False, description="Take the files of the member's draft here, and end it.")
    id: Choice | None = Field(None, description="The message's id, made by the program: sent again, it is one message.")


class ReadBody(Body):
    """How far it was read."""

    through: Whole | None = Field(None, ge=0, le=2**31 - 1, description="A message's number; to the end without.")


class RetractBody(Body):
    """Why it is taken back."""

    reason: str = Field("", max_length=2000)


@router.post("/conversations", response={201: ConversationShown})
def create_conversation(request: Request, body: ConversationBody) -> ConversationShown:
    """Begin a conversation; 422 for a participant without portal messages, or persons who must be kept apart."""
    viewer = request.viewer
    client = client_for(viewer, body.client_id, Action.MESSAGES_SEE)
    members = set(Member.objects.active().filter(pk__in=body.participants).values_list("pk", flat=True))
    standing = roots(set(body.participants) - members)
    strange = set(body.participants) - members - set(standing)
    if strange:
        raise Invalid(participants="There is no such person.")
    draft = TalkDraft(
        client_id=client.pk,
        parties=tuple(each.pk for each in standing.values()),
        members=tuple(members),
        about=body.about or "",
        kind=body.kind,
        confidential=body.confidential,
    )
    return conversations_shown(viewer, [start_conversation(viewer, draft=draft)])[0]


@router.get("/conversations", response=Page[ConversationShown])
def list_conversations(request: Request, asked: Query[ConversationsAsked]) -> Page[ConversationShown]:
    """The conversations the member may read, the latest first."""
    viewer = request.viewer
    require(viewer, Action.MESSAGES_SEE)
    client_id = client_for(viewer, asked.client_id, Action.MESSAGES_SEE).pk if asked.client_id else None
    filters = Filters(client_id, asked.kind or "", asked.unread, asked.mine, asked.search)
    found, more = page_of(talks(viewer, filters), asked, "-last_at", "-pk")
    record(viewer, "conversations.listed", client_id=client_id, count=len(found))
    return Page[ConversationShown](items=conversations_shown(viewer, found), next=more)


@router.get("/conversations/{conversation_id}", response=ConversationShown)
def read_conversation(request: Request, conversation_id: Id) -> ConversationShown:
    """One conversation."""
    found = talk_for(request.viewer, conversation_id)
    record(request.viewer, "conversation.viewed", found, client_id=found.client_id)
    return conversations_shown(request.viewer, [found])[0]


@router.get("/conversations/{conversation_id}/messages", response=Page[MessageShown])
def list_messages(request: Request, conversation_id: Id, asked: Query[Asked]) -> Page[MessageShown]:
    """What was said, the oldest first; each message counts as shown to the member from now on."""
    viewer = request.viewer
    talk = talk_for(viewer, conversation_id)
    found, more = page_of(Message.objects.filter(conversation=talk), asked, "number", "pk")
    note_seen(viewer, [each.pk for each in found])
    record(viewer, "conversation.viewed", talk, client_id=talk.client_id, count=len(found))
    return Page[MessageShown](items=messages_shown(viewer, found), next=more)


@router.post("/conversations/{conversation_id}/messages", response={201: MessageShown})
def create_message(request: Request, conversation_id: Id, body: MessageBody) -> MessageShown:
    """Send a message; with an `id` of the program's own, a repeat answers the message that was sent."""
    said = send_message(
        request.viewer,
        conversation_id=conversation_id,
        body=body.body,
        attachments=[Brought(each.name, _content(each)) for each in body.attachments],
        message_id=body.id,
        with_draft=body.with_draft,
    )
    return messages_shown(request.viewer, [said])[0]


def _content(file: FileBody) -> bytes:
    try:
        return base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(attachments="The content of a file is sent as Base64.") from None


@router.post("/conversations/{conversation_id}/read", response=ConversationShown)
def read_through(request: Request, conversation_id: Id, body: ReadBody | None = None) -> ConversationShown:
    """Mark a conversation as read by the member, through a message or to its end."""
    mark_read(request.viewer, conversation_id=conversation_id, through=body.through if body else None)
    return conversations_shown(request.viewer, [talk_for(request.viewer, conversation_id)])[0]


@router.post("/messages/{message_id}/retract", response={201: MessageShown})
def create_retraction(request: Request, message_id: Id, body: RetractBody | None = None) -> MessageShown:
    """Take a message of the member's back: it stays in the record, marked."""
    entry = retract_message(request.viewer, message_id=message_id, reason=body.reason if body else "")
    return messages_shown(request.viewer, [entry])[0]


@router.get("/attachments/{attachment_id}/{file_secret}")
def read_attachment(request: Request, attachment_id: Id, file_secret: str) -> HttpResponse:
    """The file itself."""
    found = attachment_for(request.viewer, attachment_id, file_secret)
    if found is None:
        raise Unknown
    record(request.viewer, "attachment.downloaded", found, client_id=found.message.client_id)
    return download(bytes(found.content), name=found.name, content_type=found.type)
