"""The demo's ends of months: an agency that wants one invoice, a school that runs out, reminders, late fees."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from kinbook.invoices.commands.late_fees import begin_late_fees, charge_late_fees, end_late_fees
from kinbook.invoices.commands.remind import payers_to_remind, remind_on_schedule
from kinbook.invoices.commands.terms import pause_reminders, set_terms
from kinbook.invoices.models import Invoice
from kinbook.people.models import Party
from kinbook.practice.commands import change_practice
from kinbook.tenancy.viewer import ViewerKind
from kinbook.whopays.commands.cover import CoverageDraft, change_coverage
from kinbook.whopays.models import Coverage, Share

if TYPE_CHECKING:
    from kinbook.seed.people import People
    from kinbook.tenancy.viewer import Viewer

STEPS = (3, 14, 30)
MORNINGS = (31, 17, 4)
"""So many days ago, overdue invoices were gone through."""
LEFT = 2
LATE_FEE = {"late_fee_days": 30, "late_fee_cents": 15_00, "late_fee_percent": None}
LATE_FEES_SINCE = timedelta(days=75)


def agree_on_invoices(people: People, sam: Viewer) -> None:
    """Let the agency have one invoice a month, its clients by its own numbers; and payers be reminded."""
    agency = Party.objects.get(pk=people.organizations["Coastal Family Agency"])
    set_terms(sam, party=agency, one_invoice=True, clients_named="file_number", reference="PO 7714")
    change_practice(sam, fields={"overdue_days": list(STEPS)})
    change_practice(sam.at(sam.now - LATE_FEES_SINCE), fields=LATE_FEE)


def end_the_months(people: People, sam: Viewer) -> None:
    """Let the school's sessions run out soon, remind and charge who is late; one payer has asked for time."""
    _let_the_school_run_out(people, sam)
    rule = replace(sam, kind=ViewerKind.JOB, id=sam.practice_id, name="Kinbook", roles=frozenset())
    for days in MORNINGS:
        morning = datetime.combine(sam.today - timedelta(days=days), time(9, 5), sam.zone)
        for payer in payers_to_remind(rule.at(morning)) or ():
            remind_on_schedule(rule.at(morning), party_id=payer)
    late = Invoice.objects.filter(standing__due_cents__gt=0, due_on__lt=sam.today - timedelta(days=STEPS[-1]))
    first = late.select_related("payer").order_by("due_on", "number").first()
    if first:
        pause_reminders(sam, party=first.payer, reason="Pays in instalments until spring, agreed by phone")
    charge_late_fees(rule, invoice_ids=begin_late_fees(rule) or ())
    end_late_fees(rule)


def _let_the_school_run_out(people: People, sam: Viewer) -> None:
    row = Coverage.objects.get(organization_id=people.organizations["Hillside School"])
    used = Share.objects.filter(coverage_id=row.pk, billable=True).count()
    draft = CoverageDraft(
        organization_id=row.organization_id,
        starts_on=row.starts_on,
        until=row.until,
        authorization=row.authorization,
        fixed_cents=row.fixed_cents,
        max_sessions=used + LEFT,
    )
    change_coverage(sam, coverage=row, draft=draft)
