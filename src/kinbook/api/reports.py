"""Reports: the tables that the pages show, as JSON and as files."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Day, Id
from kinbook.audit.record import record
from kinbook.reports.queries.asked import Asked, read_asked
from kinbook.reports.queries.catalogue import kept_for, tabs
from kinbook.reports.queries.choices import choices_of
from kinbook.reports.queries.values import Column, Kind, Row
from kinbook.reports.render import table_csv
from kinbook.tenancy.viewer import Viewer
from kinbook.web.download import download
from kinbook.web.request import Request

router = Router(tags=["Reports"], by_alias=True)


class ReportAsked(BaseModel):
    """The dates of a report, both included, and what narrows it; what a report does not take narrows nothing."""

    since: Day | None = Field(
        None, alias="from", description="The first date; eleven months before this one if absent."
    )
    through: Day | None = Field(None, alias="to", description="The last date, included; today if absent.")
    by: str = Field("", max_length=40, description="month (if absent), service, clinician, payer, client, location.")
    account: str = Field("", max_length=40, description="Of lines: income, cash or given_up.")
    method: str = Field("", max_length=40, description="Of lines of cash.")
    status: str = Field("", max_length=40, description="Of visits.")
    clinician_id: Id | None = None
    service_id: Id | None = None
    location_id: Id | None = None
    client_id: Id | None = None
    payer_id: Id | None = None
    cursor: str = Field("", max_length=80, description="`next` of the page before.")

    def read(self, viewer: Viewer) -> Asked:
        """The same as the pages know it."""
        told = self.model_dump(by_alias=True, exclude_none=True)
        values = {name.removesuffix("_id"): str(value) for name, value in told.items()}
        return read_asked({**values, "after": self.cursor}, viewer.today)


class ColumnShown(BaseModel):
    """A column: under `key` every row has its value."""

    key: str
    name: str
    kind: str = Field(description="text, money (cents), count, percent (hundredths), day, hours (in minutes).")


class ReportName(BaseModel):
    """A report there is for the token's member."""

    name: str
    title: str


class ReportNames(BaseModel):
    """The reports there are for the token's member."""

    items: list[ReportName]


class ReportShown(BaseModel):
    """A report's table: `rows` by the columns' keys, each with the `id` of what it is about, if anything."""

    name: str
    title: str
    since: date = Field(serialization_alias="from")
    through: date = Field(serialization_alias="to")
    currency: str
    columns: list[ColumnShown]
    rows: list[dict[str, str | int | None]]
    total: dict[str, str | int | None] | None
    next: str | None


@router.get("/reports", response=ReportNames)
def list_reports(request: Request) -> ReportNames:
    """The reports there are for the token's member."""
    require(request.viewer, Action.REPORTS_SEE)
    told = tabs(request.viewer)
    record(request.viewer, "reports.listed", count=len(told))
    return ReportNames(items=[ReportName(name=name, title=title) for name, title in told])


@router.get("/reports/{name}.csv")
def read_report_file(request: Request, name: str, asked: Query[ReportAsked]) -> HttpResponse:
    """All rows of a report as CSV; amounts are units with two decimals."""
    viewer = request.viewer
    kept = kept_for(viewer, name)
    wanted = asked.read(viewer).whole()
    choices_of(viewer, wanted, ())
    made, count = table_csv(kept.make(viewer, wanted))
    record(viewer, "report.exported", client_id=wanted.client, report=name, count=count)
    with made:
        return download(made.read(), name=f"{name}.csv", content_type="text/csv; charset=utf-8")


@router.get("/reports/{name}", response=ReportShown)
def read_report(request: Request, name: str, asked: Query[ReportAsked]) -> ReportShown:
    """A report: income, outstanding, credits, payments, adjustments, forecast, who-pays, productivity, appointments.

    What their figures are made of: lines (of the journal), shares (of charges), visits (appointments).
    """
    viewer = request.viewer
    kept = kept_for(viewer, name)
    wanted = asked.read(viewer)
    choices_of(viewer, wanted, ())
    made = kept.make(viewer, wanted)
    record(viewer, "report.viewed", client_id=wanted.client, report=name)
    return ReportShown(
        name=name,
        title=kept.title,
        since=wanted.since,
        through=wanted.through,
        currency=viewer.currency,
        columns=[ColumnShown(key=_key(each), name=each.name, kind=each.kind.value) for each in made.columns],
        rows=[_row(made.columns, row) for row in made.rows],
        total=_cells(made.columns, made.total) if made.total else None,
        next=made.more or None,
    )


def _key(column: Column) -> str:
    """Return the name of a column's values: cents say so, hours are told in minutes."""
    if column.kind is Kind.HOURS:
        return "minutes"
    return f"{column.key}_cents" if column.kind is Kind.MONEY else column.key


def _row(columns: Any, row: Row) -> dict[str, str | int | None]:
    told: dict[str, str | int | None] = {"id": str(row.id)} if isinstance(row.id, UUID) else {}
    return {**told, **_cells(columns, row.cells)}


def _cells(columns: Any, cells: tuple[Any, ...]) -> dict[str, str | int | None]:
    return {_key(column): _plain(value) for column, value in zip(columns, cells, strict=True)}


def _plain(value: Any) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)
