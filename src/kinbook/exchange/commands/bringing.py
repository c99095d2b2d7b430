"""Bringing a file in: uploaded, its columns settled, checked, imported in one transaction, or discarded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.exchange.commands.writing import write_batch, write_steps
from kinbook.exchange.models import Import, ImportFile, ImportProgress, ImportRow, ImportState
from kinbook.exchange.planning.batch import Counts
from kinbook.exchange.planning.plan import plan_file
from kinbook.exchange.reading.opening import (
    Settings,
    kind_of_file,
    open_table,
    read_file,
    settings_of,
    settled_columns,
)
from kinbook.exchange.reading.record import CSV, Unreadable
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from kinbook.exchange.planning.batch import Batch, Step
    from kinbook.exchange.reading.record import Reading
    from kinbook.tenancy.viewer import Viewer

    Progress = Callable[[int, int], None]

CLASH = "Somebody entered one of these people while the file was read. Nothing was imported: start it again."
BUSY = "Another file is being imported. Nothing was changed: try again when it is done."


def no_progress(done: int, total: int) -> None:
    """Tell nobody how far it has come."""


@dataclass(slots=True)
class Report:
    """What a file did, or would do."""

    kind: str
    as_clients: bool
    counts: Counts = field(default_factory=Counts)
    steps: list[Step] = field(default_factory=list)
    notes: tuple[str, ...] = ()


@transaction.atomic
def upload_file(viewer: Viewer, *, name: str, content: bytes) -> Import:
    """Keep a file to be checked; raises Invalid where it cannot be read at all."""
    require(viewer, Action.IMPORT)
    try:
        kind = kind_of_file(content)
        settings, header = Settings(), []
        if kind == CSV:
            table = open_table(content, settings)
            columns = settled_columns(table, settings)
            settings = Settings(columns.as_clients, table.delimiter, table.has_header, columns)
            header = list(table.header)
    except Unreadable as unreadable:
        raise Invalid(file=str(unreadable)) from None
    made = _new_import(viewer, name, content, kind)
    made.settings, made.header = settings.stored(), header
    made.save(force_insert=True)
    ImportFile.objects.create(practice_id=viewer.practice_id, file=made, content=content)
    ImportProgress.objects.create(practice_id=viewer.practice_id, file=made, at=viewer.now)
    record(viewer, "import.uploaded", made, kind=kind, bytes=len(content))
    return made


def _new_import(viewer: Viewer, name: str, content: bytes, kind: str) -> Import:
    return Import(
        practice_id=viewer.practice_id,
        file_name=" ".join(name.replace("\x00", "").split())[:200] or "file",
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        state=ImportState.UPLOADED,
        uploaded_by=viewer.name,
        member_id=viewer.id,
        uploaded_at=viewer.now,
    )


@transaction.atomic
def settle_settings(viewer: Viewer, *, import_id: UUID, settings: Settings) -> Import:
    """Say how a file is to be read; raises Invalid where it cannot be read so."""
    require(viewer, Action.IMPORT)
    found = _locked(import_id)
    if found.state == ImportState.IMPORTED:
        raise Conflict("This file is imported already. Nothing was changed: upload it again to read it otherwise.")
    found.settings = settings.stored()
    if found.kind == CSV:
        try:
            found.header = list(open_table(content_of(import_id), settings).header)
        except Unreadable as unreadable:
            raise Invalid(delimiter=str(unreadable)) from None
    found.state = ImportState.UPLOADED
    found.save()
    record(viewer, "import.settled", found)
    return found


@transaction.atomic
def check_file(viewer: Viewer, *, import_id: UUID, progress: Progress = no_progress) -> Import:
    """Keep, row by row, what importing a file would do, and write nothing else; raises Invalid if unreadable."""
    require(viewer, Action.IMPORT)
    found = _locked(import_id)
    if found.state in {ImportState.IMPORTED, ImportState.DISCARDED}:
        return found
    reading = _reading(viewer, found)
    _forget_rows(found)
    counts = Counts()
    for steps, batch in plan_file(viewer, reading):
        counts.add(steps, batch)
        write_steps(viewer, found.pk, steps, done=False)
        progress(steps[-1].line, reading.total)
    _close(found, ImportState.CHECKED, counts, reading)
    record(viewer, "import.checked", found, **counts.columns())
    return found


@transaction.atomic
def run_import(viewer: Viewer, *, import_id: UUID, progress: Progress = no_progress) -> Import:
    """Import a file that was checked: all of its good rows, or after any failure nothing; again does nothing."""
    require(viewer, Action.IMPORT)
    found = _locked(import_id)
    if found.state == ImportState.IMPORTED:
        return found
    if found.state == ImportState.DISCARDED:
        raise Conflict("This file was discarded. Nothing was imported: upload it again.")
    reading = _reading(viewer, found)
    _forget_rows(found)
    counts = Counts()
    for steps, batch in _deed(viewer, found.pk, reading):
        counts.add(steps, batch)
        write_steps(viewer, found.pk, steps, done=True)
        progress(steps[-1].line, reading.total)
    _close(found, ImportState.IMPORTED, counts, reading)
    found.finished_at = viewer.now
    found.save()
    ImportFile.objects.filter(file=found).delete()
    record(viewer, "import.done", found, **counts.columns())
    return found


def _deed(viewer: Viewer, file_id: UUID, reading: Reading) -> Iterator[tuple[list[Step], Batch]]:
    """Decide and write stretch by stretch; one file of a practice at a time."""
    _one_at_a_time(viewer)
    for steps, batch in plan_file(viewer, reading):
        try:
            write_batch(viewer, file_id, batch)
        except IntegrityError as clash:
            if "one_client_a_party" in str(clash) or "source_once" in str(clash) or "contact_once" in str(clash):
                raise Conflict(CLASH) from None
            raise
        yield steps, batch


def _one_at_a_time(viewer: Viewer) -> None:
    """Wait for nobody: two files at once could each bring the same person. The lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {viewer.practice_id}"])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise Conflict(BUSY)


@transaction.atomic
def import_content(
    viewer: Viewer,
    *,
    name: str,
    content: bytes,
    settings: Settings,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Report:
    """Import a file at once, or say what that would do; raises Unreadable where it cannot be read."""
    require(viewer, Action.IMPORT)
    kind = kind_of_file(content)
    reading = read_file(content, kind, settings, today=viewer.today)
    report = Report(kind, reading.as_clients, notes=reading.notes)
    made = None
    if not dry_run:
        made = _new_import(viewer, name, content, kind)
        made.settings, made.state = settings.stored(), ImportState.RUNNING
        if kind == CSV:
            made.header = list(open_table(content, settings).header)
        made.save(force_insert=True)
    for steps, batch in _deed(viewer, made.pk, reading) if made else plan_file(viewer, reading):
        report.counts.add(steps, batch)
        report.steps += steps
        if made:
            write_steps(viewer, made.pk, steps, done=True)
        progress(steps[-1].line, reading.total)
    if made:
        made.finished_at = viewer.now
        _close(made, ImportState.IMPORTED, report.counts, reading)
    record(viewer, "import.done" if made else "import.checked", made, **report.counts.columns())
    return report


@transaction.atomic
def discard_import(viewer: Viewer, *, import_id: UUID) -> None:
    """Let go of a file that is not to be imported."""
    require(viewer, Action.IMPORT)
    found = _locked(import_id)
    if found.state == ImportState.IMPORTED:
        raise Conflict("This file is imported already. Nothing was changed.")
    _forget_rows(found)
    ImportFile.objects.filter(file=found).delete()
    Import.objects.filter(pk=found.pk).update(state=ImportState.DISCARDED)
    record(viewer, "import.discarded", found)


def content_of(import_id: UUID) -> bytes:
    """Return the bytes of a file that is kept."""
    found = ImportFile.objects.filter(file_id=import_id).values_list("content", flat=True).first()
    if found is None:
        raise Conflict("The file is not kept any more. Nothing was changed: upload it again.")
    return bytes(found)


def _locked(import_id: UUID) -> Import:
    found = Import.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if found is None:
        raise Unknown
    return found


def _reading(viewer: Viewer, found: Import) -> Reading:
    try:
        return read_file(content_of(found.pk), found.kind, settings_of(found.settings), today=viewer.today)
    except Unreadable as unreadable:
        raise Invalid(file=str(unreadable)) from None


def _forget_rows(found: Import) -> None:
    ImportRow.objects.filter(file=found).delete()


def _close(found: Import, state: ImportState, counts: Counts, reading: Reading) -> None:
    for name, number in counts.columns().items():
        setattr(found, name, number)
    found.state, found.notes, found.problem = state, list(reading.notes), ""
    found.save()
