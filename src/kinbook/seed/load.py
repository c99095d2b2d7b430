"""Loading the demo practice into an empty installation: the practice and its owner, then the whole story at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kinbook.practice.first_visit import install
from kinbook.seed.calendar import BACK, fill_calendar, open_practice
from kinbook.seed.cast import CAST, PASSWORD, PRACTICE
from kinbook.seed.corrections import close_the_books
from kinbook.seed.money import bill_the_months
from kinbook.seed.papers import give_papers
from kinbook.seed.people import People, enter_people
from kinbook.seed.talks import tell_talks
from kinbook.team.commands.clients import set_supervisor
from kinbook.team.commands.members import new_member
from kinbook.team.models import Member, Seat
from kinbook.team.queries import rule_viewer
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Role, ViewerKind

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

BEGAN = timedelta(days=400)


def is_loaded() -> bool:
    """Tell whether nothing is left to load: the demo's team is there, or a practice that is no demo."""
    practice_id = _practice_id()
    if practice_id is None:
        return False
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        is_demo = Practice.objects.filter(pk=practice_id, is_demo=True).exists()
        return not is_demo or Member.objects.count() > 1


def _practice_id() -> UUID | None:
    return Seat.objects.order_by("pk").values_list("practice_id", flat=True).first()


def load() -> None:
    """Load the demo: the practice with its owner, then all the rest in one transaction.

    Killed in between, it goes on where it was.
    """
    now = datetime.now(UTC)
    practice_id = _practice_id()
    if practice_id is None:
        owner = CAST[0]
        names = {"email": owner.email, "first_name": owner.first_name, "last_name": owner.last_name}
        practice_id = install(practice=PRACTICE, owner=names, now=now - BEGAN).practice_id
    with acting_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        _tell(practice_id, now)


def _tell(practice_id: UUID, now: datetime) -> None:
    """Tell the story of the practice: its team, its families, their calendar, their money."""
    viewer = rule_viewer(practice_id, now=now - BEGAN)
    members = _enter_team(viewer)
    locations = open_practice(viewer)
    today = viewer.at(now).today
    monday = today - timedelta(days=today.weekday(), weeks=BACK)
    people = People(viewer.at(now - timedelta(weeks=BACK + 1)), today, monday, members)
    enter_people(people)
    fill_calendar(people, locations, now)
    sam = _sam(viewer, members)
    bill_the_months(people, sam, now)
    give_papers(people, sam.at(now), viewer.at(now))
    tell_talks(people, now)
    close_the_books(sam.at(now))


def _enter_team(viewer: Viewer) -> dict[str, UUID]:
    members = {}
    for actor in CAST:
        member = Member.objects.filter(email=actor.email).first() or new_member(
            viewer,
            email=actor.email,
            first_name=actor.first_name,
            last_name=actor.last_name,
            title=actor.title,
            roles=[actor.role],
        )
        member.user.set_password(PASSWORD)
        member.user.save()
        members[actor.email.split("@")[0]] = member.pk
    for supervisee in ("basic", "fulllist"):
        set_supervisor(viewer, supervisee_id=members[supervisee], supervisor_id=members["supervisor"])
    return members


def _sam(viewer: Viewer, members: dict[str, UUID]) -> Viewer:
    """Return the biller, who bills and books what comes in."""
    actor = next(each for each in CAST if each.role == Role.BILLER)
    return replace(
        viewer, kind=ViewerKind.MEMBER, id=members["biller"], name=actor.name, roles=frozenset({Role.BILLER})
    )
