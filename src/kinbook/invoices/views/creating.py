"""Create invoices: a dry run that says who gets what and why, the run with its progress, and undoing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.runs import (
    AT_ONCE,
    advance_run,
    continue_later,
    pause_run,
    progress_of,
    resume_run,
    start_run,
    stop_run_for_void,
)
from kinbook.invoices.forms import CreateForm
from kinbook.invoices.models import RunState
from kinbook.invoices.queries.dry_run import dry_run
from kinbook.invoices.queries.listing import invoices_of_run, run_for
from kinbook.tenancy.refused import Unknown
from kinbook.web.page import done, go, page, part
from kinbook.web.progress import bar, polled
from kinbook.whopays.models import Charge

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.invoices.models import Run
    from kinbook.web.request import Request


def create(request: Request) -> HttpResponse:
    """The dry run; pressing the button does it."""
    require(request.viewer, Action.INVOICE_CREATE)
    client = _client(request)
    data = request.POST if request.method == "POST" else request.GET if "through" in request.GET else None
    form = CreateForm(data, initial={"through": request.viewer.today, "group": "client"})
    through, by_family = request.viewer.today, False
    if form.is_bound and form.is_valid():
        through, by_family = form.cleaned_data["through"], form.cleaned_data["group"] == "family"
        if request.method == "POST":
            return _start(request, through=through, by_family=by_family, client=client)
    shown = dry_run(request.viewer, through=through, client_ids=[client] if client else None, by_family=by_family)
    record(request.viewer, "invoices.dry_run", client_id=client, invoices=shown.count)
    template = "invoices/_dry_run.html" if request.htmx and request.method == "GET" else "invoices/create.html"
    answer = part if template.startswith("invoices/_") else page
    status = 422 if form.is_bound and form.errors else 200
    return answer(request, template, form=form, shown=shown, client=client, through=through, status=status)


def _client(request: Request) -> UUID | None:
    text = request.POST.get("client") or request.GET.get("client", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Unknown from None


def _start(request: Request, *, client: UUID | None, **how: Any) -> HttpResponse:
    run = start_run(request.viewer, client_ids=[client] if client else None, **how)
    if progress_of(run).charges <= AT_ONCE:
        while advance_run(request.viewer, run_id=run.pk):
            pass
    else:
        continue_later(request.viewer, run)
    return go(request, reverse("invoices:run", args=[run.pk]))


def run(request: Request, run_id: UUID) -> HttpResponse:
    """A run: how far it is, and what it made."""
    found = run_for(request.viewer, run_id)
    rows = invoices_of_run(request.viewer, found)
    record(request.viewer, "run.viewed", found, count=len(rows))
    return page(request, "invoices/run.html", rows=rows, **_progress(request, found))


def run_progress(request: Request, run_id: UUID) -> HttpResponse:
    """How far a run is; asked again while it works, and the page anew when it is at its end."""
    return polled(request, "invoices/_progress.html", _progress(request, run_for(request.viewer, run_id)))


def _progress(request: Request, found: Run) -> dict[str, Any]:
    progress = progress_of(found)
    undone = found.state == RunState.VOIDED
    so_far, of = (progress.void, progress.invoices) if undone else (progress.charges_done, progress.charges)
    return {
        "run": found,
        "progress": progress,
        "is_busy": so_far < of if undone else found.state == RunState.WORKING,
        **bar(so_far, of),
        "may_void": may(request.viewer, Action.RUN_VOID),
    }


@require_POST
def pause(request: Request, run_id: UUID) -> HttpResponse:
    """Let a run stop after its step."""
    found = run_for(request.viewer, run_id)
    pause_run(request.viewer, run=found)
    return done(request, reverse("invoices:run", args=[found.pk]), "Paused. What is done stays done.")


@require_POST
def resume(request: Request, run_id: UUID) -> HttpResponse:
    """Let a paused run go on."""
    found = run_for(request.viewer, run_id)
    resume_run(request.viewer, run=found)
    return done(request, reverse("invoices:run", args=[found.pk]), "It goes on.")


@require_POST
def void(request: Request, run_id: UUID) -> HttpResponse:
    """Undo a run by voiding everything it made."""
    found = run_for(request.viewer, run_id)
    stop_run_for_void(request.viewer, run=found)
    return done(
        request, reverse("invoices:run", args=[found.pk]), "Its invoices are being voided; their charges wait again."
    )


@require_POST
def create_for_charge(request: Request, charge_id: UUID) -> HttpResponse:
    """Invoice one charge now."""
    charge = Charge.objects.visible_to(request.viewer).filter(pk=charge_id).first()
    if charge is None:
        raise Unknown
    made = issue_charges(request.viewer, client_id=charge.client_id, charge_ids=[charge.pk])
    names = " and ".join(each.name for each in made)
    return done(request, reverse("invoices:invoice", args=[made[0].pk]), f"Created {names}.")
