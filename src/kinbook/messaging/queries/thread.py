"""One conversation as it is read: its people, and its messages a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from kinbook.access.actions import Action
from kinbook.access.models import PortalOpen
from kinbook.access.policy import may
from kinbook.messaging.models import Attachment, Draft, DraftFile, Message, Participant
from kinbook.messaging.models.talk import is_me
from kinbook.messaging.queries.continued import Way, way_of
from kinbook.messaging.queries.talks import talk_for
from kinbook.people.queries.marks import mark, party_of
from kinbook.tenancy.viewer import ViewerKind, initials_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from kinbook.messaging.models import Conversation
    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part; `can_read` is false once what was opened to them has ended."""

    id: UUID
    name: str
    relation: str
    is_member: bool
    is_me: bool
    can_read: bool
    read_number: int
    party: Party | None

    @property
    def initials(self) -> str:
        """Two letters for the mark of a member."""
        return initials_of(self.name)


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file that came with a message; its address bears a name nobody guesses."""

    id: UUID
    secret: str
    name: str
    type: str
    size: int

    @property
    def spoken_size(self) -> str:
        """The size as people say it."""
        return f"{max(1, round(self.size / 1000)):,} KB" if self.size < 1_000_000 else f"{self.size / 1_000_000:.1f} MB"


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message as its page shows it. What was retracted is empty for a portal person who did not write it."""

    id: UUID
    conversation_id: UUID
    number: int
    author_id: UUID
    author_name: str
    is_member: bool
    is_mine: bool
    body: str
    sent_at: datetime
    on: date
    is_automatic: bool
    is_retracted: bool
    retracts: UUID | None
    files: list[FileShown]
    read_by: list[str]
    party: Party | None

    @property
    def is_notice(self) -> bool:
        """Tell whether it says who took over: an automatic answer is never the first."""
        return self.is_automatic and self.number == 1

    @property
    def initials(self) -> str:
        """Two letters for the mark."""
        return initials_of(self.author_name)


@dataclass(frozen=True, slots=True)
class TalkPage:
    """A conversation with its people and one page of messages, the oldest first."""

    talk: Conversation
    people: list[Person]
    messages: list[MessageShown]
    earlier: int | None
    draft: Draft | None
    files: list[DraftFile]
    scheduled: list[Draft]
    may_write: bool
    why_not: str
    unread_from: int
    way: Way

    @property
    def others(self) -> list[Person]:
        """Who else takes part."""
        return [each for each in self.people if not each.is_me]

    @property
    def outside(self) -> list[Person]:
        """Who takes part and is not of the team."""
        return [each for each in self.people if not each.is_member]


def talk_page(viewer: Viewer, conversation_id: UUID, before: int | None = None) -> TalkPage:
    """Return a conversation the viewer may read, with its latest messages or those before a number."""
    talk = talk_for(viewer, conversation_id)
    people = people_of(viewer, talk)
    rows = Message.objects.filter(conversation=talk)
    if before:
        rows = rows.filter(number__lt=before)
    latest = list(with_parts(viewer, rows).order_by("-number")[: AT_ONCE + 1])
    page = sorted(latest[:AT_ONCE], key=lambda each: each.number)
    me = next((each for each in people if each.is_me), None)
    way = way_of(viewer, talk.pk)
    why_not = way.why_still or why_not_write(viewer, talk, people)
    drafts = list(Draft.objects.filter(is_me(viewer), conversation=talk).order_by("send_at", "pk")) if me else []
    draft = next((each for each in drafts if each.send_at is None), None)
    return TalkPage(
        talk=talk,
        people=people,
        messages=[shown(viewer, each, people) for each in page],
        earlier=page[0].number if len(latest) > AT_ONCE else None,
        draft=draft,
        files=list(DraftFile.objects.filter(draft=draft).defer("content").order_by("position")) if draft else [],
        scheduled=[each for each in drafts if each.send_at is not None],
        may_write=not why_not,
        why_not=why_not,
        unread_from=me.read_number if me else talk.last_number,
        way=way,
    )


def people_of(viewer: Viewer, talk: Conversation) -> list[Person]:
    """Return who takes part: the family first, each with whether they can still read it."""
    is_staff = viewer.kind is not ViewerKind.PORTAL
    rows: Any = Participant.objects.filter(conversation=talk).order_by("party_id", "pk")
    if is_staff:
        stands_for = Coalesce("party__merged_into_id", "party_id")
        opened = PortalOpen.objects.filter(client_id=talk.client_id, party_id=OuterRef("stands"), messages=True)
        rows = rows.annotate(stands=stands_for, drawn=mark("party_id")).annotate(is_open=Exists(opened))
    return [
        Person(
            id=each.member_id or each.party_id,
            name=each.name,
            relation=each.relation,
            is_member=each.member_id is not None,
            is_me=viewer.id in {each.member_id, each.party_id},
            can_read=not is_staff or each.party_id is None or each.is_open,
            read_number=each.read_number,
            party=party_of(each.drawn) if is_staff and each.drawn else None,
        )
        for each in rows
    ]


def why_not_write(viewer: Viewer, talk: Conversation, people: Iterable[Person]) -> str:
    """Return why the viewer may not write here, in words; "" where they may."""
    people = list(people)
    if not any(each.is_me for each in people):
        return "You can read this conversation and do not take part in it. Begin another to write."
    outside = [each for each in people if not each.is_member]
    if viewer.kind is ViewerKind.PORTAL:
        return ""
    if not may(viewer, Action.MESSAGES_SEND, talk.client_id):
        return "Your role does not let you write here."
    if outside and not any(each.can_read for each in outside):
        names = " and ".join(each.name for each in outside)
        return f"{names} can no longer read this conversation: messages are not open to them. It stays in the record."
    return ""


def retraction() -> Subquery:
    """Return the expression for the entry that retracts a message: one look into an index, for each message shown."""
    return Subquery(Message.objects.filter(retracts_id=OuterRef("pk")).values("pk")[:1])


def with_parts(viewer: Viewer, rows: Any) -> Any:
    """Return messages with their files, whether they are retracted, and their author's mark, in one statement."""
    files = Attachment.objects.filter(message_id=OuterRef("pk")).order_by("position")
    told = JSONObject(id="pk", secret="secret", name="name", type="type", size="size")  # noqa: S106 - a column
    rows = rows.annotate(
        retracted_by=retraction(),
        carried=ArraySubquery(files.values(json=told)),
    )
    return rows if viewer.kind is ViewerKind.PORTAL else rows.annotate(drawn=mark("author_party_id"))


def shown(viewer: Viewer, said: Any, people: Iterable[Person] = ()) -> MessageShown:
    """Return a message that bears its parts, as the viewer is shown it."""
    is_mine = viewer.id in {said.author_member_id, said.author_party_id}
    is_hidden = said.retracted_by and viewer.kind is ViewerKind.PORTAL and not is_mine
    drawn = getattr(said, "drawn", None)
    return MessageShown(
        id=said.pk,
        conversation_id=said.conversation_id,
        number=said.number,
        author_id=said.author_id,
        author_name=said.author_name,
        is_member=said.author_member_id is not None,
        is_mine=is_mine,
        body="" if is_hidden else said.body,
        sent_at=said.sent_at,
        on=said.sent_at.astimezone(viewer.zone).date(),
        is_automatic=said.is_automatic,
        is_retracted=said.retracted_by is not None,
        retracts=said.retracts_id,
        files=[] if is_hidden else [_file(each) for each in said.carried],
        read_by=[each.name for each in people if each.id != said.author_id and each.read_number >= said.number],
        party=party_of(drawn) if drawn else None,
    )


def _file(told: dict[str, Any]) -> FileShown:
    return FileShown(UUID(told["id"]), told["secret"], told["name"], told["type"], told["size"])


def attachment_for(viewer: Viewer, attachment_id: UUID, secret: str) -> Attachment | None:
    """Return a file the viewer may fetch, by its id and its secret; None where there is nothing to know of."""
    of_visible = Message.objects.visible_to(viewer).filter(pk=OuterRef("message_id"))
    rows = Attachment.objects.filter(Exists(of_visible), pk=attachment_id, secret=secret)
    if viewer.kind is ViewerKind.PORTAL:
        # what was retracted is shown to its author alone
        gone = Message.objects.filter(retracts_id=OuterRef("message_id"))
        rows = rows.filter(~Exists(gone) | Q(message__author_party_id=viewer.id))
    return rows.select_related("message").first()
