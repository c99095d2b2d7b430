"""What a viewer may read in the calendar: names of clients, titles of time off, and what they may do with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BooleanField, ExpressionWrapper, Q, Value

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, reach, reaches_all, reaches_practice
from kinbook.people.models import Client

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models.expressions import Combinable

    from kinbook.tenancy.viewer import Viewer

BUSY = "Busy"
"""What stands for a client whose name the viewer may not read."""

TIME_OFF = "Time off"
"""What stands for a colleague's title of theirs."""


def named_clients(viewer: Viewer, client_ids: Iterable[UUID]) -> dict[UUID, Client]:
    """Return those of the clients whose names the viewer may read in the calendar, in one query."""
    reached = clients_in_reach(viewer, Action.CALENDAR_NAMES, "pk")
    return Client.objects.filter(reached).select_related("party").in_bulk(set(client_ids))


def reads_titles_of(viewer: Viewer, member_id: UUID) -> bool:
    """Tell whether the viewer reads what a member's time off is for."""
    return member_id == viewer.id or reaches_practice(viewer, Action.CALENDAR_EDIT)


def within(viewer: Viewer, action: Action) -> Combinable:
    """Return the column that tells of each appointment whether the viewer reaches its client with the action."""
    if reaches_all(viewer, action) or not reach(viewer, action):
        return Value(reaches_all(viewer, action), output_field=BooleanField())
    return ExpressionWrapper(Q(clients_in_reach(viewer, action)), output_field=BooleanField())
