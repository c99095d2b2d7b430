"""Many invoices at once: a run of steps, each whole or not done, so that a killed run goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require, require_practice
from kinbook.audit.record import record
from kinbook.invoices.commands.issue import issue
from kinbook.invoices.commands.settle import clients_of
from kinbook.invoices.commands.void import read_reason, void_locked
from kinbook.invoices.models import Invoice, InvoiceLine, Run, RunState, RunStep
from kinbook.invoices.queries.planning import invoiced_by_itself, planned_steps
from kinbook.invoices.queries.uninvoiced import open_shares, owed_by
from kinbook.jobs.app import enqueue
from kinbook.people.queries import lock_clients
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 500
"""Up to this many charges are invoiced while the caller waits; more become a job."""


@transaction.atomic
def start_run(
    viewer: Viewer,
    *,
    through: date,
    client_ids: Sequence[UUID] | None = None,
    by_family: bool = False,
    mode: str = "",
) -> Run:
    """Plan a run over what is uninvoiced through a local date, of these clients or of all the viewer may invoice.

    An automatic run has a mode, daily or monthly: it takes what is invoiced so. Payers who want one invoice over all
    their clients have a step of their own.
    """
    require(viewer, Action.INVOICE_CREATE)
    run = Run.objects.create(
        practice_id=viewer.practice_id,
        through=through,
        by_family=by_family,
        mode=mode,
        client_ids=None if client_ids is None else [str(each) for each in client_ids],
        started_at=viewer.now,
        started_by=viewer.name,
        member_id=None if viewer.is_job else viewer.id,
    )
    steps = planned_steps(_waiting(viewer, run))
    RunStep.objects.bulk_create(
        RunStep(
            practice_id=viewer.practice_id,
            run=run,
            position=position,
            client_ids=[str(each) for each in step.client_ids],
            payer_id=step.payer_id,
            charges=step.charges,
        )
        for position, step in enumerate(steps)
    )
    clients = {client for step in steps for client in step.client_ids}
    record(
        viewer, "run.started", run, through=str(through), clients=len(clients), charges=sum(s.charges for s in steps)
    )
    return run


def _waiting(viewer: Viewer, run: Run) -> QuerySet[Share]:
    """Return the shares that a run is about."""
    waiting = Share.objects.filter(
        clients_in_reach(viewer, Action.INVOICE_CREATE), invoice_id=None, billable=True, on_date__lte=run.through
    )
    if run.mode:
        waiting = waiting.filter(invoiced_by_itself(viewer, run.mode))
    if run.client_ids is not None:
        waiting = waiting.filter(client_id__in=run.client_ids)
    return waiting


@transaction.atomic
def advance_run(viewer: Viewer, *, run_id: UUID) -> bool:
    """Do the next step of a run that nobody else is doing; returns whether there may be more to do.

    The step's invoices, numbers, journal entries and its mark are one transaction. A run that is paused or voided
    meanwhile stops here; clients who are out of the viewer's reach by now are left out.
    """
    require(viewer, Action.INVOICE_CREATE)
    run = Run.objects.get(pk=run_id)
    if run.state != RunState.WORKING:
        return False
    open_steps = RunStep.objects.filter(run=run, done=False).order_by("position")
    step = open_steps.select_for_update(skip_locked=True).first()
    if step is None:
        _finish(viewer, run)
        return False
    clients = [UUID(each) for each in step.client_ids]
    lock_clients(clients)
    waiting = open_shares(through=run.through, client_ids=clients, condition=_of_step(viewer, run, step))
    made = issue(viewer, waiting, by_family=run.by_family, run_id=run.pk)
    RunStep.objects.filter(pk=step.pk).update(done=True, invoices=len(made), cents=sum(made.values()))
    record(viewer, "run.step_done", run, step=step.position, invoices=len(made), cents=sum(made.values()))
    return True


def _of_step(viewer: Viewer, run: Run, step: RunStep) -> Q:
    """Return which shares of a step's clients it invoices: its payer's, or those of no payer with a step of its own."""
    reached = clients_in_reach(viewer, Action.INVOICE_CREATE)
    if run.mode:
        reached &= invoiced_by_itself(viewer, run.mode)
    if step.payer_id:
        return reached & owed_by([step.payer_id])
    own = RunStep.objects.filter(run=run).values_list("payer_id", flat=True)
    return reached & ~owed_by([payer for payer in own if payer])


def _finish(viewer: Viewer, run: Run) -> None:
    if not RunStep.objects.filter(run=run, done=False).exists():
        Run.objects.filter(pk=run.pk, state=RunState.WORKING).update(state=RunState.DONE, ended_at=viewer.now)


@transaction.atomic
def pause_run(viewer: Viewer, *, run: Run) -> None:
    """Let a run stop after the step it is doing."""
    require(viewer, Action.INVOICE_CREATE)
    if not Run.objects.filter(pk=run.pk, state=RunState.WORKING).update(state=RunState.PAUSED):
        raise Conflict("This run is not working.")
    record(viewer, "run.paused", run)


@transaction.atomic
def resume_run(viewer: Viewer, *, run: Run) -> None:
    """Let a paused run go on."""
    require(viewer, Action.INVOICE_CREATE)
    if not Run.objects.filter(pk=run.pk, state=RunState.PAUSED).update(state=RunState.WORKING):
        raise Conflict("This run is not paused.")
    record(viewer, "run.resumed", run)
    continue_later(viewer, run)


def continue_later(viewer: Viewer, run: Run) -> None:
    """Have a job do the steps of a run that are left, with the rights of who asks for it."""
    member = None if viewer.is_job else str(viewer.id)
    enqueue("invoices.continue_run", practice_id=str(run.practice_id), run_id=str(run.pk), member_id=member)


@transaction.atomic
def stop_run_for_void(viewer: Viewer, *, run: Run) -> None:
    """Mark a run as voided: it makes no more invoices, and a job voids those it made."""
    lines = InvoiceLine.objects.filter(invoice__run_id=run.pk, invoice__standing__is_void=False)
    require_practice(viewer, Action.RUN_VOID, lines.values_list("client_id", flat=True).distinct())
    stopped = Run.objects.filter(pk=run.pk).exclude(state=RunState.VOIDED)
    if not stopped.update(state=RunState.VOIDED, ended_at=viewer.now):
        raise Conflict("This run is voided already.")
    record(viewer, "run.voided", run)
    enqueue("invoices.void_run", practice_id=str(run.practice_id), run_id=str(run.pk), member_id=str(viewer.id))


VOIDS_AT_ONCE = 50


@transaction.atomic
def void_some_of_run(viewer: Viewer, *, run_id: UUID, reason: str) -> bool:
    """Void the next invoices of a voided run; returns whether there may be more. Killed, it goes on where it was."""
    require_practice(viewer, Action.RUN_VOID)  # what was closed meanwhile was open when they said so
    live = Invoice.objects.filter(run_id=run_id, standing__is_void=False).order_by("number")[:VOIDS_AT_ONCE]
    invoices = list(live)
    if not invoices:
        return False
    clients = clients_of([each.pk for each in invoices])
    lock_clients(clients)
    for invoice in invoices:
        if Invoice.objects.filter(pk=invoice.pk, standing__is_void=False).exists():
            void_locked(viewer, invoice, read_reason(reason))
    rewrite_forecast(viewer, clients)
    record(viewer, "run.invoices_voided", None, run=str(run_id), times=len(invoices))
    return True


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in charges and cents; and once it is voided, how many of its invoices are."""

    charges_done: int
    charges: int
    invoices: int
    cents: int
    void: int = 0


def progress_of(run: Run) -> Progress:
    """Return how far a run is."""
    steps = RunStep.objects.filter(run=run)
    sums = steps.aggregate(
        of_done=Sum("charges", filter=Q(done=True)),
        of_all=Sum("charges"),
        made=Sum("invoices"),
        worth=Sum("cents"),
    )
    voided = Invoice.objects.filter(run_id=run.pk, standing__is_void=True)
    void = voided.count() if run.state == RunState.VOIDED else 0
    return Progress(sums["of_done"] or 0, sums["of_all"] or 0, sums["made"] or 0, sums["worth"] or 0, void)
