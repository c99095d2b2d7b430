"""reports: every report as the owner opens it, over the last year and over all years; the first page of each."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

from bench.balance import acting
from bench.figures import Figure, percentile, show
from kinbook.config import environment

TIMES = 5
GOAL = 1000.0
"""Milliseconds at the large size, whatever the machine."""

GROUPED = {"income": ("", "service", "clinician", "payer", "client"), "adjustments": ("", "payer")}
SPANS = {"year": timedelta(days=365), "all": timedelta(days=3600)}


def main() -> None:
    """Measure each report of money, and those of the calendar beside them."""
    environment.set_up_django()
    from kinbook.reports.queries.asked import usual
    from kinbook.reports.queries.catalogue import CATALOGUE

    with acting() as viewer:
        for name, kept in CATALOGUE.items():
            for by in GROUPED.get(name, ("",)):
                for span, days in SPANS.items():
                    asked = replace(usual(viewer.today), by=by, since=viewer.today - days)
                    if span == "all" and "dates" not in kept.takes:
                        continue
                    taken = []
                    for _ in range(TIMES):
                        started = time.perf_counter()
                        made = kept.make(viewer, asked)
                        list(made.rows)
                        taken.append(1000 * (time.perf_counter() - started))
                    median = percentile(taken, 0.5)
                    told = f"report_{name}{f'_by_{by}' if by else ''}_{span}".replace("-", "_")
                    show(Figure(told, median, "ms", None, None, GOAL, median <= GOAL, {"worst": round(max(taken), 1)}))


if __name__ == "__main__":
    main()
