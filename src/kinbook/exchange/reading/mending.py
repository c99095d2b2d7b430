"""The bad rows of a CSV file as a file of their own: what is wrong stands in front, the rest as it stood."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MENDING = ("Line", "What is wrong")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def without_mending(header: Sequence[str]) -> tuple[str, ...]:
    """Return the columns as they stood before anything had to be mended."""
    return tuple(header[len(MENDING) :]) if is_mended(header) else tuple(header)


def is_mended(header: Sequence[str]) -> bool:
    """Tell whether a file is one of bad rows, given out to be mended."""
    return tuple(header[: len(MENDING)]) == MENDING


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; reading takes the apostrophe off again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def written_rows(
    header: Sequence[str], delimiter: str, rows: Iterable[tuple[int, str, Sequence[Sequence[str]]]]
) -> bytes:
    """Return bad rows (line, what is wrong, lines of cells) as a CSV file that spreadsheets open as UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter or ",", lineterminator="\r\n")
    before = len(MENDING) if is_mended(header) else 0
    writer.writerow([*MENDING, *map(guarded, header[before:])])
    for line, wrong, lines in rows:
        for cells in lines:
            writer.writerow([line, guarded(wrong), *map(guarded, cells[before:])])
    return b"\xef\xbb\xbf" + written.getvalue().encode()
