"""Conversations and messages as programs see them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from pydantic import BaseModel, Field

from kinbook.messaging.models import Continuation, Conversation, Message, Seen
from kinbook.messaging.queries.talks import new_in
from kinbook.messaging.queries.thread import with_parts
from kinbook.messaging.queries.transcript import heads_of
from kinbook.tenancy.viewer import Viewer

KindName = Literal["clinical", "billing", "scheduling"]


class ParticipantShown(BaseModel):
    """Who takes part, under the name they had when the conversation began."""

    id: UUID = Field(description="A person's or a member's id.")
    kind: Literal["person", "member"]
    name: str
    relation: str | None = Field(description="What a person is to the client.")


class ConversationShown(BaseModel):
    """A conversation about a client; who takes part never changes."""

    id: UUID
    client_id: UUID
    kind: KindName
    about: str | None
    confidential: bool
    internal: bool = Field(description="Members among themselves.")
    participants: list[ParticipantShown]
    started_at: datetime
    started_by: str
    last_at: datetime
    messages: int = Field(description="How many entries it has, retractions among them.")
    unread: int = Field(description="How many the token's member has not been shown; 100 where there are more than 99.")
    continues_id: UUID | None = Field(description="The conversation in which somebody else answered, or will again.")
    continued_in_id: UUID | None = Field(description="The one that takes the messages of this one, from its first day.")


class AttachmentShown(BaseModel):
    """A file that came with a message."""

    id: UUID
    name: str
    type: str
    size: int
    url: str


class SenderShown(BaseModel):
    """Who wrote it."""

    id: UUID
    kind: Literal["person", "member"]
    name: str


class ReaderShown(BaseModel):
    """Somebody who was shown the message, and when first."""

    name: str
    at: datetime


class MessageShown(BaseModel):
    """A message; it is never changed. A retraction is an entry of its own, which names what it retracts."""

    id: UUID
    conversation_id: UUID
    client_id: UUID
    number: int
    kind: KindName
    about: str | None
    confidential: bool
    sender: SenderShown
    to: list[str]
    body: str
    sent_at: datetime
    automatic: bool
    retracts_id: UUID | None
    retracted: bool
    attachments: list[AttachmentShown]
    readers: list[ReaderShown]
    digest: str = Field(description="SHA-256 over this message and the digest before it in its conversation.")


def conversations_shown(viewer: Viewer, talks: Sequence[Conversation]) -> list[ConversationShown]:
    """Return conversations as programs see them, in the order given."""
    ids = [each.pk for each in talks]
    heads = heads_of(ids)
    back, onward = _ways(viewer, ids)
    new = dict(Conversation.objects.filter(pk__in=ids).annotate(new=new_in(viewer)).values_list("pk", "new"))
    return [
        ConversationShown(
            id=each.pk,
            client_id=each.client_id,
            kind=each.kind,  # type: ignore[arg-type]
            about=each.subject or None,
            confidential=each.confidential,
            internal=each.is_internal,
            participants=[
                ParticipantShown(id=id_, kind="member" if is_member else "person", name=name, relation=relation or None)
                for id_, name, relation, is_member in heads[each.pk].people
            ],
            started_at=each.started_at,
            started_by=each.started_by,
            last_at=each.last_at,
            messages=each.last_number,
            unread=new.get(each.pk, 0),
            continues_id=back.get(each.pk),
            continued_in_id=onward.get(each.pk),
        )
        for each in talks
    ]


def _ways(viewer: Viewer, ids: list[UUID]) -> tuple[dict[UUID, UUID], dict[UUID, UUID]]:
    """Return what conversations continue, and where they go on from today or a day to come."""
    rows = Continuation.objects.filter(Q(conversation_id__in=ids) | Q(next_id__in=ids), next__isnull=False)
    back: dict[UUID, UUID] = {}
    onward: dict[UUID, UUID] = {}
    for each in rows.order_by("-starts_on", "pk"):
        if each.next_id:
            back[each.next_id] = each.conversation_id
            if not each.is_over(viewer.today):
                onward[each.conversation_id] = each.next_id
    return back, onward


def messages_shown(viewer: Viewer, messages: Sequence[Message]) -> list[MessageShown]:
    """Return messages as programs see them, in the order given; three statements at any number."""
    ids = [each.pk for each in messages]
    parts: dict[UUID, Any] = {each.pk: each for each in with_parts(viewer, Message.objects.filter(pk__in=ids))}
    heads = heads_of({each.conversation_id for each in messages})
    seen: dict[UUID, list[ReaderShown]] = defaultdict(list)
    rows = Seen.objects.filter(message_id__in=ids).order_by("at", "pk")
    for message_id, name, at in rows.values_list("message_id", "name", "at"):
        seen[message_id].append(ReaderShown(name=name, at=at))
    return [_shown(parts[each], heads[parts[each].conversation_id], seen[each]) for each in ids]


def _shown(said: Any, talk: Any, readers: list[ReaderShown]) -> MessageShown:
    kind: Literal["person", "member"] = "member" if said.author_member_id else "person"
    return MessageShown(
        id=said.pk,
        conversation_id=said.conversation_id,
        client_id=said.client_id,
        number=said.number,
        kind=talk.kind,
        about=talk.subject or None,
        confidential=talk.confidential,
        sender=SenderShown(id=said.author_id, kind=kind, name=said.author_name),
        to=[name for id_, name, _, _ in talk.people if id_ != said.author_id],
        body=said.body,
        sent_at=said.sent_at,
        automatic=said.is_automatic,
        retracts_id=said.retracts_id,
        retracted=said.retracted_by is not None,
        attachments=[
            AttachmentShown(
                id=each["id"],
                name=each["name"],
                type=each["type"],
                size=each["size"],
                url=f"/api/v1/attachments/{each['id']}/{each['secret']}",
            )
            for each in said.carried
        ],
        readers=readers,
        digest=bytes(said.digest).hex(),
    )
