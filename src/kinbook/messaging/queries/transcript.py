"""A client's transcript: every conversation of and about the client in one order, a page at a time or whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from kinbook.messaging.models import Attachment, Conversation, Kind, Message, Participant, Seen
from kinbook.messaging.queries.places import beyond, place_of
from kinbook.messaging.queries.search import found
from kinbook.messaging.queries.thread import MessageShown, shown, with_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kinbook.messaging.models.talk import MessageQuerySet
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class TranscriptFilters:
    """What a transcript is narrowed to; the empty value does not narrow."""

    participant_id: UUID | None = None
    kind: str = ""
    since: date | None = None
    through: date | None = None
    search: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> TranscriptFilters:
        """Read filters from an address; what makes no sense does not narrow."""
        kind = values.get("kind", "")
        return cls(
            participant_id=_id(values.get("person", "")),
            kind=kind if kind in Kind.values else "",
            since=_day(values.get("from", "")),
            through=_day(values.get("to", "")),
            search=values.get("search", "").replace("\x00", "").strip()[:200],
        )

    @property
    def narrows(self) -> bool:
        """Tell whether anything is left out."""
        return self != TranscriptFilters()

    @property
    def told(self) -> dict[str, str]:
        """What narrows, in words that JSON knows; a search by its length only."""
        return {
            **({"participant_id": str(self.participant_id)} if self.participant_id else {}),
            **({"kind": self.kind} if self.kind else {}),
            **({"from": str(self.since)} if self.since else {}),
            **({"to": str(self.through)} if self.through else {}),
            **({"search": "yes"} if self.search else {}),
        }


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class TalkHead:
    """A conversation as a transcript names it."""

    id: UUID
    kind: str
    subject: str
    confidential: bool
    is_internal: bool
    started_by: str
    started_at: datetime
    people: tuple[tuple[UUID, str, str, bool], ...]

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return str(Kind(self.kind).label)

    def to(self, author_id: UUID) -> str:
        """Return to whom somebody writes here."""
        return ", ".join(name for id_, name, _, _ in self.people if id_ != author_id)


@dataclass(frozen=True, slots=True)
class Line:
    """A message of a transcript with the conversation it belongs to."""

    said: MessageShown
    talk: TalkHead

    @property
    def to(self) -> str:
        """To whom it was written."""
        return self.talk.to(self.said.author_id)


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    """One page of a transcript, the oldest first; `earlier` and `later` are where the pages beside it begin."""

    lines: list[Line] = field(default_factory=list)
    earlier: str = ""
    later: str = ""


def transcript(viewer: Viewer, client_id: UUID, filters: TranscriptFilters) -> MessageQuerySet:
    """Return the messages of a client that the viewer may read and the filters leave, in no order.

    The client's conversations are looked up first: they are few, and with them the index of the client's messages gives
    a page in its order, however many there are.
    """
    talks = Conversation.objects.visible_to(viewer).filter(client_id=client_id)
    if filters.kind:
        talks = talks.filter(kind=filters.kind)
    if filters.participant_id:
        whose = Q(member_id=filters.participant_id) | Q(party_id=filters.participant_id)
        whose |= Q(party__merged_into_id=filters.participant_id)
        talks = talks.filter(pk__in=Participant.objects.filter(whose).values("conversation_id"))
    rows = Message.objects.filter(client_id=client_id, conversation_id__in=list(talks.values_list("pk", flat=True)))
    if filters.search:
        rows = rows.filter(pk__in=found(viewer, filters.search, client_id).values("pk"))
    if filters.since:
        rows = rows.filter(sent_at__gte=datetime.combine(filters.since, time.min, viewer.zone))
    if filters.through:
        rows = rows.filter(sent_at__lt=datetime.combine(filters.through + timedelta(days=1), time.min, viewer.zone))
    return rows


def transcript_page(
    viewer: Viewer,
    client_id: UUID,
    filters: TranscriptFilters,
    *,
    before: str = "",
    after: str = "",
    on: date | None = None,
) -> TranscriptPage:
    """Return a page of the transcript: the latest, the one before or after a place, or from a day on."""
    rows = with_parts(viewer, transcript(viewer, client_id, filters))
    if on and not before and not after:
        after = place_of(datetime.combine(on, time.min, viewer.zone), UUID(int=0))
    if after:
        page, more = _cut(rows.filter(beyond(after, "sent_at", "gt")).order_by("sent_at", "pk"))
        return TranscriptPage(lines_of(viewer, page), _place(page[0]) if page else "", _place(page[-1]) if more else "")
    if before:
        rows = rows.filter(beyond(before, "sent_at", "lt"))
    page, more = _cut(rows.order_by("-sent_at", "-pk"))
    page.reverse()
    return TranscriptPage(lines_of(viewer, page), _place(page[0]) if more else "", "")


def _cut(rows: Any) -> tuple[list[Any], bool]:
    page = list(rows[: AT_ONCE + 1])
    return page[:AT_ONCE], len(page) > AT_ONCE


def _place(said: Message) -> str:
    return place_of(said.sent_at, said.pk)


def lines_of(viewer: Viewer, messages: Iterable[Any]) -> list[Line]:
    """Return messages that bear their parts, each with its conversation, in one statement more."""
    messages = list(messages)
    heads = heads_of({each.conversation_id for each in messages})
    return [Line(shown(viewer, each), heads[each.conversation_id]) for each in messages]


def heads_of(conversation_ids: Iterable[UUID]) -> dict[UUID, TalkHead]:
    """Return conversations with who takes part, the family first, in one statement."""
    parts = Participant.objects.filter(conversation_id=OuterRef("pk")).order_by("party_id", "pk")
    person = JSONObject(member="member_id", party="party_id", name="name", relation="relation")
    rows: Any = Conversation.objects.filter(pk__in=list(conversation_ids))
    return {
        each.pk: TalkHead(
            id=each.pk,
            kind=each.kind,
            subject=each.subject,
            confidential=each.confidential,
            is_internal=each.is_internal,
            started_by=each.started_by,
            started_at=each.started_at,
            people=tuple(
                (UUID(one["member"] or one["party"]), one["name"], one["relation"], one["member"] is not None)
                for one in each.people
            ),
        )
        for each in rows.annotate(people=ArraySubquery(parts.values(json=person)))
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """A message with what only an export tells: its place in the chain, its files' digests, who saw it when."""

    said: Message
    talk: TalkHead
    before: str
    files: list[Attachment]
    seen: list[tuple[str, datetime]]
    is_retracted: bool


def whole_transcript(viewer: Viewer, client_id: UUID, filters: TranscriptFilters) -> list[Kept]:
    """Return every message the filters leave in time order, with all that is kept of it: five statements."""
    previous = Message.objects.filter(conversation_id=OuterRef("conversation_id"), number=OuterRef("number") - 1)
    rows: Any = transcript(viewer, client_id, filters).annotate(before=Subquery(previous.values("digest")[:1]))
    messages = list(rows.order_by("sent_at", "pk"))
    ids = [each.pk for each in messages]
    heads = heads_of({each.conversation_id for each in messages})
    files: dict[UUID, list[Attachment]] = defaultdict(list)
    for each in Attachment.objects.filter(message_id__in=ids).defer("content").order_by("message_id", "position"):
        files[each.message_id].append(each)
    seen: dict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for message_id, name, at in (
        Seen.objects.filter(message_id__in=ids).order_by("at", "pk").values_list("message_id", "name", "at")
    ):
        seen[message_id].append((name, at))
    gone = {each.retracts_id for each in messages if each.retracts_id}
    return [
        Kept(
            said=each,
            talk=heads[each.conversation_id],
            before=bytes(each.before).hex() if each.before else "",
            files=files[each.pk],
            seen=seen[each.pk],
            is_retracted=each.pk in gone,
        )
        for each in messages
    ]


def people_in(viewer: Viewer, client_id: UUID) -> list[tuple[UUID, str]]:
    """Return who takes part in any conversation about a client that the viewer may read, the family first."""
    talks = Conversation.objects.visible_to(viewer).filter(client_id=client_id)
    rows = Participant.objects.filter(conversation__in=talks).order_by(F("party_id").asc(nulls_last=True), "name")
    return list(
        dict.fromkeys(
            (member or party, name) for member, party, name in rows.values_list("member_id", "party_id", "name")
        )
    )
