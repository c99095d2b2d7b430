"""Statements for everybody with a balance: a dry run, the run with its progress, and what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.documents.commands.runs import (
    AT_ONCE,
    advance_statements,
    continue_later,
    pause_statements,
    progress_of,
    resume_statements,
    start_statements,
)
from kinbook.documents.forms import StatementsForm
from kinbook.documents.models import RunState, StatementRun
from kinbook.documents.queries.listing import documents_of_run, statement_run_for
from kinbook.documents.queries.owing import owing
from kinbook.documents.views.making import last_month
from kinbook.tenancy.refused import Invalid
from kinbook.web.page import beside_fields, done, go, page
from kinbook.web.progress import bar, polled

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request

SHOWN = 200


def create(request: Request) -> HttpResponse:
    """The dry run; pressing the button does it."""
    require(request.viewer, Action.DOCUMENT_MAKE)
    initial = {"since": last_month(request.viewer.today)["since"], "through": request.viewer.today, "sends": True}
    form = StatementsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _start(request, form.cleaned_data)
        except Invalid as refused:
            beside_fields(form, refused)
    rows = owing(request.viewer)
    record(request.viewer, "statements.dry_run", payers=len(rows))
    return page(
        request,
        "documents/create_statements.html",
        form=form,
        rows=rows[:SHOWN],
        count=len(rows),
        cents=sum(row.cents for row in rows),
        unreached=sum(not row.address for row in rows),
        may_send=may(request.viewer, Action.DOCUMENT_SEND),
        status=422 if form.errors else 200,
    )


def _start(request: Request, asked: dict[str, Any]) -> HttpResponse:
    run = start_statements(request.viewer, **asked)
    if progress_of(run).payers <= AT_ONCE:
        while advance_statements(request.viewer, run_id=run.pk):
            pass
    else:
        continue_later(request.viewer, run)
    return go(request, reverse("documents:run", args=[run.pk]))


def run(request: Request, statement_run_id: UUID) -> HttpResponse:
    """A run: how far it is, and what it made."""
    found = statement_run_for(request.viewer, statement_run_id)
    rows = documents_of_run(request.viewer, found)
    record(request.viewer, "statements.viewed", found, count=len(rows))
    return page(request, "documents/run.html", rows=rows, **_progress(found))


def run_progress(request: Request, statement_run_id: UUID) -> HttpResponse:
    """How far a run is; asked again while it works, and the page anew when it is at its end."""
    found = statement_run_for(request.viewer, statement_run_id)
    return polled(request, "documents/_progress.html", _progress(found))


def _progress(found: StatementRun) -> dict[str, Any]:
    progress = progress_of(found)
    is_busy = found.state == RunState.WORKING
    return {"run": found, "progress": progress, "is_busy": is_busy, **bar(progress.done, progress.payers)}


@require_POST
def pause(request: Request, statement_run_id: UUID) -> HttpResponse:
    """Let a run stop after its step."""
    found = statement_run_for(request.viewer, statement_run_id)
    pause_statements(request.viewer, run=found)
    return done(request, reverse("documents:run", args=[found.pk]), "Paused. What is done stays done.")


@require_POST
def resume(request: Request, statement_run_id: UUID) -> HttpResponse:
    """Let a paused run go on."""
    found = statement_run_for(request.viewer, statement_run_id)
    resume_statements(request.viewer, run=found)
    return done(request, reverse("documents:run", args=[found.pk]), "It goes on.")
