"""Sessions of the portal: apart from those of the team, each a secret in a cookie of its own."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from kinbook.invitations.models import Asking, Link, Session
from kinbook.team.commands.members import hash_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


def open_session(*, practice_id: UUID, party_id: UUID, now: datetime, member_id: UUID | None = None) -> str:
    """Open a session for a person, or for a member who looks on as them; returns its secret."""
    secret = secrets.token_urlsafe(32)
    Session.objects.create(
        hash=hash_of(secret),
        practice_id=practice_id,
        party_id=party_id,
        member_id=member_id,
        started_at=now,
        seen_at=now,
    )
    return secret


def session_of(secret: str, now: datetime) -> Session | None:
    """Return the session a cookie names; None once it was idle for 15 minutes, or is 12 hours old."""
    found = Session.objects.filter(hash=hash_of(secret), seen_at__gt=now - IDLE, started_at__gt=now - LONGEST)
    return found.first()


def note_seen(session: Session, now: datetime) -> None:
    """Count a request as activity; a minute is near enough."""
    if now - session.seen_at > SEEN_EVERY:
        Session.objects.filter(pk=session.pk).update(seen_at=now)


def end_session(secret: str) -> None:
    """Sign out."""
    Session.objects.filter(hash=hash_of(secret)).delete()


def end_sessions(practice_id: UUID, party_id: UUID) -> int:
    """Close everything a person has open, at once; their links no longer work either."""
    Link.objects.filter(practice_id=practice_id, party_id=party_id).delete()
    return Session.objects.filter(practice_id=practice_id, party_id=party_id).delete()[0]


def sweep(now: datetime) -> None:
    """Take away what is over: links, sessions, and askings that no job has answered."""
    Link.objects.filter(expires_at__lt=now - LONGEST).delete()
    Session.objects.filter(seen_at__lt=now - IDLE).delete()
    Session.objects.filter(started_at__lt=now - LONGEST).delete()
    Asking.objects.filter(asked_at__lt=now - LONGEST).delete()
