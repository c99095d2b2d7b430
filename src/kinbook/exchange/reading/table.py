"""A CSV file as rows of cells with their lines: any delimiter, quotes; a broken line never takes others with it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.exchange.reading.record import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 60
MOST_COLUMNS = 500
LONGEST_SHOWN = 4000
MOST_LINES_A_ROW = 300
GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the line it begins on; `broken` says why it cannot be read as a row."""

    line: int
    cells: tuple[str, ...]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns and its rows below them."""

    header: tuple[str, ...]
    delimiter: str
    has_header: bool
    lines: tuple[str, ...]
    below: int

    @property
    def total(self) -> int:
        """How many lines there are."""
        return len(self.lines)

    def rows(self) -> Iterator[Row]:
        """Return the rows below the header; empty ones are left out."""
        width = len(self.header)
        for row in _rows(self.lines, self.delimiter, self.below):
            if row.broken:
                yield row
            elif len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
                yield Row(row.line, row.cells, _too_many(len(row.cells), width))
            elif any(cell.strip() for cell in row.cells):
                yield Row(row.line, (*row.cells[:width], *[""] * (width - len(row.cells))))


def _too_many(cells: int, columns: int) -> str:
    return f"The line has {cells} cells for {columns} columns: put a cell that holds the separator into quotes."


def read_table(text: str, *, delimiter: str = "", has_header: bool | None = None) -> Table:
    """Return the table that a text holds; what is not said of it is guessed. Raises Unreadable."""
    lines = tuple(io.StringIO(text, newline=""))
    start = next((place for place, line in enumerate(lines) if line.strip()), 0)
    marker = lines[start].strip().casefold()
    if marker.startswith("sep=") and len(marker) == 5:
        delimiter = delimiter or marker[-1]
        start += 1
    chosen = delimiter or _delimiter(lines[start : start + LOOKED_AT])
    first = next(_rows(lines, chosen, start), None)
    if first is None or first.broken:
        raise Unreadable(first.broken if first else "The file has no rows.")
    if len(first.cells) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(first.cells):,} columns. A list of people has at most {MOST_COLUMNS}.")
    named = looks_like_header(first.cells) if has_header is None else has_header
    header = _header(first.cells) if named else tuple(f"Column {n}" for n in range(1, len(first.cells) + 1))
    below = start
    if named:
        below += _lines_taken(lines, chosen, start)
    return Table(header, chosen, named, lines, below)


def looks_like_header(cells: Sequence[str]) -> bool:
    """Tell whether cells name columns: words without digits or an @, each but once."""
    said = [cell.strip() for cell in cells if cell.strip()]
    like_data = sum("@" in cell or (cell[0].isdigit() and len(cell) > 3) for cell in said)
    return bool(said) and not like_data


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(unguarded(cell).split())[:100] or f"Column {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith(GUARDED) else cell


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that gives the most rows of one width, wider ones first."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row.cells) for row in _rows(tuple(lines), delimiter, 0) if not row.broken)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
        score = (times / widths.total() if width > 1 else 0.0, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(lines: tuple[str, ...], delimiter: str, start: int) -> Iterator[Row]:
    """Read rows from a line on; a line whose quote is never closed is broken alone, and reading goes on below it."""
    at = start
    while at < len(lines):
        broken = ""
        source = _Lines(lines, at)
        try:
            for cells in csv.reader(source, delimiter=delimiter):
                if source.at - at > 1 and _is_open(lines[at : source.at]):
                    broken = "A quotation mark opens here and is never closed."
                    break
                yield Row(at + 1, tuple(map(unguarded, cells)))
                at = source.next_row()
        except csv.Error:
            broken = "The line holds a cell far too long to be one. Is a quotation mark missing?"
        if broken:
            yield Row(at + 1, (lines[at].rstrip("\r\n")[:LONGEST_SHOWN],), broken)
            at += 1


class _Lines:
    """Lines handed to the reader one by one and counted; a row never takes more than it may."""

    def __init__(self, lines: tuple[str, ...], at: int) -> None:
        self.lines = lines
        self.at = at
        self.most = at + MOST_LINES_A_ROW

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.at >= min(self.most, len(self.lines)):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]

    def next_row(self) -> int:
        """Return where the next row begins, which again may take as many lines."""
        self.most = self.at + MOST_LINES_A_ROW
        return self.at


def _is_open(lines: Sequence[str]) -> bool:
    return len(lines) >= MOST_LINES_A_ROW or sum(line.count('"') for line in lines) % 2 == 1


def _lines_taken(lines: tuple[str, ...], delimiter: str, start: int) -> int:
    source = _Lines(lines, start)
    next(csv.reader(source, delimiter=delimiter))
    return source.at - start
