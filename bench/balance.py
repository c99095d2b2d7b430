"""balance: what one payer and one client owe, and the ageing of a whole practice, beside index-only reads."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connection

from bench.figures import Figure, percentile, show
from bench.practices import MAIN, email_of
from kinbook.config import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

TIMES = 300
GOAL = 2.0
PAYER_LINES = "SELECT payer_id, account, cents, client_id FROM ledger_line WHERE practice_id = %s AND payer_id = %s"
CLIENT_BALANCES = "SELECT account, cents, payer_id FROM ledger_balance WHERE practice_id = %s AND client_id = %s"
DUE = "SELECT kind, on_date, count, cents FROM tallies_tally WHERE practice_id = %s"
"""Every column stands in an index with the condition: PostgreSQL reads no row."""


@contextmanager
def acting() -> Iterator[Viewer]:
    """Act as the owner of the practice that is measured."""
    from kinbook.team.models import User
    from kinbook.team.queries import acting_for, seat_of

    seat = seat_of(User.objects.get(email=email_of(MAIN)))
    if seat is None:
        raise LookupError
    with acting_for(seat.practice_id, seat.member_id, now=datetime.now(UTC)) as viewer:
        yield viewer


def read(statement: str, *values: object) -> list[tuple[object, ...]]:
    """Read rows with a statement of our own."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def compare(name: str, deed: Callable[[UUID], object], floor: Callable[[UUID], object], ids: list[UUID]) -> None:
    """Show how long a deed takes for many ids beside its floor: the two by turns, so that both meet the same noise."""
    taken: dict[str, list[float]] = {"deed": [], "floor": []}
    for place in range(TIMES):
        for key, each in (("deed", deed), ("floor", floor)):
            started = time.perf_counter()
            each(ids[place % len(ids)])
            taken[key].append(1000 * (time.perf_counter() - started))
    median, least = percentile(taken["deed"], 0.5), percentile(taken["floor"], 0.5)
    ratio = median / least
    more = {"p95": round(percentile(taken["deed"], 0.95), 3)}
    show(Figure(f"balance_{name}", median, "ms", least, ratio, GOAL, ratio <= GOAL, more))


def main() -> None:
    """Measure the balances of payers and clients, then the ageing."""
    environment.set_up_django()
    from kinbook.ledger.balances import client_balances, payer_standing
    from kinbook.ledger.models import Line
    from kinbook.overview.queries.billing import ageing
    from kinbook.tallies.queries import read_tallies

    with acting() as viewer:
        practice = viewer.practice_id
        payers = list(Line.objects.order_by("payer_id").values_list("payer_id", flat=True).distinct()[:100])
        clients = list(Line.objects.order_by("client_id").values_list("client_id", flat=True).distinct()[:100])
        found = [each for each in clients if each]
        compare("payer", lambda each: payer_standing([each]), lambda each: read(PAYER_LINES, practice, each), payers)
        compare(
            "client", lambda each: client_balances([each]), lambda each: read(CLIENT_BALANCES, practice, each), found
        )
        compare(
            "ageing", lambda _: ageing(read_tallies(practice), viewer.today), lambda _: read(DUE, practice), [practice]
        )


if __name__ == "__main__":
    main()
