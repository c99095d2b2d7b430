"""What of the practice's counts belongs to records that are closed to the viewer: it is taken out of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Count as RowCount
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from kinbook.access.policy import closed_to
from kinbook.invoices.models import InvoiceLine, Standing
from kinbook.ledger.balances import sum_of_credits
from kinbook.people.queries import parties_visible_to
from kinbook.tallies.models import Kind
from kinbook.tallies.queries import Count
from kinbook.whopays.models import Charge, ChargeState, Share

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from kinbook.tenancy.viewer import Viewer

Tallies = dict[tuple[str, "date | None"], Count]


def without_closed(viewer: Viewer, tallies: Tallies) -> Tallies:
    """Return the counts less those of records closed to the viewer, in four small queries; none where none is."""
    closed = closed_to(viewer)
    if not closed:
        return tallies
    theirs = Q(client_id__in=closed)
    lines = InvoiceLine.objects.filter(invoice_id=OuterRef("invoice_id"))
    found: Tallies = defaultdict(Count, tallies)
    charges = Charge.objects.filter(theirs, state=ChargeState.BILLABLE).exclude(needs="")
    found[Kind.NEEDS_PAYER, None] += _less(charges, "cents")
    found[Kind.UNINVOICED, None] += _less(Share.objects.filter(theirs, invoice_id=None, billable=True), "cents")
    count, cents = sum_of_credits(~Q(payer_id__in=parties_visible_to(viewer).values("pk")))
    found[Kind.CREDIT, None] += Count(-count, -cents)
    due = Standing.objects.filter(Exists(lines.filter(theirs)), ~Exists(lines.exclude(theirs)), due_cents__gt=0)
    for due_on, count, cents in due.values_list("due_on").annotate(count=RowCount("pk"), cents=Sum("due_cents")):
        found[Kind.DUE, due_on] += Count(-count, -cents)
    return dict(found)


def _less(rows: QuerySet[Any, Any], column: str) -> Count:
    sums = rows.aggregate(count=RowCount("pk"), cents=Sum(column))
    return Count(-sums["count"], -(sums["cents"] or 0))
