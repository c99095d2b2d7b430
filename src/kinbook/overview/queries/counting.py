"""How many things of each kind need a hand: from the tallies, or from the rows for who sees some clients only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count as RowCount
from django.db.models import Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, reaches_practice
from kinbook.overview.queries.closed import without_closed
from kinbook.overview.queries.work import overdue_of, uninvoiced_of
from kinbook.tallies.models import Kind
from kinbook.tallies.queries import Count, read_tallies
from kinbook.whopays.models import Charge, ChargeState

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

    Tallies = dict[tuple[str, date | None], Count]


def tallies_for(viewer: Viewer) -> Tallies:
    """Return the counts of what the viewer may see; credit only for who sees every client's money."""
    if reaches_practice(viewer, Action.AMOUNTS_SEE):
        return without_closed(viewer, read_tallies(viewer.practice_id))
    needing = Charge.objects.filter(clients_in_reach(viewer, Action.AMOUNTS_SEE), state=ChargeState.BILLABLE)
    found: Tallies = {
        (Kind.NEEDS_PAYER, None): _count(needing.exclude(needs=""), "cents"),
        (Kind.UNINVOICED, None): _count(uninvoiced_of(viewer), "cents"),
    }
    due = overdue_of(viewer).order_by().values_list("due_on")
    for due_on, count, cents in due.annotate(count=RowCount("pk"), cents=Sum("due_cents")):
        found[Kind.DUE, due_on] = Count(count, cents)
    return found


def _count(rows: QuerySet[Any, Any], column: str) -> Count:
    sums = rows.aggregate(count=RowCount("pk"), cents=Sum(column))
    return Count(sums["count"], sums["cents"] or 0)
