"""Loading the demo practice into an empty installation, in one transaction a part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kinbook.practice.first_visit import install
from kinbook.seed.cast import CAST, PASSWORD, PRACTICE
from kinbook.team.commands.members import new_member
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.team.models import Member

BEGAN = timedelta(days=400)


def load() -> None:
    """Load the demo: the team, its clients and families, half a year of calendar and invoices."""
    now = datetime.now(UTC)
    owner = CAST[0]
    began = now - BEGAN
    made = install(
        practice=PRACTICE,
        owner={"email": owner.email, "first_name": owner.first_name, "last_name": owner.last_name},
        now=began,
    )
    members = {owner.email: made.pk}
    _let_in(made)
    with acting_as(Identity(made.practice_id, ViewerKind.JOB, made.practice_id)):
        viewer = rule_viewer(made.practice_id, now=began)
        for actor in CAST[1:]:
            member = new_member(
                viewer,
                email=actor.email,
                first_name=actor.first_name,
                last_name=actor.last_name,
                title=actor.title,
                roles=[actor.role],
            )
            _let_in(member)
            members[actor.email] = member.pk
    _tell(made.practice_id, members, now)


def _let_in(member: Member) -> None:
    member.user.set_password(PASSWORD)
    member.user.save()


def _tell(practice_id: UUID, members: dict[str, UUID], now: datetime) -> None:
    """Tell the story of the practice."""
