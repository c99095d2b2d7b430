"""Finding conversations, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject, Left

from kinbook.messaging.models import Conversation, Kind, Message, Participant
from kinbook.messaging.models.talk import is_me
from kinbook.messaging.queries.places import beyond, place_of
from kinbook.messaging.queries.search import matching
from kinbook.people.queries.marks import mark, party_of
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.messaging.models.talk import ConversationQuerySet
    from kinbook.people.models import Party
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 40
MOST_COUNTED = 99
"""New messages are counted so far: of more, however many there are, one more is looked for and told as "99+"."""
SHOWN_OF_LAST = 120


def talk_for(viewer: Viewer, conversation_id: UUID) -> Conversation:
    """Return a conversation the viewer may read; unknown and forbidden look alike."""
    rows = Conversation.objects.visible_to(viewer)
    if viewer.kind is not ViewerKind.PORTAL:
        rows = rows.select_related("client__party")
    found = rows.filter(pk=conversation_id).first()
    if found is None:
        raise Unknown
    return found


def part_of(viewer: Viewer, conversation_id: UUID) -> Participant | None:
    """Return the viewer's own part in a conversation; None where they only may read it."""
    return Participant.objects.filter(is_me(viewer), conversation_id=conversation_id).first()


def unread(viewer: Viewer) -> QuerySet[Message]:
    """Return what the viewer, who takes part, has not been shown: of others, and not retracted."""
    mine = Participant.objects.filter(
        is_me(viewer), conversation_id=OuterRef("conversation_id"), read_number__lt=OuterRef("number")
    )
    # the conversation's own count goes first: most have nothing new, and their messages are not looked at
    behind = Participant.objects.filter(is_me(viewer), read_number__lt=F("conversation__last_number"))
    new = Message.objects.visible_to(viewer).filter(Exists(mine), conversation__in=behind.values("conversation_id"))
    return new.filter(retracts=None, retractions=None).exclude(is_me(viewer, "author_"))


def unread_count(viewer: Viewer) -> int:
    """Return how many messages the viewer has not been shown; one more than are counted where there are more."""
    return unread(viewer)[: MOST_COUNTED + 1].count()


def spoken_count(new: int) -> str:
    """Return how many messages are new as a mark says it: "3", "99+"."""
    return f"{MOST_COUNTED}+" if new > MOST_COUNTED else str(new)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; the empty value does not narrow."""

    client_id: UUID | None = None
    kind: str = ""
    is_unread: bool = False
    is_mine: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A conversation as the list shows it."""

    id: UUID
    kind: str
    subject: str
    confidential: bool
    is_internal: bool
    client_id: UUID
    client_name: str
    names: list[str]
    party: Party | None
    last_at: datetime
    last_on: date
    is_today: bool
    last_author: str
    last_words: str
    unread: int
    takes_part: bool

    @property
    def title(self) -> str:
        """Who else takes part."""
        return ", ".join(self.names) or self.client_name

    @property
    def spoken_unread(self) -> str:
        """How many are new, as a mark says it."""
        return spoken_count(self.unread)

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return str(Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class TalkList:
    """A page of conversations, the latest first; `next` begins the page after it."""

    rows: list[TalkRow] = field(default_factory=list)
    next: str = ""


def talks(viewer: Viewer, filters: Filters) -> ConversationQuerySet:
    """Return the conversations the filters leave, in no order."""
    rows = Conversation.objects.visible_to(viewer)
    if filters.client_id:
        rows = rows.filter(client_id=filters.client_id)
    if filters.kind in Kind.values:
        rows = rows.filter(kind=filters.kind)
    if filters.is_mine or filters.is_unread:
        rows = rows.filter(pk__in=Participant.objects.filter(is_me(viewer)).values("conversation_id"))
    if filters.is_unread:
        rows = rows.filter(pk__in=unread(viewer).values("conversation_id"))
    if filters.search:
        rows = rows.filter(matching(viewer, filters.search))
    return rows


def talk_list(viewer: Viewer, filters: Filters, after: str = "") -> TalkList:
    """Return a page of conversations, the latest first, in one statement."""
    rows = talks(viewer, filters).filter(beyond(after, "last_at", "lt"))
    found: list[Any] = list(_shown(viewer, rows).order_by("-last_at", "-pk")[: AT_ONCE + 1])
    page = [_row(viewer, each) for each in found[:AT_ONCE]]
    more = place_of(page[-1].last_at, page[-1].id) if len(found) > AT_ONCE else ""
    return TalkList(page, more)


def _shown(viewer: Viewer, rows: ConversationQuerySet) -> ConversationQuerySet:
    last = Message.objects.filter(conversation_id=OuterRef("pk"), retracts=None).order_by("-number")
    words = JSONObject(
        author="author_name",
        words=Left("body", SHOWN_OF_LAST),
        gone=Subquery(Message.objects.filter(retracts_id=OuterRef("pk")).values("pk")[:1]),
    )
    others = Participant.objects.filter(conversation_id=OuterRef("pk")).order_by(
        F("party_id").asc(nulls_last=True), "pk"
    )
    is_staff = viewer.kind is not ViewerKind.PORTAL
    person = JSONObject(
        name="name", id="member_id", party="party_id", **({"mark": mark("party_id")} if is_staff else {})
    )
    if is_staff:
        rows = rows.select_related("client__party")
    return rows.annotate(
        said=Subquery(last.values(json=words)[:1]),
        people=ArraySubquery(others.values(json=person)),
        new=new_in(viewer),
        takes_part=Exists(_mine(viewer, "pk")),
    )


def new_in(viewer: Viewer) -> Func:
    """Return the expression for how many messages of a conversation are new to the viewer: see `unread_count`."""
    new = (
        Message.objects.filter(conversation_id=OuterRef("pk"), retracts=None, retractions=None)
        .filter(number__gt=Coalesce(Subquery(_mine(viewer).values("read_number")[:1]), OuterRef("last_number")))
        .exclude(is_me(viewer, "author_"))
        .order_by()
    )
    first = ArraySubquery(new.values("number")[: MOST_COUNTED + 1])
    return Func(first, function="cardinality", output_field=IntegerField())


def _mine(viewer: Viewer, column: str = "conversation_id") -> QuerySet[Participant]:
    return Participant.objects.filter(is_me(viewer), conversation_id=OuterRef(column))


def _row(viewer: Viewer, talk: Any) -> TalkRow:
    me = str(viewer.id)
    others = [each for each in talk.people if me not in {each["id"], each["party"]}]
    # the family stands before the team: the list is of people outside, who write in
    outside = [each for each in others if each["party"]] or others
    said = talk.said or {}
    last_on = talk.last_at.astimezone(viewer.zone).date()
    marked = next((each["mark"] for each in outside if each.get("mark")), None)
    return TalkRow(
        id=talk.pk,
        kind=talk.kind,
        subject=talk.subject,
        confidential=talk.confidential,
        is_internal=talk.is_internal,
        client_id=talk.client_id,
        client_name=talk.client.name if viewer.kind is not ViewerKind.PORTAL else "",
        names=[each["name"] for each in outside],
        party=party_of(marked) if marked else None,
        last_at=talk.last_at,
        last_on=last_on,
        is_today=last_on == viewer.today,
        last_author=said.get("author", ""),
        last_words="Retracted" if said.get("gone") else said.get("words", ""),
        unread=talk.new,
        takes_part=talk.takes_part,
    )
