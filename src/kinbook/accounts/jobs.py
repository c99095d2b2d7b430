"""A letter to whoever may wonder why they cannot sign in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kinbook.audit.record import record
from kinbook.jobs.app import CLASH, app
from kinbook.mail.commands import write_letter
from kinbook.team.models import User
from kinbook.team.queries import acting_for, seat_of


@app.task(name="accounts.tell_locked", retry=CLASH)
def tell_locked(user_id: str) -> None:
    """Tell a member that somebody has tried their account too often; nobody, where nobody is meant."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    seat = seat_of(user) if user else None
    if user is None or seat is None:
        return
    with acting_for(seat.practice_id, None, now=datetime.now(UTC)) as viewer:
        link = {"Choose a new password": "/account/password/"}
        write_letter(viewer, to=user.email, template="locked", values={}, links=link)
        record(viewer, "member.locked_out", member=str(seat.member_id))
