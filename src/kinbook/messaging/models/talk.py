"""A conversation: about one client, of one kind, with people who are fixed when it begins; and what is said in it."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_confidence, clients_in_reach
from kinbook.people.models import Client, Party
from kinbook.team.models import Member
from kinbook.tenancy.models import PracticeForeignKey, PracticeRow
from kinbook.tenancy.viewer import Role, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

LONGEST = 10_000
OPEN = "SELECT kinbook_open_conversations()"


class Kind(models.TextChoices):
    """What a conversation is for; it says which roles see it."""

    CLINICAL = "clinical", "Clinical"
    BILLING = "billing", "Billing"
    SCHEDULING = "scheduling", "Scheduling"


BY_KIND = {Role.BILLER: Kind.BILLING, Role.SCHEDULER: Kind.SCHEDULING}
"""Roles that open no record: they see the conversations of their kind only."""


def member_or_party(name: str, prefix: str = "") -> models.CheckConstraint:
    """Return the constraint that a row is a member's or a party's."""
    member, party = f"{prefix}member", f"{prefix}party"
    one = Q(**{f"{member}__isnull": False, f"{party}__isnull": True})
    other = Q(**{f"{member}__isnull": True, f"{party}__isnull": False})
    return models.CheckConstraint(condition=one | other, name=name)


def is_me(viewer: Viewer, prefix: str = "") -> Q:
    """Return the condition that a row is the viewer's own."""
    column = "party_id" if viewer.kind is ViewerKind.PORTAL else "member_id"
    return Q(**{f"{prefix}{column}": viewer.id})


def conversations_in_reach(viewer: Viewer, prefix: str = "") -> Q:
    """Return the condition that a conversation (its columns after `prefix`) is one the viewer may read.

    Whoever opens a client's record reads its conversations; confidential ones its clinicians and who takes part. Biller
    and scheduler read those of their kind. A portal person reads those they take part in, while it is open to them.
    """
    if viewer.kind is ViewerKind.PORTAL:
        return Q(**{f"{prefix}pk__in": RawSQL(OPEN, [])})  # noqa: S611 - a constant
    if viewer.is_job:
        return Q()
    takes_part = Exists(Participant.objects.filter(conversation_id=OuterRef(f"{prefix}pk"), member_id=viewer.id))
    in_confidence = clients_in_confidence(viewer, f"{prefix}client_id") | Q(takes_part)
    return _by_role(viewer, prefix) & (Q(**{f"{prefix}confidential": False}) | in_confidence)


def _by_role(viewer: Viewer, prefix: str) -> Q:
    """Return the condition that one of the viewer's roles leads to the client, and to conversations of the kind."""
    column = f"{prefix}client_id"
    ways = []
    record_roles = viewer.roles - set(BY_KIND)
    if record_roles:
        ways.append(clients_in_reach(replace(viewer, roles=record_roles), Action.MESSAGES_SEE, column))
    for role in sorted(viewer.roles & set(BY_KIND)):
        of_kind = Q(**{f"{prefix}kind": BY_KIND[role]})
        ways.append(of_kind & clients_in_reach(replace(viewer, roles=frozenset({role})), Action.MESSAGES_SEE, column))
    if Q() in ways:
        return Q()
    return reduce(or_, ways, Q(**{f"{prefix}pk__in": []}))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations of the practice."""

    def visible_to(self, viewer: Viewer) -> ConversationQuerySet:
        """Return those the viewer may read."""
        return self.filter(conversations_in_reach(viewer))


class Conversation(PracticeRow):
    """Somebody of the team with the client, a contact, or several who agreed; or the team among itself.

    The last message's number, time and digest are kept by the database when a message is added.
    """

    client = PracticeForeignKey(Client, on_delete=models.PROTECT)
    kind = models.TextField(choices=Kind.choices, default=Kind.CLINICAL)
    subject = models.TextField(blank=True, default="")
    confidential = models.BooleanField(default=False, help_text="to the client: no guardian, no administrative role")
    is_internal = models.BooleanField(default=False, help_text="members among themselves")
    started_by = models.TextField()
    started_at = models.DateTimeField()
    last_number = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    last_digest = models.BinaryField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(confidential=True, is_internal=True), name="conversation_is_one_thing"),
        ]
        indexes = [
            models.Index(fields=["practice", "-last_at", "-id"], name="conversations_by_time"),
            models.Index(fields=["practice", "client", "-last_at"], name="conversations_of_client"),
        ]


class Participant(PracticeRow):
    """Who takes part, under the name they had when it began, and how far they have read."""

    conversation = PracticeForeignKey(Conversation, on_delete=models.PROTECT, related_name="participants")
    member = PracticeForeignKey(Member, on_delete=models.PROTECT, null=True)
    party = PracticeForeignKey(Party, on_delete=models.PROTECT, null=True)
    name = models.TextField()
    relation = models.TextField(blank=True, default="", help_text="what they are to the client")
    read_number = models.IntegerField(default=0, help_text="the last message that was shown to them")
    read_at = models.DateTimeField(null=True)
    noticed_number = models.IntegerField(default=0, help_text="up to which a letter told of unread messages")

    class Meta:
        constraints = [
            member_or_party("participant_is_one"),
            models.UniqueConstraint(fields=["practice", "conversation", "member"], name="member_takes_part_once"),
            models.UniqueConstraint(fields=["practice", "conversation", "party"], name="party_takes_part_once"),
        ]
        indexes = [
            models.Index(fields=["practice", "member", "conversation"], name="conversations_of_member"),
            models.Index(fields=["practice", "party", "conversation"], name="conversations_of_party"),
        ]


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages of the practice."""

    def visible_to(self, viewer: Viewer) -> MessageQuerySet:
        """Return those of conversations the viewer may read."""
        return self.filter(conversations_in_reach(viewer, "conversation__"))


class Message(PracticeRow):
    """What somebody said. Never changed or deleted; a retraction is an entry of its own that names what it retracts.

    Client, number, time, digest and transaction are the database's: it sets them under a lock on the conversation.
    """

    conversation = PracticeForeignKey(Conversation, on_delete=models.PROTECT)
    client = PracticeForeignKey(Client, on_delete=models.PROTECT)
    number = models.IntegerField(default=0)
    author_member = PracticeForeignKey(Member, on_delete=models.PROTECT, null=True)
    author_party = PracticeForeignKey(Party, on_delete=models.PROTECT, null=True)
    author_name = models.TextField()
    body = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField()
    retracts = PracticeForeignKey("messaging.Message", on_delete=models.PROTECT, null=True, related_name="retractions")
    is_automatic = models.BooleanField(default=False, help_text="an answer of somebody who is away")
    files_digest = models.TextField(blank=True, default="", help_text="over name, type and content of what is attached")
    digest = models.BinaryField(default=bytes, help_text="SHA-256 over this message and the digest before")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            member_or_party("message_has_one_author", "author_"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("body"), LONGEST), name="message_length"),
            models.UniqueConstraint(fields=["practice", "conversation", "number"], name="message_number"),
            models.UniqueConstraint(fields=["practice", "retracts"], name="retracted_once"),
        ]
        indexes = [
            models.Index(fields=["practice", "client", "sent_at", "id"], name="messages_of_client"),
            models.Index(fields=["practice", "-sent_at", "-id"], name="messages_by_time"),
        ]

    @property
    def author_id(self) -> UUID:
        """The member's or party's id."""
        return self.author_member_id or self.author_party_id  # type: ignore[return-value]

    @property
    def is_notice(self) -> bool:
        """Tell whether it says who took over: an automatic answer is never the first."""
        return self.is_automatic and self.number == 1


class Seen(PracticeRow):
    """That somebody was shown a message, when first."""

    message = PracticeForeignKey(Message, on_delete=models.PROTECT)
    member = PracticeForeignKey(Member, on_delete=models.PROTECT, null=True)
    party = PracticeForeignKey(Party, on_delete=models.PROTECT, null=True)
    name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            member_or_party("seen_by_one"),
            models.UniqueConstraint(fields=["practice", "message", "member"], name="seen_once_by_member"),
            models.UniqueConstraint(fields=["practice", "message", "party"], name="seen_once_by_party"),
        ]
