"""The demo's messages: Dr Kim with Ana and with Ben, each apart; Mia's in confidence; Sam about an invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from kinbook.messaging.commands.reading import move_place, note_seen
from kinbook.messaging.commands.send import add_message
from kinbook.messaging.commands.settling import save_template, set_messages
from kinbook.messaging.commands.start import TalkDraft, start_conversation
from kinbook.messaging.models import Message, Participant
from kinbook.people.models import Client
from kinbook.seed.cast import CAST
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.seed.people import People
    from kinbook.tenancy.viewer import Viewer

KIM, SAM, HELEN = "kim", "biller", "owner"
TALKS: tuple[tuple[str, str, tuple[str, ...], dict[str, object], tuple[tuple[int, str, str, str], ...]], ...] = (
    (
        "Leo Ortiz",
        KIM,
        ("Ana Ortiz",),
        {},
        (
            (7, "17:55", "Ana Ortiz", "Could Leo be with me on Friday? I would bring him to you."),
            (7, "18:30", KIM, "Of course. I have noted that you bring him."),
            (2, "16:40", "Ana Ortiz", "Thank you. Could we move Thursday’s call to 12:15?"),
        ),
    ),
    (
        "Leo Ortiz",
        KIM,
        ("Ben Ortiz",),
        {"about": "Fridays"},
        (
            (7, "18:20", "Ben Ortiz", "Friday is swapped this week, so somebody else brings Leo. Fine with me."),
            (7, "18:41", KIM, "Thank you, Ben. I have noted the swap."),
            (3, "08:05", "Ben Ortiz", "It did not happen in the end, I brought him myself. Does that change the bill?"),
            (3, "09:12", KIM, "Thank you for telling me. Billing will write to you if anything changes for you."),
            (2, "19:12", "Ben Ortiz", "Good. I have Leo from the 25th, so Friday is on me as usual."),
        ),
    ),
    (
        "Mia Ortiz",
        KIM,
        ("Mia Ortiz",),
        {"confidential": True},
        (
            (5, "15:31", "Mia Ortiz", "can we talk about something else next time? not the school thing"),
            (5, "15:58", KIM, "Yes. It is your hour: you choose what we talk about, and this stays between us."),
            (4, "15:02", "Mia Ortiz", "ok see you thursday"),
        ),
    ),
    (
        "Leo Ortiz",
        SAM,
        ("Ana Ortiz",),
        {"kind": "billing", "about": "Your invoice"},
        (
            (4, "10:10", SAM, "Your invoice is in the portal. Tell me if anything on it looks wrong to you."),
            (4, "20:45", "Ana Ortiz", "One session was not my week, I think. Could you look?"),
        ),
    ),
    (
        "Leo Ortiz",
        KIM,
        (HELEN,),
        {"about": "Swapped Fridays"},
        ((3, "09:20", KIM, "Both parents told me of a swap that was called off. Could billing look at the 13th?"),),
    ),
)
TEMPLATES = {
    "Before the first session": "Please fill in the forms before we meet. If anything is unclear, write to me here.",
    "Running late": "I am running about ten minutes late. Please wait in Room 2: nobody loses time for it.",
}


def tell_talks(people: People, now: datetime) -> None:
    """Switch messages on, and let the family and the team write."""
    rule = people.viewer.at(now)
    set_messages(rule, on=True, for_new=True, notice_minutes=10)
    for name, body in TEMPLATES.items():
        save_template(rule, name=name, body=body)
    for client, by, others, more, said in TALKS:
        _talk(people, now, _client(people, client), by, others, more, said)


def _client(people: People, name: str) -> Client:
    return Client.objects.select_related("party").get(pk=people.parties[name])


def member(people: People, name: str, at: datetime) -> Viewer:
    """Return one of the cast as the viewer they are at a time."""
    actor = next(each for each in CAST if each.email.startswith(f"{name}@"))
    viewer = people.viewer.at(at)
    return replace(
        viewer, kind=ViewerKind.MEMBER, id=people.members[name], name=actor.name, roles=frozenset({actor.role})
    )


def _talk(
    people: People,
    now: datetime,
    client: Client,
    by: str,
    others: tuple[str, ...],
    more: dict[str, object],
    said: tuple[tuple[int, str, str, str], ...],
) -> None:
    begins = _moment(people, now, said[0][0], said[0][1]) - timedelta(minutes=1)
    who: dict[str, UUID] = {
        name: client.party_id if name == client.name and client.party_id else people.parties[name]
        for name in others
        if name not in people.members
    }
    draft = TalkDraft(
        client.pk,
        tuple(who.values()),
        tuple(people.members[name] for name in others if name in people.members),
        **more,  # type: ignore[arg-type]
    )
    talk = start_conversation(member(people, by, begins), draft=draft)
    parts = {part.member_id or part.party_id: part for part in Participant.objects.filter(conversation=talk)}
    for days, at, name, words in said:
        moment = _moment(people, now, days, at)
        part = parts[people.members.get(name) or who[name]]
        part.conversation = talk
        writer = member(people, name, moment) if name in people.members else people.viewer.at(moment)
        add_message(writer, part, body=words)
        if name in people.members:
            _read(member(people, name, moment), talk.pk)


def _read(viewer: Viewer, conversation_id: UUID) -> None:
    """Let somebody who answers have read what was written before."""
    messages = list(Message.objects.filter(conversation_id=conversation_id).order_by("number"))
    note_seen(viewer, [each.pk for each in messages])
    move_place(viewer, conversation_id, messages[-1].number)


def _moment(people: People, now: datetime, days: int, at: str) -> datetime:
    day = now.astimezone(people.viewer.zone).date() - timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(at), people.viewer.zone)
