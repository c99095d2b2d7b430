"""Automatic invoices, after midnight of the practice: through the day, or for the month, that ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.runs import start_run
from kinbook.invoices.queries.planning import invoiced_by_itself
from kinbook.tenancy.models import Automatic, Practice
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from datetime import date

    from kinbook.invoices.models import Run
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def start_automatic_runs(viewer: Viewer) -> list[Run]:
    """Start the runs that are due: of the day that ended once a day, of the month before once a month.

    Where the installation was away at midnight, they start as soon as it is back. A run that would be empty is not
    started, and what was gone through is not gone through again.
    """
    require(viewer, Action.INVOICE_CREATE)
    practice = Practice.objects.select_for_update().get(pk=viewer.practice_id)
    due = [(Automatic.DAILY, _day_to_do(viewer, practice)), (Automatic.MONTHLY, _month_to_do(viewer, practice))]
    runs = []
    for mode, through in due:
        if through is None:
            continue
        done = {"invoiced_through": through} if mode == Automatic.DAILY else {"invoiced_month": through}
        Practice.objects.filter(pk=practice.pk).update(**done)
        waiting = Share.objects.filter(invoiced_by_itself(viewer, mode), invoice_id=None, billable=True)
        if waiting.filter(on_date__lte=through).exists():
            run = start_run(viewer, through=through, mode=mode)
            record(viewer, "run.automatic", run, through=str(through), mode=mode)
            runs.append(run)
    return runs


def _day_to_do(viewer: Viewer, practice: Practice) -> date | None:
    yesterday = viewer.today - timedelta(days=1)
    return None if practice.invoiced_through and practice.invoiced_through >= yesterday else yesterday


def _month_to_do(viewer: Viewer, practice: Practice) -> date | None:
    """Return the last day of the month before, from the practice's day of the month on, until it was done."""
    month_ended = viewer.today.replace(day=1) - timedelta(days=1)
    if viewer.today.day < practice.invoice_day:
        return None
    return None if practice.invoiced_month and practice.invoiced_month >= month_ended else month_ended
