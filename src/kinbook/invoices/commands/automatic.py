"""Automatic invoices: Daily, at midnight of the practice, everything through the day that ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.commands.runs import start_run
from kinbook.tenancy.models import Automatic, Practice

if TYPE_CHECKING:
    from kinbook.invoices.models import Run
    from kinbook.tenancy.viewer import Viewer


@transaction.atomic
def start_automatic_run(viewer: Viewer) -> Run | None:
    """Start the run of the day that ended, once a day; None where it was started, or invoices are made by hand."""
    require(viewer, Action.INVOICE_CREATE)
    yesterday = viewer.today - timedelta(days=1)
    practice = Practice.objects.select_for_update().get(pk=viewer.practice_id)
    if practice.automatic_invoices != Automatic.DAILY:
        return None
    if practice.invoiced_through and practice.invoiced_through >= yesterday:
        return None
    Practice.objects.filter(pk=practice.pk).update(invoiced_through=yesterday)
    run = start_run(viewer, through=yesterday)
    record(viewer, "run.automatic", run, through=str(yesterday))
    return run
