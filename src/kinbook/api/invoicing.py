"""Creating invoices: the preview, the run, and the job that a long run becomes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from ninja import Router
from ninja.responses import Status
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import clients_in_reach, require
from kinbook.api.fields import Body, Day, Id
from kinbook.api.invoice_shapes import InvoiceShown, LineShown
from kinbook.api.invoice_shapes import shown as invoices_shown
from kinbook.audit.record import record
from kinbook.invoices.commands.runs import AT_ONCE, advance_run, continue_later, progress_of, start_run
from kinbook.invoices.models import Invoice, Run, RunState
from kinbook.invoices.queries.listing import run_for
from kinbook.invoices.queries.uninvoiced import Open, grouped, open_shares, skipped
from kinbook.people.models import Client
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Forbidden, Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Invoices"], by_alias=True)
"""Shared with `invoices`: an address belongs to one router, whatever the method."""


class CreateBody(Body):
    """Which charges are to be invoiced, and how they are grouped."""

    client_ids: list[Id] | None = Field(None, max_length=10_000, description="All clients where left out.")
    through: Day = Field(description="Everything up to this date, included; any date.")
    group: Literal["client", "family"] | None = Field(
        None, description="An invoice per client and payer (client, the default), or per family where allowed."
    )


class SkippedShown(BaseModel):
    """A charge that is not invoiced, and why."""

    client_id: UUID
    charge_id: UUID
    cents: int
    reason: str


class InvoiceToBe(BaseModel):
    """An invoice as it would be, before it has an id and a number."""

    payer_id: UUID
    number: None = None
    status: Literal["issued"] = "issued"
    overdue: Literal[False] = False
    issued_on: date
    due_on: date
    lines: list[LineShown]
    currency: str
    total_cents: int
    paid_cents: int = 0
    due_cents: int


class Preview(BaseModel):
    """What creating invoices would do."""

    invoices: list[InvoiceToBe]
    skipped: list[SkippedShown]


class Created(BaseModel):
    """What a run created, and what it skipped."""

    run_id: UUID
    invoices: list[InvoiceShown]
    skipped: list[SkippedShown]


class Accepted(BaseModel):
    """A job does it: ask `GET /jobs/{job_id}`."""

    job_id: UUID


class JobShown(BaseModel):
    """How far a job is, in charges; `result` is there once it is done."""

    id: UUID
    state: str = Field(description="working, paused, done or voided")
    done: int
    total: int
    through: date
    result: Created | None


@router.post("/invoices/preview", response=Preview)
def preview_invoices(request: Request, body: CreateBody) -> Preview:
    """What creating invoices would do: who gets what and why, and what is skipped and why. Nothing changes."""
    viewer = request.viewer
    require(viewer, Action.INVOICE_CREATE)
    _require_clients(viewer, body.client_ids)
    shares = open_shares(
        through=body.through,
        client_ids=body.client_ids,
        condition=clients_in_reach(viewer, Action.INVOICE_CREATE),
    )
    groups = grouped(shares, by_family=body.group == "family")
    due_on = viewer.today + timedelta(days=Practice.objects.get(pk=viewer.practice_id).terms_days)
    record(viewer, "invoices.dry_run", invoices=len(groups))
    return Preview(
        invoices=[
            InvoiceToBe(
                payer_id=payer_id,
                issued_on=viewer.today,
                due_on=due_on,
                lines=[_line(each) for each in lines],
                currency=viewer.currency,
                total_cents=sum(each.cents for each in lines),
                due_cents=sum(each.cents for each in lines),
            )
            for (payer_id, _), lines in groups.items()
        ],
        skipped=_skipped(viewer, body.through, body.client_ids),
    )


def _require_clients(viewer: Viewer, client_ids: Sequence[UUID] | None) -> None:
    """Refuse clients that are unknown to the viewer, or whose invoices are not theirs to create."""
    wanted = set(client_ids or ())
    if not wanted:
        return
    known = Client.objects.filter(pk__in=wanted)
    if known.filter(clients_in_reach(viewer, Action.CLIENT_OPEN, "pk")).count() < len(wanted):
        raise Unknown
    if known.filter(clients_in_reach(viewer, Action.INVOICE_CREATE, "pk")).count() < len(wanted):
        raise Forbidden


def _line(each: Open) -> LineShown:
    return LineShown(
        client_id=each.client_id,
        charge_id=each.charge_id,
        on=each.on_date,
        description=each.description,
        cents=each.cents,
        reason=each.reason,
        payer_reason=each.payer_reason,
        client_named=None,
        authorization=None,
    )


def _skipped(viewer: Viewer, through: date, client_ids: Sequence[UUID] | None) -> list[SkippedShown]:
    return [
        SkippedShown(client_id=each.client_id, charge_id=each.charge_id, cents=each.cents, reason=each.reason)
        for each in skipped(viewer, through=through, client_ids=client_ids)
    ]


@router.post("/invoices", response={200: Created, 202: Accepted})
def create_invoices(request: Request, body: CreateBody) -> Status[Created] | Status[Accepted]:
    """Invoice what waits through a date: up to 500 charges at once (200), above that by a job (202)."""
    viewer = request.viewer
    require(viewer, Action.INVOICE_CREATE)
    _require_clients(viewer, body.client_ids)
    run = start_run(viewer, through=body.through, client_ids=body.client_ids, by_family=body.group == "family")
    if progress_of(run).charges > AT_ONCE:
        continue_later(viewer, run)
        return Status(202, Accepted(job_id=run.pk))
    while advance_run(viewer, run_id=run.pk):
        pass
    return Status(200, _created(viewer, run))


def _created(viewer: Viewer, run: Run) -> Created:
    rows = Invoice.objects.visible_to(viewer).with_state().filter(run_id=run.pk).order_by("number")
    client_ids = None if run.client_ids is None else [UUID(each) for each in run.client_ids]
    return Created(
        run_id=run.pk,
        invoices=invoices_shown(viewer, list(rows)),
        skipped=_skipped(viewer, run.through, client_ids),
    )


@router.get("/jobs/{job_id}", response=JobShown)
def read_job(request: Request, job_id: Id) -> JobShown:
    """How far a job is."""
    viewer = request.viewer
    run = run_for(viewer, job_id)
    progress = progress_of(run)
    return JobShown(
        id=run.pk,
        state=run.state,
        done=progress.charges_done,
        total=progress.charges,
        through=run.through,
        result=_created(viewer, run) if run.state in {RunState.DONE, RunState.VOIDED} else None,
    )
