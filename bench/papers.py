"""statement_pdf: 500 statements of one page, from the journal to the finished paper, beside as many empty pages.

Both are set by the same engine, with the same letters and the same claim to be readable by everybody (PDF/UA-1), on as
many cores at once.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bench.balance import acting
from bench.figures import show, slower
from kinbook.config import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COUNT = 500
GOAL = 3.0


def statement(kept: tuple[str, Any, Any, dict[str, Any]]) -> int:
    """Set one statement; returns the size of its paper in bytes."""
    from kinbook.documents.render import document_pdf

    language, from_on, to_on, content = kept
    document = SimpleNamespace(
        kind="statement", name="Statement", from_on=from_on, to_on=to_on, language=language, content=content
    )
    return len(document_pdf(document))


def empty(_: object) -> int:
    """Set one empty page."""
    from kinbook.papers.render import EMPTY_PAGE, typeset

    return len(typeset(EMPTY_PAGE, {}))


def taken(pool: ProcessPoolExecutor, deed: Callable[[Any], int], things: Sequence[Any]) -> float:
    """Return how many seconds a deed takes for all things, on all cores."""
    started = time.perf_counter()
    sizes = list(pool.map(deed, things, chunksize=25))
    if not all(sizes):
        raise ValueError("a paper is empty")
    return time.perf_counter() - started


def contents(count: int) -> tuple[list[tuple[str, Any, Any, dict[str, Any]]], float]:
    """Return what so many payers' statements of the last two months say, and how many seconds that took."""
    from kinbook.documents.queries.addressee import addressees, practice_of
    from kinbook.documents.queries.statements import StatementOf, statement_contents
    from kinbook.ledger.models import Line

    with acting() as viewer:
        payers = list(Line.objects.order_by("payer_id").values_list("payer_id", flat=True).distinct()[:count])
        practice, since = practice_of(viewer), viewer.today - timedelta(days=60)
        started = time.perf_counter()
        asked = [StatementOf(each) for each in addressees(practice, payers).values()]
        made = statement_contents(practice, asked, since=since, through=viewer.today)
        seconds = time.perf_counter() - started
        kept = [
            (one.payer.language, since, viewer.today, content) for one, (content, _) in zip(asked, made, strict=True)
        ]
    return (kept * (1 + count // len(kept)))[:count], seconds


def main() -> None:
    """Measure statements and empty pages by turns, twice, and take the better of each."""
    environment.set_up_django()
    from django.db import connections

    kept, read = contents(COUNT)
    connections.close_all()
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("fork")) as pool:
        taken(pool, statement, kept[: 25 * cores])
        taken(pool, empty, kept[: 25 * cores])
        papers, pages = [], []
        for _ in range(2):
            papers.append(read + taken(pool, statement, kept))
            pages.append(taken(pool, empty, kept))
    more = {"cores": cores, "read_ms": round(1000 * read, 1)}
    show(slower("statement_pdf", min(papers), min(pages), GOAL, count=COUNT, unit="statements/s", **more))


if __name__ == "__main__":
    main()
