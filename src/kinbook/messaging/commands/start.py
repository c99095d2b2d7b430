"""Beginning a conversation: who takes part is fixed here, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.messaging.commands.taking_part import require_on
from kinbook.messaging.models import Conversation, Kind, Participant
from kinbook.messaging.queries.family import reachable, why_apart
from kinbook.messaging.queries.readers import readers_of
from kinbook.people.queries import client_for, lock_clients
from kinbook.team.models import Member
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.messaging.queries.family import Reachable
    from kinbook.people.models import Client
    from kinbook.tenancy.viewer import Viewer

LONGEST_SUBJECT = 120
BEGIN = "SELECT kinbook_begin_from_portal(%s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class TalkDraft:
    """A conversation as wanted: about whom, with which people outside (`parties`) and which of the team (`members`)."""

    client_id: UUID
    parties: tuple[UUID, ...] = ()
    members: tuple[UUID, ...] = ()
    about: str = ""
    kind: str = Kind.CLINICAL
    confidential: bool = False


@transaction.atomic
def start_conversation(viewer: Viewer, *, draft: TalkDraft, conversation_id: UUID | None = None) -> Conversation:
    """Begin a conversation of the viewer with others; with `conversation_id` a repeat answers the one that began."""
    client = client_for(viewer, draft.client_id, Action.MESSAGES_SEE)
    require(viewer, Action.MESSAGES_SEND, client.pk)
    # two who begin the same at once, or settle who is kept apart meanwhile, come one after the other
    lock_clients([client.pk])
    if conversation_id:
        known = Conversation.objects.visible_to(viewer).filter(pk=conversation_id, client=client).first()
        if known:
            return known
    _read(draft)
    if draft.parties:
        require_on(viewer)
    people = _family(viewer, client, draft)
    members = _team(viewer, client, draft)
    talk = Conversation.objects.create(
        id=conversation_id or new_id(),
        practice_id=viewer.practice_id,
        client=client,
        kind=draft.kind,
        subject=draft.about.strip(),
        confidential=draft.confidential,
        is_internal=not people,
        started_by=viewer.name,
        started_at=viewer.now,
        last_at=viewer.now,
    )
    _let_take_part(talk, people, members)
    record(viewer, "conversation.started", talk, client_id=client.pk, kind=draft.kind, confidential=draft.confidential)
    return talk


def _read(draft: TalkDraft) -> None:
    if draft.kind not in Kind.values:
        raise Invalid(kind=f"The kind is one of: {', '.join(Kind.values)}.")
    if len(draft.about) > LONGEST_SUBJECT:
        raise Invalid(about=f"A subject has at most {LONGEST_SUBJECT} characters.")
    if not draft.parties and not draft.members:
        raise Invalid(participants="Choose whom to write to.")
    if draft.confidential and not draft.parties:
        raise Invalid(confidential="Confidential is between the team and the client: choose the client.")


def _family(viewer: Viewer, client: Client, draft: TalkDraft) -> list[Reachable]:
    """Return the people outside who take part; Invalid where messages are not open to one, or they are kept apart."""
    known = {each.party.pk: each for each in reachable(viewer, client)}
    strange = set(draft.parties) - set(known)
    if strange:
        raise Invalid(participants=f"Only {client.name} and their contacts of today can be written to about them.")
    people = [each for party_id, each in known.items() if party_id in draft.parties]
    for each in people:
        if not each.is_open:
            raise Invalid(
                participants=f"{each.party.name} has no messages in the portal for {client.short_name}: switch them on "
                "under the client's contacts, Manage Client Portal & Billing."
            )
        if draft.confidential and not each.is_client:
            raise Invalid(
                confidential=f"What is confidential to {client.short_name} goes to {client.short_name} alone."
            )
    why = why_apart(viewer, client, people)
    if why:
        raise Invalid(participants=why)
    return people


def _team(viewer: Viewer, client: Client, draft: TalkDraft) -> list[Member]:
    """Return the members who take part, the viewer among them; each must be able to read the conversation."""
    wanted = {viewer.id, *draft.members}
    members = list(Member.objects.active().filter(pk__in=wanted).order_by("last_name", "first_name", "pk"))
    if len(members) < len(wanted):
        raise Invalid(participants="Somebody chosen is not on the team any more.")
    reading = {each.member_id for each in readers_of(viewer, client.pk, draft.kind, confidential=draft.confidential)}
    shut_out = [each.name for each in members if each.pk not in reading]
    if viewer.kind is ViewerKind.MEMBER and shut_out:
        raise Invalid(
            participants=f"{' and '.join(shut_out)} may not read such a conversation about {client.short_name}."
        )
    return members


def _let_take_part(talk: Conversation, people: Sequence[Reachable], members: Sequence[Member]) -> None:
    Participant.objects.bulk_create(
        [
            *(
                Participant(
                    practice_id=talk.practice_id,
                    conversation=talk,
                    party=each.party,
                    name=each.party.name,
                    relation=each.relation,
                )
                for each in people
            ),
            *(
                Participant(practice_id=talk.practice_id, conversation=talk, member=each, name=each.name)
                for each in members
            ),
        ]
    )


def start_from_portal(
    viewer: Viewer,
    *,
    client_id: UUID,
    about: str = "",
    kind: str = Kind.CLINICAL,
    confidential: bool = False,
    conversation_id: UUID | None = None,
) -> Conversation:
    """Begin a conversation of a portal person with whoever answers; a repeat answers the one that began.

    The database finds who that is, and refuses where messages about the client are not open to the viewer.
    """
    _read(TalkDraft(client_id, (viewer.id,), about=about, kind=kind, confidential=confidential))
    made = conversation_id or new_id()
    known = Conversation.objects.visible_to(viewer).filter(pk=made).first()
    if known:
        return known
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [made, client_id, kind, about.strip(), confidential, viewer.now])
        (began,) = cursor.fetchone() or (False,)
    if not began:
        raise Unknown
    talk = Conversation.objects.get(pk=made)
    record(viewer, "conversation.started", talk, client_id=client_id, kind=kind, confidential=confidential)
    return talk
