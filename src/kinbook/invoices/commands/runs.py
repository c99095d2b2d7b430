"""Many invoices at once: a run of steps, each whole or not done, so that a killed run goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require, require_all
from kinbook.audit.record import record
from kinbook.invoices.commands.issue import issue
from kinbook.invoices.commands.settle import clients_of
from kinbook.invoices.commands.void import read_reason, void_locked
from kinbook.invoices.models import Invoice, Run, RunState, RunStep
from kinbook.invoices.queries.families import families
from kinbook.invoices.queries.uninvoiced import open_shares
from kinbook.jobs.app import enqueue
from kinbook.people.queries import lock_clients
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.models import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kinbook.tenancy.viewer import Viewer

FAMILIES_A_STEP = 200
AT_ONCE = 500
"""Up to this many charges are invoiced while the caller waits; more become a job."""


@transaction.atomic
def start_run(
    viewer: Viewer, *, through: date, client_ids: Sequence[UUID] | None = None, by_family: bool = False
) -> Run:
    """Plan a run over what is uninvoiced through a local date, of these clients or of all the viewer may invoice."""
    require(viewer, Action.INVOICE_CREATE)
    run = Run.objects.create(
        practice_id=viewer.practice_id,
        through=through,
        by_family=by_family,
        client_ids=None if client_ids is None else [str(each) for each in client_ids],
        started_at=viewer.now,
        started_by=viewer.name,
        member_id=None if viewer.is_job else viewer.id,
    )
    waiting = Share.objects.filter(
        clients_in_reach(viewer, Action.INVOICE_CREATE), invoice_id=None, billable=True, on_date__lte=through
    )
    if client_ids is not None:
        waiting = waiting.filter(client_id__in=client_ids)
    charges = dict(waiting.values_list("client_id").annotate(count=Count("charge_id", distinct=True)))
    RunStep.objects.bulk_create(
        RunStep(
            practice_id=viewer.practice_id,
            run=run,
            position=position,
            client_ids=[str(each) for each in clients],
            charges=sum(charges[each] for each in clients),
        )
        for position, clients in enumerate(_steps(charges))
    )
    record(viewer, "run.started", run, through=str(through), clients=len(charges), charges=sum(charges.values()))
    return run


def _steps(charges: dict[UUID, int]) -> list[list[UUID]]:
    """Return the clients of each step: up to 200 whole families."""
    together = families(sorted(charges))
    return [
        [client for family in together[start : start + FAMILIES_A_STEP] for client in family]
        for start in range(0, len(together), FAMILIES_A_STEP)
    ]


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
    reached = clients_in_reach(viewer, Action.INVOICE_CREATE)
    waiting = open_shares(through=run.through, client_ids=clients, condition=reached)
    made = issue(viewer, waiting, by_family=run.by_family, run_id=run.pk)
    RunStep.objects.filter(pk=step.pk).update(done=True, invoices=len(made), cents=sum(made.values()))
    record(viewer, "run.step_done", run, step=step.position, invoices=len(made), cents=sum(made.values()))
    return True


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
    require_all(viewer, Action.RUN_VOID)
    stopped = Run.objects.filter(pk=run.pk).exclude(state=RunState.VOIDED)
    if not stopped.update(state=RunState.VOIDED, ended_at=viewer.now):
        raise Conflict("This run is voided already.")
    record(viewer, "run.voided", run)
    enqueue("invoices.void_run", practice_id=str(run.practice_id), run_id=str(run.pk), member_id=str(viewer.id))


VOIDS_AT_ONCE = 50


@transaction.atomic
def void_some_of_run(viewer: Viewer, *, run_id: UUID, reason: str) -> bool:
    """Void the next invoices of a voided run; returns whether there may be more. Killed, it goes on where it was."""
    require_all(viewer, Action.RUN_VOID)
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
    """How far a run is, in charges and cents."""

    charges_done: int
    charges: int
    invoices: int
    cents: int


def progress_of(run: Run) -> Progress:
    """Return how far a run is."""
    steps = RunStep.objects.filter(run=run)
    sums = steps.aggregate(
        of_done=Sum("charges", filter=Q(done=True)),
        of_all=Sum("charges"),
        made=Sum("invoices"),
        worth=Sum("cents"),
    )
    return Progress(sums["of_done"] or 0, sums["of_all"] or 0, sums["made"] or 0, sums["worth"] or 0)
