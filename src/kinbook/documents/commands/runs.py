"""Statements for everybody with a balance: a run of steps, each whole or not done, so that a killed run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.documents.commands.keep import Draft, keep_documents
from kinbook.documents.commands.send import mail_documents
from kinbook.documents.commands.statements import BACKWARDS
from kinbook.documents.models import Kind, RunState, StatementRun, StatementStep
from kinbook.documents.queries.addressee import addressees, practice_of
from kinbook.documents.queries.owing import owing
from kinbook.documents.queries.statements import StatementOf, statement_contents
from kinbook.jobs.app import enqueue
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from datetime import date

    from kinbook.tenancy.viewer import Viewer

PAYERS_A_STEP = 50
AT_ONCE = 50
"""Up to this many payers are done while the caller waits; more become a job."""


@transaction.atomic
def start_statements(viewer: Viewer, *, since: date, through: date, sends: bool) -> StatementRun:
    """Plan statements over local dates for every payer who owes something, mailed where `sends`."""
    require(viewer, Action.DOCUMENT_MAKE)
    if sends:
        require(viewer, Action.DOCUMENT_SEND)
    if since > through:
        raise Invalid(through=BACKWARDS)
    payers = [str(each.payer.pk) for each in owing(viewer)]
    run = StatementRun.objects.create(
        practice_id=viewer.practice_id,
        from_on=since,
        to_on=through,
        sends=sends,
        started_at=viewer.now,
        started_by=viewer.name,
        member_id=None if viewer.is_job else viewer.id,
    )
    StatementStep.objects.bulk_create(
        StatementStep(
            practice_id=viewer.practice_id,
            run=run,
            position=position,
            payer_ids=payers[start : start + PAYERS_A_STEP],
            payers=len(payers[start : start + PAYERS_A_STEP]),
        )
        for position, start in enumerate(range(0, len(payers), PAYERS_A_STEP))
    )
    record(viewer, "statements.started", run, payers=len(payers), sends=sends)
    return run


@transaction.atomic
def advance_statements(viewer: Viewer, *, run_id: UUID) -> bool:
    """Do the next step of a run that nobody else is doing; returns whether there may be more to do.

    The step's documents, letters and its mark are one transaction. Payers who owe nothing by now, or of whom the
    viewer may no longer see everything, are left out.
    """
    require(viewer, Action.DOCUMENT_MAKE)
    run = StatementRun.objects.get(pk=run_id)
    if run.state != RunState.WORKING:
        return False
    open_steps = StatementStep.objects.filter(run=run, done=False).order_by("position")
    step = open_steps.select_for_update(skip_locked=True).first()
    if step is None:
        if not open_steps.exists():
            StatementRun.objects.filter(pk=run.pk).update(state=RunState.DONE, ended_at=viewer.now)
        return False
    made, sent = _do(viewer, run, [UUID(each) for each in step.payer_ids])
    StatementStep.objects.filter(pk=step.pk).update(done=True, made=made, sent=sent)
    record(viewer, "statements.step_done", run, step=step.position, made=made, sent=sent)
    return True


def _do(viewer: Viewer, run: StatementRun, payers: list[UUID]) -> tuple[int, int]:
    still = {each.payer.pk for each in owing(viewer)}
    practice = practice_of(viewer)
    known = addressees(practice, [each for each in payers if each in still])
    asked = [StatementOf(known[each]) for each in payers if each in known]
    contents = statement_contents(practice, asked, since=run.from_on, through=run.to_on)
    drafts = [
        Draft(one.payer, frozenset(clients), content) for one, (content, clients) in zip(asked, contents, strict=True)
    ]
    made = keep_documents(viewer, Kind.STATEMENT, drafts, since=run.from_on, through=run.to_on, run_id=run.pk)
    sent = mail_documents(viewer, made) if run.sends else []
    return len(made), len(sent)


@transaction.atomic
def pause_statements(viewer: Viewer, *, run: StatementRun) -> None:
    """Let a run stop after the step it is doing."""
    require(viewer, Action.DOCUMENT_MAKE)
    if not StatementRun.objects.filter(pk=run.pk, state=RunState.WORKING).update(state=RunState.PAUSED):
        raise Conflict("This run is not working.")
    record(viewer, "statements.paused", run)


@transaction.atomic
def resume_statements(viewer: Viewer, *, run: StatementRun) -> None:
    """Let a paused run go on."""
    require(viewer, Action.DOCUMENT_MAKE)
    if not StatementRun.objects.filter(pk=run.pk, state=RunState.PAUSED).update(state=RunState.WORKING):
        raise Conflict("This run is not paused.")
    record(viewer, "statements.resumed", run)
    continue_later(viewer, run)


def continue_later(viewer: Viewer, run: StatementRun) -> None:
    """Have a job do the steps of a run that are left, with the rights of who asks for it."""
    member = None if viewer.is_job else str(viewer.id)
    enqueue("documents.continue_statements", practice_id=str(run.practice_id), run_id=str(run.pk), member_id=member)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in payers."""

    done: int
    payers: int
    made: int
    sent: int


def progress_of(run: StatementRun) -> Progress:
    """Return how far a run is."""
    sums = StatementStep.objects.filter(run=run).aggregate(
        of_done=Sum("payers", filter=Q(done=True)), of_all=Sum("payers"), made=Sum("made"), sent=Sum("sent")
    )
    return Progress(sums["of_done"] or 0, sums["of_all"] or 0, sums["made"] or 0, sums["sent"] or 0)
