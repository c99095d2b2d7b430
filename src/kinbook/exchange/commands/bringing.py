"""A file brought to be imported: uploaded, its columns settled, or discarded. Nothing of it is imported here."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.exchange.models import Import, ImportFile, ImportProgress, ImportRow, ImportState
from kinbook.exchange.queries import head_of_import, known_settings
from kinbook.exchange.reading.opening import Settings, kind_of_file, open_table, read_file, settled
from kinbook.exchange.reading.record import CSV, Unreadable
from kinbook.tenancy.refused import Conflict, Invalid, Unknown

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

IMPORTED = "This file is imported already. Nothing was changed: upload it again to read it otherwise."
WORKED_ON = "This file is being worked on. Nothing was changed: wait until that is done."


class Busy(Conflict):
    """Somebody or something else holds what is needed; a moment later it may go."""


@transaction.atomic
def upload_file(viewer: Viewer, *, name: str, content: bytes) -> Import:
    """Keep a file to be checked; raises Invalid where it cannot be read at all.

    The columns of a CSV mean what they meant in the last file with the same ones.
    """
    require(viewer, Action.IMPORT)
    settings, header = Settings(), []
    try:
        kind = kind_of_file(content)
        if kind == CSV:
            table = open_table(content, Settings())
            header = list(table.header)
            known = known_settings(header)
            settings = settled(table, replace(known, delimiter=table.delimiter) if known else Settings())
        else:
            read_file(content, kind, settings, today=viewer.today)
    except Unreadable as unreadable:
        raise Invalid(file=str(unreadable)) from None
    made = new_import(viewer, name, content, kind)
    made.settings, made.header = settings.stored(), header
    made.save(force_insert=True)
    ImportFile.objects.create(practice_id=viewer.practice_id, file=made, content=content)
    ImportProgress.objects.create(practice_id=viewer.practice_id, file=made, at=viewer.now)
    record(viewer, "import.uploaded", made, kind=kind, bytes=len(content))
    return made


def new_import(viewer: Viewer, name: str, content: bytes, kind: str) -> Import:
    """Return an import not kept yet; part of a command that has asked whether the viewer may."""
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
    """Say how a CSV file is to be read; raises Invalid where it cannot be read so."""
    require(viewer, Action.IMPORT)
    found = locked_import(import_id)
    if found.state == ImportState.IMPORTED:
        raise Conflict(IMPORTED)
    if found.kind == CSV:
        try:
            table = open_table(head_of_import(import_id), settings)
        except Unreadable as unreadable:
            raise Invalid(delimiter=str(unreadable)) from None
        found.header, settings = list(table.header), settled(table, settings)
    found.settings = settings.stored()
    found.state, found.problem = ImportState.UPLOADED, ""
    found.save()
    record(viewer, "import.settled", found)
    return found


@transaction.atomic
def discard_import(viewer: Viewer, *, import_id: UUID) -> None:
    """Let go of a file that is not to be imported."""
    require(viewer, Action.IMPORT)
    found = locked_import(import_id)
    if found.state == ImportState.IMPORTED:
        raise Conflict("This file is imported already. Nothing was changed.")
    ImportRow.objects.filter(file=found).delete()
    ImportFile.objects.filter(file=found).delete()
    Import.objects.filter(pk=found.pk).update(state=ImportState.DISCARDED)
    record(viewer, "import.discarded", found)


def locked_import(import_id: UUID) -> Import:
    """Return an import nobody else is working on; raises Busy where somebody is."""
    imports = Import.objects.filter(pk=import_id)
    found = imports.select_for_update(of=("self",), skip_locked=True).first()
    if found is None:
        raise Busy(WORKED_ON) if imports.exists() else Unknown
    return found
