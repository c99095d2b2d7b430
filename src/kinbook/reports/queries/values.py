"""What a report is: a table with its kinds of columns, and a picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from kinbook.people.models import Party
    from kinbook.reports.queries.picture import Picture


class Kind(StrEnum):
    """How the cells of a column are written: cents as money, hundredths of a percent as percent."""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    DAY = "day"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how programs name it, what people read, and what its cells are."""

    key: str
    name: str
    kind: Kind = Kind.TEXT

    @property
    def is_number(self) -> bool:
        """Tell whether cells align at the right."""
        return self.kind not in {Kind.TEXT, Kind.DAY}


def amounts(**names: str) -> list[Column]:
    """Return columns of money."""
    return [Column(key, name, Kind.MONEY) for key, name in names.items()]


def counts(**names: str) -> list[Column]:
    """Return columns of counts."""
    return [Column(key, name, Kind.COUNT) for key, name in names.items()]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its name, how much, and how it is drawn."""

    name: str
    value: int
    style: str = "p1"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of a bar as it is drawn: a class for the hundredths of the longest bar, and one for colour and pattern."""

    size: str
    style: str


def drawn(parts: Iterable[Part], longest: int) -> list[Drawn]:
    """Return the parts of a bar, ended by the empty rest of it."""
    shown = [each for each in parts if each.value > 0]
    if not shown or longest <= 0:
        return []
    sizes = [max(1, round(100 * each.value / longest)) for each in shown]
    rest = 100 - sum(sizes)
    found = [Drawn(f"f{min(size, 100)}", f"fill {each.style}") for size, each in zip(sizes, shown, strict=True)]
    return [*found, Drawn(f"f{rest}", "rest")] if rest > 0 else found


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a picture."""

    label: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """Return all of it."""
        return sum(max(0, each.value) for each in self.parts)


TOLD_APART = 2
"""Parts of a bar from which on it needs a legend."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside each other; what they say stands in the table too."""

    title: str
    kind: Kind
    bars: tuple[Bar, ...]
    lying: bool = False

    @property
    def longest(self) -> int:
        """Return what the longest bar is."""
        return max((bar.total for bar in self.bars), default=0)

    @property
    def drawn(self) -> list[tuple[Bar, list[Drawn]]]:
        """Return the bars as they are drawn: lying from the left, standing from the top."""
        if self.lying:
            return [(bar, drawn(bar.parts, self.longest)) for bar in self.bars]
        return [(bar, drawn(bar.parts, self.longest)[::-1]) for bar in self.bars]

    @property
    def legend(self) -> list[Part]:
        """Return what each pattern means, where there are several."""
        if all(sum(part.value > 0 for part in bar.parts) < TOLD_APART for bar in self.bars):
            return []
        return list({part.name: part for bar in self.bars for part in bar.parts if part.value}.values())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. Its first cell leads to `place`, an address by name and what it takes, with `query`."""

    cells: tuple[Any, ...]
    id: UUID | None = None
    place: tuple[str, Any] | None = None
    query: str = ""
    party: Party | None = None
    bar: tuple[Drawn, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was asked for. `more` is where its next page begins."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    total: tuple[Any, ...] | None = None
    chart: Chart | None = None
    more: str = ""
    note: str = ""
    picture: Picture | None = None
    parts: tuple[Part, ...] = ()

    @property
    def table(self) -> list[tuple[Row, list[tuple[Column, Any]]]]:
        """Return each row with its cells beside their columns."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]

    @property
    def totals(self) -> list[tuple[Column, Any]]:
        """Return what all rows come to, beside the columns."""
        return list(zip(self.columns, self.total, strict=True)) if self.total else []

    @property
    def has_bars(self) -> bool:
        """Tell whether the rows are drawn."""
        return any(row.bar for row in self.rows)

    @property
    def legend(self) -> list[Part]:
        """Return what the patterns of the rows' bars mean, where they have several parts."""
        return list(self.parts) if self.has_bars else []
