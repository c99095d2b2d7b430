"""Figures: one JSON line each as soon as it is known, and a table of all at the end."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.sizes import chosen


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value beside its floor. `ratio` is how many times worse than the floor it is; `goal` what it may be.

    Where there is no floor, `value` itself is held against the goal; `more` says what belongs to the figure.
    """

    bench: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: float | None = None
    is_met: bool | None = None
    more: dict[str, Any] = field(default_factory=dict)


def show(figure: Figure) -> None:
    """Print the figure as a line of JSON."""
    row = {name: round(each, 3) if isinstance(each, float) else each for name, each in asdict(figure).items()}
    print(json.dumps({"bench": row.pop("bench"), "size": chosen().name, **row.pop("more"), **row}), flush=True)


def say(sentence: str) -> None:
    """Tell what is going on; figures alone are on standard output."""
    print(sentence, file=sys.stderr, flush=True)


def slower(bench: str, seconds: float, floor: float, goal: float, *, count: int, unit: str, **more: Any) -> Figure:
    """Return the figure of a deed that took so long where its floor took so long, both over `count` things."""
    ratio = seconds / floor
    return Figure(bench, count / seconds, unit, count / floor, ratio, goal, ratio <= goal, more)


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_table(lines: list[dict[str, Any]]) -> None:
    """Print all figures, those that miss their goal marked."""
    print(f"\n{'':2}{'bench':<28}{'value':>14} {'unit':<14}{'floor':>14}{'ratio':>8}{'goal':>10}")
    for line in lines:
        cells = [_plain(line[name]) for name in ("value", "floor", "ratio", "goal")]
        mark = {True: "✓", False: "✗", None: " "}[line["is_met"]]
        print(f"{mark} {line['bench']:<28}{cells[0]:>14} {line['unit']:<14}{cells[1]:>14}{cells[2]:>8}{cells[3]:>10}")


def _plain(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
