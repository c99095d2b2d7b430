"""Files brought in: uploaded, their columns settled, checked, imported, and what became of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.exchange import queries
from kinbook.exchange.commands.bringing import discard_import, upload_file
from kinbook.exchange.commands.running import check_file, run_import, start_check, start_import
from kinbook.exchange.forms import UploadForm
from kinbook.exchange.models import FileKind, ImportState, Outcome
from kinbook.exchange.render import bad_file
from kinbook.tenancy.refused import Invalid
from kinbook.web.page import beside_fields, done, go, part, settings_page

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.exchange.models import Import
    from kinbook.web.request import Request

CHECKED_AT_ONCE = {FileKind.CSV.value: 100_000, FileKind.VCARD.value: 400_000, FileKind.FHIR.value: 1_000_000}
"""Bytes up to which a file is checked while its uploader waits; a larger one becomes a job."""
IMPORTED_AT_ONCE = 300
"""Rows up to which a file is imported while somebody waits."""


def imports(request: Request) -> HttpResponse:
    """The files brought in so far, and a place for another."""
    require(request.viewer, Action.IMPORT)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return _uploaded(request, form.cleaned_data["file"])
            except Invalid as refused:
                beside_fields(form, refused)
    return settings_page(
        request,
        "exchange/imports.html",
        form=form,
        rows=queries.recent_imports(),
        held=queries.held_counts(),
        status=422 if form.errors else 200,
    )


def _uploaded(request: Request, file: Any) -> HttpResponse:
    made = upload_file(request.viewer, name=file.name or "", content=file.read())
    if made.kind == FileKind.CSV:
        return go(request, reverse("exchange:columns", args=[made.pk]))
    return checked(request, made)


def checked(request: Request, found: Import) -> HttpResponse:
    """Have a file checked, at once where it is small, and lead to what it would do."""
    if found.size <= CHECKED_AT_ONCE[found.kind]:
        check_file(request.viewer, import_id=found.pk)
    else:
        start_check(request.viewer, import_id=found.pk)
    return go(request, reverse("exchange:import", args=[found.pk]))


@require_GET
def one_import(request: Request, import_id: UUID) -> HttpResponse:
    """A file: what it will do or did, row by row."""
    require(request.viewer, Action.IMPORT)
    found = queries.import_for(import_id)
    if found.state == ImportState.UPLOADED and found.kind == FileKind.CSV:
        return go(request, reverse("exchange:columns", args=[found.pk]))
    outcome = request.GET.get("outcome", "")
    rows, following = queries.rows_of(found, outcome, request.GET.get("after", "")[:80])
    record(request.viewer, "import.viewed", found, count=len(rows))
    return settings_page(
        request,
        "exchange/import.html",
        file=found,
        progress=queries.progress_of(found) if found.is_under_way else None,
        before=queries.imported_before(found) if found.state == ImportState.CHECKED else None,
        outcomes=[(each.value, each.label, getattr(found, each.value)) for each in Outcome],
        outcome=outcome if outcome in Outcome.values else "",
        rows=rows,
        next=following,
    )


@require_GET
def progress(request: Request, import_id: UUID) -> HttpResponse:
    """How far the job on a file is; asked again while it works, and the page anew once it is over."""
    require(request.viewer, Action.IMPORT)
    found = queries.import_for(import_id)
    if not found.is_under_way:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return part(request, "exchange/_progress.html", file=found, progress=queries.progress_of(found))


@require_POST
def check(request: Request, import_id: UUID) -> HttpResponse:
    """Check a file once more, as it is read now and with who is here now."""
    require(request.viewer, Action.IMPORT)
    return checked(request, queries.import_for(import_id))


@require_POST
def run(request: Request, import_id: UUID) -> HttpResponse:
    """Import a file that was checked."""
    require(request.viewer, Action.IMPORT)
    found = queries.import_for(import_id)
    url = reverse("exchange:import", args=[found.pk])
    if found.total > IMPORTED_AT_ONCE:
        start_import(request.viewer, import_id=found.pk)
        return go(request, url)
    run_import(request.viewer, import_id=found.pk)
    return done(request, url, "Imported.")


@require_POST
def discard(request: Request, import_id: UUID) -> HttpResponse:
    """Let go of a file."""
    require(request.viewer, Action.IMPORT)
    found = queries.import_for(import_id)
    discard_import(request.viewer, import_id=found.pk)
    return done(request, reverse("exchange:imports"), "Discarded. Nothing of the file was imported.")


@require_GET
def bad_rows(request: Request, import_id: UUID) -> HttpResponse:
    """The refused and held rows of a file, to be mended and loaded again."""
    require(request.viewer, Action.IMPORT)
    found = queries.import_for(import_id)
    rows = queries.bad_rows(found)
    file = bad_file(found, rows)
    record(request.viewer, "import.bad_rows_downloaded", found, count=len(rows))
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)
