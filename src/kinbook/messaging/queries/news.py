"""What is new for one person since a moment of the database: each message once, however transactions overlapped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from kinbook.messaging.models import Message, Participant
from kinbook.messaging.models.talk import is_me
from kinbook.messaging.queries.talks import unread_count

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

MOST = 1000
SNAPSHOT = re.compile(r"(\d{1,18}):(\d{1,18}):(?:\d{1,18}(?:,\d{1,18})*)?")
# the first condition is the index's; the second is exact, and asked of the few that are left
LATER = "messaging_message.xact >= %s::xid8 AND NOT pg_visible_in_snapshot(messaging_message.xact, %s::pg_snapshot)"


@dataclass(frozen=True, slots=True)
class News:
    """The moment of a look, how many messages are unread by then, and which came since the look before."""

    moment: str
    unread: int
    messages: tuple[tuple[UUID, UUID], ...]


def news(viewer: Viewer, *, since: str) -> News:
    """Return what is new in the viewer's own conversations; of no moment, or none that could be, only the count.

    Runs inside `looking_as`: all of it is of one moment.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        moment = cursor.fetchone()[0]
    return News(moment, unread_count(viewer), tuple(_new(viewer, since)))


def _new(viewer: Viewer, since: str) -> list[tuple[UUID, UUID]]:
    first = _oldest_in(since)
    if first is None:
        return []
    later = RawSQL(LATER, [first, since], output_field=BooleanField())  # noqa: S611 - a constant with values beside it
    mine = Participant.objects.filter(is_me(viewer)).values("conversation_id")
    found = Message.objects.visible_to(viewer).filter(later, conversation__in=mine)
    return list(found.order_by("conversation_id", "number").values_list("conversation_id", "pk")[:MOST])


def _oldest_in(moment: str) -> str | None:
    """Return the oldest transaction that was running at a moment; None where no moment can be written so."""
    if SNAPSHOT.fullmatch(moment) is None:
        return None
    first, last, between = moment.split(":")
    running = [int(each) for each in between.split(",") if each]
    is_sound = 0 < int(first) <= int(last) and running == sorted(set(running))
    return first if is_sound and all(int(first) <= each < int(last) for each in running) else None
