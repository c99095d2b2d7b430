"""Searching messages: every word, or part of a word, with or without accents; only what one may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.expressions import RawSQL

from kinbook.access.actions import Action
from kinbook.access.matrix import Scope
from kinbook.access.policy import clients_in_reach, reach
from kinbook.messaging.models import Conversation, Message
from kinbook.people.models import Client
from kinbook.tenancy.viewer import ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

MOST = 500
"""So many messages are found, the newest; who looks for an older one types another word."""
FOUND = "SELECT kinbook_messages_found(%s::text[], %s::uuid[], %s)"


def words_in(text: str) -> list[str]:
    """Return what a search is split into."""
    return text.replace("\x00", "")[:200].split()[:8]


def found(viewer: Viewer, text: str, client_id: UUID | None = None) -> QuerySet[Message]:
    """Return the newest messages with all the words that the viewer may read; of one client where named."""
    words = words_in(text)
    if not words:
        return Message.objects.none()
    rows = Message.objects.visible_to(viewer)
    clients = [client_id] if client_id else _reached(viewer)
    return rows.filter(pk__in=RawSQL(FOUND, [words, clients, MOST]))  # noqa: S611 - a constant with values beside it


def _reached(viewer: Viewer) -> list[UUID] | None:
    """Return the clients a viewer of few may read of, so that others' messages do not crowd theirs out."""
    if viewer.kind is ViewerKind.PORTAL or Scope.ALL in reach(viewer, Action.MESSAGES_SEE):
        return None
    own = Client.objects.filter(clients_in_reach(viewer, Action.MESSAGES_SEE, "pk"))
    return list(own.values_list("pk", flat=True))


def matching(viewer: Viewer, text: str) -> Q:
    """Return the condition that a conversation holds the words, or bears them in its subject or a person's name."""
    words = words_in(text)
    if not words:
        return Q()
    named = Q()
    for word in words:
        named &= Q(participants__name__icontains=word) | Q(subject__icontains=word) | _about(viewer, word)
    said = found(viewer, text).values("conversation_id")
    return Q(pk__in=said) | Q(pk__in=Conversation.objects.filter(named).order_by().values("pk"))


def _about(viewer: Viewer, word: str) -> Q:
    if viewer.kind is ViewerKind.PORTAL:
        return Q(pk__in=[])
    return (
        Q(client__party__first_name__icontains=word)
        | Q(client__party__last_name__icontains=word)
        | Q(client__party__goes_by__icontains=word)
        | Q(client__couple_name__icontains=word)
    )
