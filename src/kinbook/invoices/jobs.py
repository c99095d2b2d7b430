"""Jobs of invoicing: runs that go on step by step, and the automatic run at each practice's midnight."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.invoices.commands.automatic import start_automatic_runs
from kinbook.invoices.commands.late_fees import begin_late_fees, charge_late_fees, end_late_fees
from kinbook.invoices.commands.mailings import advance_mailing
from kinbook.invoices.commands.remind import mark_reminded, payers_to_remind, remind_on_schedule
from kinbook.invoices.commands.runs import advance_run, continue_later, void_some_of_run
from kinbook.jobs.app import CLASH, app
from kinbook.team.jobs import work_through
from kinbook.team.queries import acting_for, practice_ids

if TYPE_CHECKING:
    from kinbook.tenancy.viewer import Viewer

LATE_AT_ONCE = 50
VOID_REASON = "The run was voided"


@app.task(name="invoices.continue_run", retry=CLASH)
def continue_run(practice_id: str, run_id: str, member_id: str | None) -> None:
    """Do the steps of a run that are left; killed, it goes on at the next step."""
    work_through(practice_id, member_id, lambda viewer: advance_run(viewer, run_id=UUID(run_id)))


@app.task(name="invoices.void_run", retry=CLASH)
def void_run(practice_id: str, run_id: str, member_id: str | None) -> None:
    """Void what a run made, some invoices at a time."""
    work_through(
        practice_id, member_id, lambda viewer: void_some_of_run(viewer, run_id=UUID(run_id), reason=VOID_REASON)
    )


@app.task(name="invoices.continue_mailing", retry=CLASH)
def continue_mailing(practice_id: str, mailing_id: str, member_id: str | None) -> None:
    """Write the letters of a mailing that are left; killed, it goes on with the next."""
    work_through(practice_id, member_id, lambda viewer: advance_mailing(viewer, mailing_id=UUID(mailing_id)))


@app.periodic(cron="*/15 * * * *")
@app.task(name="invoices.every_morning")
def every_morning(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have each practice's overdue invoices gone through once its morning has come, each in a job of its own."""
    for practice_id in practice_ids():
        remind_overdue.defer(practice_id=str(practice_id))


@app.task(name="invoices.remind_overdue", retry=CLASH)
def remind_overdue(practice_id: str) -> None:
    """Write to payers by the practice's schedule, each in a transaction; killed, the next time does the rest."""
    practice = UUID(practice_id)
    with acting_for(practice, None, now=datetime.now(UTC)) as viewer:
        payers = payers_to_remind(viewer)
    for payer in payers or ():
        with acting_for(practice, None, now=datetime.now(UTC)) as viewer:
            remind_on_schedule(viewer, party_id=payer)
    if payers is not None:
        with acting_for(practice, None, now=datetime.now(UTC)) as viewer:
            mark_reminded(viewer)


@app.periodic(cron="*/5 * * * *")
@app.task(name="invoices.at_midnight")
def at_midnight(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Have each practice's day that ended invoiced, each in a job of its own: one's trouble holds up no other."""
    for practice_id in practice_ids():
        invoice_the_day.defer(practice_id=str(practice_id))
        late_fees_of_the_day.defer(practice_id=str(practice_id))


@app.task(name="invoices.late_fees_of_the_day", retry=CLASH)
def late_fees_of_the_day(practice_id: str) -> None:
    """Charge the late fees of a practice, some invoices at a time; killed, the next time does the rest."""
    with acting_for(UUID(practice_id), None, now=datetime.now(UTC)) as viewer:
        late = begin_late_fees(viewer)
    if late is None:
        return
    waiting = [late[start : start + LATE_AT_ONCE] for start in range(0, len(late), LATE_AT_ONCE)]

    def step(viewer: Viewer) -> bool:
        if waiting:
            charge_late_fees(viewer, invoice_ids=waiting.pop(0))
            return True
        end_late_fees(viewer)
        return False

    work_through(practice_id, None, step)


@app.task(name="invoices.invoice_the_day", retry=CLASH)
def invoice_the_day(practice_id: str) -> None:
    """Start the runs of a practice whose day has ended: of clients invoiced daily, and monthly after the month."""
    with acting_for(UUID(practice_id), None, now=datetime.now(UTC)) as viewer:
        for run in start_automatic_runs(viewer):
            continue_later(viewer, run)
