"""Reports as files: CSV, a row at a time."""

from __future__ import annotations

import csv
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from kinbook.reports.queries.values import Kind
from kinbook.web.spreadsheet import MARK, text_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kinbook.reports.queries.values import Report

IN_MEMORY = 2_000_000
"""Bytes; a longer file waits on the disk until it is fetched."""


def table_csv(report: Report) -> tuple[IO[bytes], int]:
    """Return a report's table as a file, and how many rows it has; amounts are units with two decimals."""
    heading = [column.name for column in report.columns]
    kinds = [column.kind for column in report.columns]
    return csv_file(heading, ([_cell(*each) for each in zip(kinds, row.cells, strict=True)] for row in report.rows))


def csv_file(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[IO[bytes], int]:
    """Return rows as a CSV file and their number. It is written while the transaction is open, and sent after it."""
    made: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    made.write(MARK)
    writer = csv.writer(_Encoded(made), lineterminator="\r\n")
    writer.writerow(heading)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is wanted
        writer.writerow(row)
    made.seek(0)
    return made, count


class _Encoded:
    """Takes text where a file takes bytes."""

    def __init__(self, into: IO[bytes]) -> None:
        self.into = into

    def write(self, text: str) -> int:
        return self.into.write(text.encode())


def _cell(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    match kind:
        case Kind.MONEY | Kind.PERCENT:
            return decimal(value)
        case Kind.HOURS:
            return decimal(round(100 * value / 60))
        case Kind.TEXT:
            return text_cell(str(value))
        case _:
            return str(value)


def decimal(cents: int) -> str:
    """Return hundredths as a plain decimal number."""
    units, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{units}.{rest:02d}"
