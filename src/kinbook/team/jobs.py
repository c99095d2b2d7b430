"""Work in steps, as jobs do it: each step a transaction of its own, so that what is killed goes on where it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.team.queries import acting_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kinbook.tenancy.viewer import Viewer


def in_steps(practice_id: UUID, member_id: UUID | None, step: Callable[[Viewer], bool]) -> Iterator[None]:
    """Do `step` as `acting_for` until it says that there is no more to do; yields after each but the last."""
    more = True
    while more:
        with acting_for(practice_id, member_id, now=datetime.now(UTC)) as viewer:
            more = step(viewer)
        if more:
            yield


def work_through(practice_id: str, member_id: str | None, step: Callable[[Viewer], bool]) -> None:
    """Do every step; the ids are as a job has them."""
    for _ in in_steps(UUID(practice_id), UUID(member_id) if member_id else None, step):
        pass
