"""A new installation asks its first visitor, who holds the printed code, for the practice and its owner."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from kinbook.audit.record import record
from kinbook.practice.commands import check_practice
from kinbook.team.commands.members import new_member
from kinbook.team.models import Member, Seat
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Role, Viewer, ViewerKind

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID


def is_new() -> bool:
    """Tell whether nobody has a seat in this installation yet."""
    return not Seat.objects.exists()


def code_path() -> Path:
    """Return where the set-up code is kept until it is used."""
    found: Path = settings.DATA / "set-up-code"
    return found


def set_up_code() -> str:
    """Return the code that the first visitor needs, made once."""
    path = code_path()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(5))
    return path.read_text().strip()


def set_up(*, code: str, practice: dict[str, Any], owner: dict[str, str], now: datetime) -> Member:
    """Make the practice and its owner; raises Invalid for a wrong code, Conflict once it has been done."""
    if not hmac.compare_digest(code.strip().encode(), set_up_code().encode()):
        raise Invalid(code="This is not the code that Kinbook printed when it started.")
    return install(practice=practice, owner=owner, now=now)


def _require_new() -> None:
    """Refuse once a practice is there; whoever comes at the same moment waits here until the first is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('kinbook.set_up', 0))")
    if not is_new():
        raise Conflict("This installation is set up already: sign in.")


def install(
    *, practice: dict[str, Any], owner: dict[str, str], now: datetime, practice_id: UUID | None = None
) -> Member:
    """Make a practice with its owner, in a transaction of its own."""
    checked = check_practice(practice)
    made = practice_id or new_id()
    identity = Identity(made, ViewerKind.JOB, made)
    with acting_as(identity), transaction.atomic():
        if practice_id is None:
            _require_new()
        Practice.objects.create(id=made, **checked)
        viewer = Viewer(
            practice_id=made,
            kind=ViewerKind.JOB,
            id=made,
            now=now,
            zone=ZoneInfo(checked["time_zone"]),
            currency=checked["currency"],
            name="Kinbook",
        )
        member = new_member(viewer, **owner, roles=[Role.OWNER])
        record(viewer, "practice.set_up", name=checked["name"])
    return member
