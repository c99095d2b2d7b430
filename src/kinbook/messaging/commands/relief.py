"""Letting somebody answer in place of a member who is away or leaves: in new conversations of the same circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record, record_for_clients
from kinbook.jobs.app import enqueue
from kinbook.messaging.models import Continuation, Conversation, Message, Participant
from kinbook.messaging.queries.continued import day_in_words
from kinbook.messaging.queries.relief import handed_talks
from kinbook.team.models import Member
from kinbook.tenancy.fields import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kinbook.messaging.queries.relief import Handed, Relief
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def hand_over_talks(viewer: Viewer, *, relief: Relief) -> int:
    """Let each conversation that is going on go on with who takes over; returns how many.

    Who takes part is fixed, so a new one begins with the same people, and its first entry says who answers from when.
    Those that nobody takes over end with a member who leaves, where nobody else of the team takes part.
    """
    require(viewer, Action.TEAM_MANAGE)
    found = handed_talks(viewer, relief)
    of = Member.objects.get(pk=relief.member_id).name
    _move(found.going)
    new = [each for each in found.going if not each.is_known_for_good]
    ways = [_way(viewer, each, of, found.by.name) for each in new] if found.by else []
    if found.by:
        _begin(viewer, found.by, new, ways)
    ways += [
        Continuation(practice_id=viewer.practice_id, conversation=each, of_name=of, starts_on=relief.on)
        for each in found.ending
    ]
    Continuation.objects.bulk_create(ways)
    record_for_clients(
        viewer,
        "conversation.handed_over",
        [(each.conversation.client_id, {"conversation": str(each.conversation_id), **_told(each)}) for each in ways],
    )
    record(viewer, "member.talks_handed_over", None, going=len(found.going), ending=len(found.ending))
    return len(found.going)


def _told(way: Continuation) -> dict[str, str]:
    next_id = {"next": str(way.next_id)} if way.next_id else {}
    return {**next_id, "on": str(way.starts_on), "until": str(way.until or "")}


def _move(handed: Sequence[Handed]) -> None:
    """Let what goes on with somebody already go on there for good, or no longer than until another takes over."""
    for each in handed:
        if each.known:
            until = each.until if each.is_known_for_good else max(each.known.starts_on, each.starts_on)
            Continuation.objects.filter(pk=each.known.pk).update(until=until)


def _way(viewer: Viewer, handed: Handed, of: str, by: str) -> Continuation:
    old = handed.talk
    talk = Conversation(
        id=new_id(),
        practice_id=viewer.practice_id,
        client=old.client,
        kind=old.kind,
        subject=old.subject,
        confidential=old.confidential,
        is_internal=old.is_internal,
        started_by=viewer.name,
        started_at=viewer.now,
        last_at=viewer.now,
    )
    return Continuation(
        practice_id=viewer.practice_id,
        conversation=old,
        next=talk,
        of_name=of,
        by_name=by,
        starts_on=handed.starts_on,
        until=handed.until,
    )


def _begin(viewer: Viewer, by: Viewer, handed: Sequence[Handed], ways: Sequence[Continuation]) -> None:
    """Begin the conversations with the same people, whoever takes over among them, and the entry that says so."""
    talks = [each.next for each in ways if each.next]
    Conversation.objects.bulk_create(talks)
    new = {each.conversation_id: each.next for each in ways}
    inside = {each.talk.pk: set(each.talk.inside) for each in handed}
    parts = [
        Participant(practice_id=viewer.practice_id, conversation=each, member_id=by.id, name=by.name) for each in talks
    ]
    parts += [
        Participant(
            practice_id=viewer.practice_id,
            conversation=new[each.conversation_id],
            member_id=each.member_id,
            party_id=each.party_id,
            name=each.name,
            relation=each.relation,
        )
        for each in Participant.objects.filter(conversation_id__in=list(new)).order_by("pk")
        if each.party_id or each.member_id in inside[each.conversation_id]
    ]
    Participant.objects.bulk_create(parts)
    said = Message.objects.bulk_create([_notice(viewer, by, each) for each in ways])
    for notice in said:
        enqueue("messaging.after_message", practice_id=str(viewer.practice_id), message_id=str(notice.pk))


def _notice(viewer: Viewer, by: Viewer, way: Continuation) -> Message:
    """Return the first entry of a conversation that continues another."""
    first = day_in_words(way.starts_on)
    words = f"From {first} {way.by_name} answers here in place of {way.of_name}."
    if way.until:
        words = f"{words} {way.of_name} is back on {day_in_words(way.until)}."
    return Message(
        practice_id=viewer.practice_id,
        conversation=way.next,
        client_id=way.conversation.client_id,
        author_member_id=by.id,
        author_name=by.name,
        body=words,
        sent_at=viewer.now,
        is_automatic=True,
    )
