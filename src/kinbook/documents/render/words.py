"""The parts of a paper, and how its language writes days and amounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kinbook.papers.spoken import spoken_cash, spoken_date

Cell = str | list[str]
"""A cell of a table; of several lines the first stands out."""

LEFT, RIGHT, WIDE = "left", "right", "wide"


@dataclass(slots=True)
class Section:
    """A part of a paper: a title, a sentence, a table, sums below it; what is empty is left out."""

    title: str = ""
    text: str = ""
    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    sums: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def printed(self) -> dict[str, Any]:
        """The same as the template reads it."""
        return {
            "title": self.title,
            "text": self.text,
            "columns": self.columns,
            "rows": self.rows,
            "sums": self.sums,
        }

    @property
    def cells(self) -> list[list[tuple[str, list[str], str]]]:
        """The rows as a page shows them: each cell with its column's name, its lines, and on which side it stands."""
        return [
            [
                (name, [cell] if isinstance(cell, str) else cell, side)
                for cell, (name, side) in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]

    @property
    def spoken(self) -> list[dict[str, list[tuple[str, list[str]]]]]:
        """The rows as a phone shows them: words at the left, amounts at the right; empty cells are left out."""
        found = []
        for cells in self.cells:
            said = [each for each in cells if any(each[1])]
            found.append(
                {
                    "left": [(name, lines) for name, lines, side in said if side != RIGHT],
                    "right": [(name, lines) for name, lines, side in said if side == RIGHT],
                }
            )
        return found


@dataclass(slots=True)
class Paper:
    """What stands on a paper besides its letterhead."""

    heading: str
    to_label: str
    facts: list[tuple[str, str]]
    sections: list[Section]
    notes: list[str] = field(default_factory=list)


def on(text: str) -> str:
    """Return a kept date as the paper's language writes it."""
    return spoken_date(date.fromisoformat(text))


def cash(content: dict[str, Any], cents: int) -> str:
    """Return cents in the currency of the practice as the paper's language writes them."""
    return spoken_cash(cents, content["practice"]["currency"])
