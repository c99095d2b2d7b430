"""Screens of reports: one for all of them, and their files."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import IO, TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponseRedirect
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import reaches_all, require, require_all
from kinbook.audit.record import record
from kinbook.ledger.accountants import COLUMNS, NAMES
from kinbook.reports.forms import ExportForm
from kinbook.reports.queries.asked import IDS, Asked, read_asked, usual
from kinbook.reports.queries.catalogue import CATALOGUE, kept_for, tabs
from kinbook.reports.queries.choices import choices_of
from kinbook.reports.queries.exports import BEANCOUNT, journal_beancount, journal_rows
from kinbook.reports.render import csv_file, table_csv
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.web.page import page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.tenancy.viewer import Viewer
    from kinbook.web.request import Request


def reports(request: Request) -> HttpResponse:
    """Lead to the first report the viewer may read."""
    require(request.viewer, Action.REPORTS_SEE)
    told = tabs(request.viewer)
    if not told:
        raise Forbidden
    return HttpResponseRedirect(reverse("reports:report", args=[told[0][0]]))


def report(request: Request, name: str) -> HttpResponse:
    """One report: what narrows it, its picture, its table."""
    viewer = request.viewer
    kept = kept_for(viewer, name)
    asked, problems = _asked(request)
    choices = choices_of(viewer, asked, kept.takes)
    shown = kept.make(viewer, asked)
    _note(viewer, "report.viewed", name, asked)
    return page(
        request,
        "reports/report.html",
        status=422 if problems else 200,
        name=name,
        kept=kept,
        asked=asked,
        shown=shown,
        choices=choices,
        problems=problems,
        tabs=tabs(viewer),
        may_export=reaches_all(viewer, Action.JOURNAL_SEE),
        tab=kept.behind or name,
        behind=CATALOGUE[kept.behind] if kept.behind else None,
        spans=_spans(viewer.today) if "dates" in kept.takes else [],
        chosen={each: getattr(asked, each) for each in IDS},
    )


def _asked(request: Request) -> tuple[Asked, dict[str, str]]:
    try:
        return read_asked(request.GET, request.viewer.today), {}
    except Invalid as refused:
        return usual(request.viewer.today), refused.problems


def _spans(today: date) -> list[tuple[str, date, date]]:
    """Return the spans that are asked for most, by name."""
    month = today.replace(day=1)
    last = month - timedelta(days=1)
    return [
        ("This month", month, today),
        ("Last month", last.replace(day=1), last),
        ("This year", today.replace(month=1, day=1), today),
        ("Last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]


def _note(viewer: Viewer, deed: str, name: str, asked: Asked, **more: Any) -> None:
    narrowed = [each for each in IDS if getattr(asked, each)]
    dates = f"{asked.since} to {asked.through}"
    record(viewer, deed, None, client_id=asked.client, report=name, dates=dates, by=narrowed, **more)


def export(request: Request) -> HttpResponse:
    """The journal for whoever keeps the books: choose the program and the days."""
    require_all(request.viewer, Action.JOURNAL_SEE)
    return _choosing(request, ExportForm(initial=_last_month(request.viewer.today)))


def _choosing(request: Request, form: ExportForm) -> HttpResponse:
    record(request.viewer, "journal.export_viewed")
    accounts = list(dict.fromkeys(NAMES.values()))
    return page(request, "reports/export.html", form=form, accounts=accounts, status=422 if form.errors else 200)


def _last_month(today: date) -> dict[str, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return {"since": last.replace(day=1), "through": last}


def export_file(request: Request) -> HttpResponse | FileResponse:
    """The journal's file."""
    viewer = request.viewer
    require_all(viewer, Action.JOURNAL_SEE)
    form = ExportForm(request.GET)
    if not form.is_valid():
        return _choosing(request, form)
    program, since, through = (form.cleaned_data[name] for name in ("program", "since", "through"))
    if program == BEANCOUNT:
        content = journal_beancount(viewer, since, through).encode()
        made: IO[bytes] = io.BytesIO(content)
        ending, count = "beancount", len(content)
    else:
        rows = journal_rows(viewer, program, since, through, form.cleaned_data["tax_rate"])
        made, count = csv_file(COLUMNS[program], rows)
        ending = "csv"
    record(viewer, "journal.exported", program=program, dates=f"{since} to {through}", count=count)
    return _sent(
        made, f"journal-{program}-{since}-to-{through}.{ending}", "text/csv" if ending == "csv" else "text/plain"
    )


def _sent(made: Any, name: str, kind: str) -> FileResponse:
    response = FileResponse(made, as_attachment=True, filename=name, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def report_csv(request: Request, name: str) -> FileResponse:
    """All rows of a report as a file."""
    viewer = request.viewer
    kept = kept_for(viewer, name)
    asked = replace(read_asked(request.GET, viewer.today), after="", limit=None)
    choices_of(viewer, asked, ())
    made, count = table_csv(kept.make(viewer, asked))
    _note(viewer, "report.exported", name, asked, count=count)
    return _sent(made, f"{name}-{asked.since}-to-{asked.through}.csv", "text/csv")
