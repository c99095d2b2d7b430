"""A file checked and imported: what it would do kept row by row, then done, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.exchange.commands.bringing import IMPORTED, Busy, locked_import, new_import
from kinbook.exchange.commands.writing import write_batch, write_steps
from kinbook.exchange.models import Import, ImportFile, ImportProgress, ImportRow, ImportState
from kinbook.exchange.planning.batch import Counts
from kinbook.exchange.planning.plan import plan_file
from kinbook.exchange.queries import content_of, known_settings
from kinbook.exchange.reading.opening import (
    Settings,
    kind_of_file,
    open_table,
    read_file,
    settings_of,
    settled,
)
from kinbook.exchange.reading.record import CSV, Unreadable
from kinbook.jobs.app import enqueue
from kinbook.tenancy.refused import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from kinbook.exchange.planning.batch import Batch, Step
    from kinbook.exchange.reading.record import Reading
    from kinbook.tenancy.viewer import Viewer

    Progress = Callable[[int, int], None]

CLASH = "Somebody entered one of these people while the file was read. Nothing was imported: start it again."
BUSY = "Another file is being imported. Nothing was changed: try again when it is done."
DISCARDED = "This file was discarded. Nothing was imported: upload it again."
UNCHECKED = "This file has not been checked. Nothing was imported: check it first."
ONCE = ("one_client_a_party", "source_once", "contact_once")


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
def start_check(viewer: Viewer, *, import_id: UUID) -> Import:
    """Have a job say what importing a file would do."""
    require(viewer, Action.IMPORT)
    found = _open_import(import_id)
    _hand_over(viewer, found, ImportState.CHECKING, "exchange.check")
    record(viewer, "import.check_started", found)
    return found


@transaction.atomic
def start_import(viewer: Viewer, *, import_id: UUID) -> Import:
    """Have a job import a file that was checked."""
    require(viewer, Action.IMPORT)
    found = _checked_import(import_id)
    _hand_over(viewer, found, ImportState.RUNNING, "exchange.run")
    record(viewer, "import.started", found)
    return found


def _hand_over(viewer: Viewer, found: Import, state: ImportState, task: str) -> None:
    found.state, found.problem = state, ""
    found.save()
    ImportProgress.objects.filter(file=found).update(done=0, total=0, at=viewer.now)
    member = None if viewer.is_job else str(viewer.id)
    enqueue(task, practice_id=str(viewer.practice_id), import_id=str(found.pk), member_id=member)


def _open_import(import_id: UUID) -> Import:
    """Return an import that may still be read otherwise."""
    found = locked_import(import_id)
    if found.state == ImportState.IMPORTED:
        raise Conflict(IMPORTED)
    if found.state == ImportState.DISCARDED:
        raise Conflict(DISCARDED)
    return found


def _checked_import(import_id: UUID) -> Import:
    """Return an import that somebody has seen the dry run of."""
    found = _open_import(import_id)
    if found.state in {ImportState.UPLOADED, ImportState.CHECKING}:
        raise Conflict(UNCHECKED)
    return found


@transaction.atomic
def fail_import(viewer: Viewer, *, import_id: UUID, sentence: str) -> None:
    """Note that a job could not do its work, and why; nothing of the file has come in."""
    require(viewer, Action.IMPORT)
    at_work = Import.objects.filter(pk=import_id, state__in=[ImportState.CHECKING, ImportState.RUNNING])
    at_work.update(state=ImportState.FAILED, problem=sentence[:1000])
    record(viewer, "import.failed", None, file=str(import_id))


@transaction.atomic
def check_file(viewer: Viewer, *, import_id: UUID, progress: Progress = no_progress) -> Import:
    """Keep, row by row, what importing a file would do, and write nothing else; raises Invalid if unreadable."""
    require(viewer, Action.IMPORT)
    found = _open_import(import_id)
    reading = _reading(viewer, found)
    ImportRow.objects.filter(file=found).delete()
    counts = Counts()
    for steps, batch in plan_file(viewer, reading):
        counts.add(steps, batch)
        write_steps(viewer, found.pk, steps, done=False)
        progress(steps[-1].line, reading.total)
    _close(found, ImportState.CHECKED, counts, reading)
    record(viewer, "import.checked", found, rows=counts.columns())
    return found


@transaction.atomic
def run_import(viewer: Viewer, *, import_id: UUID, progress: Progress = no_progress) -> Import:
    """Import a file that was checked: all of its good rows, or after any failure nothing; again does nothing."""
    require(viewer, Action.IMPORT)
    found = locked_import(import_id)
    if found.state == ImportState.IMPORTED:
        return found
    reading = _reading(viewer, _checked_import(import_id))
    ImportRow.objects.filter(file=found).delete()
    counts = Counts()
    for steps, batch in _deed(viewer, found.pk, reading):
        counts.add(steps, batch)
        write_steps(viewer, found.pk, steps, done=True)
        progress(steps[-1].line, reading.total)
    _close(found, ImportState.IMPORTED, counts, reading)
    found.finished_at = viewer.now
    found.save()
    ImportFile.objects.filter(file=found).delete()
    record(viewer, "import.done", found, rows=counts.columns())
    return found


def _deed(viewer: Viewer, file_id: UUID, reading: Reading) -> Iterator[tuple[list[Step], Batch]]:
    """Decide and write stretch by stretch; one file of a practice at a time."""
    _one_at_a_time(viewer)
    for steps, batch in plan_file(viewer, reading):
        try:
            write_batch(viewer, file_id, batch)
        except IntegrityError as clash:
            if any(name in str(clash) for name in ONCE):
                raise Conflict(CLASH) from None
            raise
        yield steps, batch


def _one_at_a_time(viewer: Viewer) -> None:
    """Wait for nobody: two files at once could each bring the same person. The lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {viewer.practice_id}"])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise Busy(BUSY)


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
    header: tuple[str, ...] = ()
    if kind == CSV:
        table = open_table(content, settings)
        known = known_settings(table.header) if settings.columns is None else None
        if known and not settings.delimiter:
            settings = replace(known, delimiter=table.delimiter, as_clients=settings.as_clients or known.as_clients)
        header, settings = table.header, settled(table, settings)
    reading = read_file(content, kind, settings, today=viewer.today)
    report = Report(kind, reading.as_clients, notes=reading.notes)
    made = None
    if not dry_run:
        made = new_import(viewer, name, content, kind)
        made.settings, made.state = settings.stored(), ImportState.RUNNING
        made.header = list(header)
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
    record(viewer, "import.done" if made else "import.checked", made, rows=report.counts.columns())
    return report


def _reading(viewer: Viewer, found: Import) -> Reading:
    try:
        return read_file(content_of(found.pk), found.kind, settings_of(found.settings), today=viewer.today)
    except Unreadable as unreadable:
        raise Invalid(file=str(unreadable)) from None


def _close(found: Import, state: ImportState, counts: Counts, reading: Reading) -> None:
    for name, number in counts.columns().items():
        setattr(found, name, number)
    found.state, found.notes, found.problem = state, list(reading.notes), ""
    found.save()
