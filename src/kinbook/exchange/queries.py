"""What the pages of import show: files brought in, what became of their rows, who waits for a contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db.models import BinaryField, Count, Q
from django.db.models.functions import Substr

from kinbook.exchange.models import (
    FileKind,
    Held,
    HeldState,
    Import,
    ImportFile,
    ImportProgress,
    ImportRow,
    ImportState,
    Outcome,
)
from kinbook.exchange.reading.mending import MENDING, is_mended, without_mending
from kinbook.exchange.reading.opening import HEAD, head_of, settings_of
from kinbook.tenancy.refused import Conflict, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from kinbook.exchange.reading.opening import Settings

Row = TypeVar("Row", ImportRow, Held)
PAGE = 50
RECENT = 30
GONE = "The file is not kept any more. Nothing was changed: upload it again."
SETTLED = (ImportState.CHECKED, ImportState.RUNNING, ImportState.IMPORTED, ImportState.FAILED)


def import_for(import_id: UUID) -> Import:
    """Return an import of the practice; raises Unknown."""
    found = Import.objects.filter(pk=import_id).exclude(state=ImportState.DISCARDED).first()
    if found is None:
        raise Unknown
    return found


def content_of(import_id: UUID) -> bytes:
    """Return the bytes of a file that is kept; raises Conflict where it is not."""
    found = ImportFile.objects.filter(file_id=import_id).values_list("content", flat=True).first()
    if found is None:
        raise Conflict(GONE)
    return bytes(found)


def head_of_import(import_id: UUID) -> bytes:
    """Return a file's first whole lines, however large it is; raises Conflict where it is not kept."""
    start = Substr("content", 1, HEAD + 1, output_field=BinaryField())
    found = ImportFile.objects.filter(file_id=import_id).values_list(start, flat=True).first()
    if found is None:
        raise Conflict(GONE)
    return head_of(bytes(found))


def known_settings(header: Sequence[str]) -> Settings | None:
    """Return how the last file with these columns was read; one of bad rows is read as the file they are from."""
    before = list(without_mending(header))
    found = (
        Import.objects.filter(kind=FileKind.CSV, header__in=[before, list(header)], state__in=SETTLED)
        .order_by("-uploaded_at", "-pk")
        .values_list("settings", "header")
        .first()
    )
    if found is None:
        return None
    settings, columns = found
    if is_mended(header) and len(columns) == len(before):
        settings = {**settings, "fields": [*[""] * len(MENDING), *settings.get("fields", [])]}
    return settings_of({**settings, "has_header": None})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come with a file; `seen_at` is when it last said so."""

    done: int
    total: int
    seen_at: datetime

    @property
    def percent(self) -> int:
        """How much is done, 1 to 100."""
        return min(100, max(1, 100 * self.done // self.total)) if self.total else 1

    @property
    def rest(self) -> int:
        """How much is left."""
        return 100 - self.percent


def progress_of(found: Import) -> Progress:
    """Return how far the job on a file has come."""
    row = ImportProgress.objects.filter(file=found).values_list("done", "total", "at").first()
    return Progress(*row) if row else Progress(0, 0, found.uploaded_at)


def recent_imports() -> list[Import]:
    """Return the files brought in last."""
    return list(Import.objects.exclude(state=ImportState.DISCARDED).order_by("-uploaded_at", "-pk")[:RECENT])


def imported_before(found: Import) -> Import | None:
    """Return the import of the very same bytes before this one, if there was one."""
    same = Import.objects.filter(digest=found.digest, state=ImportState.IMPORTED).exclude(pk=found.pk)
    return same.order_by("-uploaded_at").first()


def rows_of(found: Import, outcome: str, after: str) -> tuple[list[ImportRow], str]:
    """Return a page of a file's rows by their lines, and where the next one begins ("" for nowhere)."""
    rows = ImportRow.objects.filter(file=found)
    if outcome in Outcome.values:
        rows = rows.filter(outcome=outcome)
    return _page(rows.order_by("line", "pk"), "line", after, number=True)


def bad_rows(found: Import) -> list[ImportRow]:
    """Return the rows of a file that did not come in as they stood, by their lines."""
    bad = ImportRow.objects.filter(file=found, outcome__in=[Outcome.REFUSED, Outcome.HELD]).exclude(original="")
    return list(bad.order_by("line", "pk"))


def held_counts() -> dict[str, int]:
    """Return how many minors wait, were completed, were taken off the list."""
    counted = dict(Held.objects.values_list("state").annotate(count=Count("pk")).order_by())
    return {state: counted.get(state, 0) for state in HeldState.values}


def held_rows(state: str, after: str) -> tuple[list[Held], str]:
    """Return a page of the list to be completed by name, and where the next one begins."""
    wanted = state if state in HeldState.values else HeldState.WAITING.value
    return _page(Held.objects.filter(state=wanted).order_by("sort_name", "pk"), "sort_name", after)


def held_for(held_id: UUID) -> Held:
    """Return somebody of the list to be completed; raises Unknown."""
    found = Held.objects.select_related("file").filter(pk=held_id).first()
    if found is None:
        raise Unknown
    return found


def _page(rows: QuerySet[Row], column: str, after: str, *, number: bool = False) -> tuple[list[Row], str]:
    """Return the rows behind a place, which is named by the column and id of the last one before."""
    value, _, key = after.replace("\x00", "").rpartition("~")
    try:
        place = (int(value) if number else value, UUID(key)) if after else None
    except ValueError:
        place = None
    if place:
        beyond = Q(**{f"{column}__gt": place[0]}) | Q(**{column: place[0]}, pk__gt=place[1])
        rows = rows.filter(beyond)
    page = list(rows[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    return page[:PAGE], f"{getattr(last, column)}~{last.pk}" if last else ""
