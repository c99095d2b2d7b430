"""API tokens: shown once, kept as a hash, limited and revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.models import Token
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.team.commands.members import hash_of
from kinbook.team.models import User
from kinbook.team.queries import acting_for, seat_of
from kinbook.tenancy.refused import Invalid, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

PREFIX = "kinbook_"


@transaction.atomic
def make_token(
    viewer: Viewer, *, label: str = "", read_only: bool = False, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """Make a token with the viewer's own access; the secret is returned this once and kept nowhere."""
    require(viewer, Action.TOKEN_OWN)
    if viewer.read_only:
        raise Invalid(read_only="A read-only token makes no tokens.")
    if expires_at and expires_at <= viewer.now:
        raise Invalid(expires_at="A token expires later than now.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        hash=hash_of(secret),
        practice_id=viewer.practice_id,
        member_id=viewer.id,
        label=label.replace("\x00", "").strip()[:100],
        read_only=read_only,
        created_at=viewer.now,
        expires_at=expires_at,
    )
    record(viewer, "token.made", token, label=token.label, read_only=read_only)
    return token, secret


@transaction.atomic
def revoke_token(viewer: Viewer, *, token_id: UUID) -> None:
    """End a token of one's own, or anybody's for who manages the team."""
    require(viewer, Action.TOKEN_OWN)
    rows = Token.objects.filter(pk=token_id, practice_id=viewer.practice_id, revoked_at=None)
    if not may(viewer, Action.TEAM_MANAGE):
        rows = rows.filter(member_id=viewer.id)
    if not rows.update(revoked_at=viewer.now):
        raise Unknown
    record(viewer, "token.revoked", token=str(token_id))


def make_token_for(
    email: str, *, now: datetime, read_only: bool = False, days: int | None = None, label: str = ""
) -> tuple[Token, str]:
    """Make a token for the member with an address, as they could themselves; opens the transaction it needs.

    Raises Unknown where nobody on a team signs in with the address, Forbidden where they hold no role today.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    seat = seat_of(user) if user else None
    if seat is None:
        raise Unknown(f"Nobody on the team signs in as {email}.")
    with acting_for(seat.practice_id, seat.member_id, now=now) as viewer:
        expires_at = None if days is None else now + timedelta(days=days)
        return make_token(viewer, label=label, read_only=read_only, expires_at=expires_at)
