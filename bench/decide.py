"""decide: the pure rules over charges of mixed arrangements, with their reasons; one core, no database."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from bench.figures import Figure, show
from bench.sizes import chosen
from kinbook.rules.arrangement import Arrangement, ByAppointment, ByCustody, ByPercent, ByWeek, Kind, Rule, Single
from kinbook.rules.custody import CustodyCalendar
from kinbook.rules.decide import decide
from kinbook.rules.facts import Charge, Facts, Payer
from kinbook.rules.periods import Period

A_CLIENT = 50
"""Charges of one client: a year of weekly visits."""

MONDAY = date(2026, 1, 5)
METHODS = (
    *(Single("ana"),) * 4,
    *(ByAppointment(("ana", "ben"), (1, 1)),) * 2,
    ByWeek(("ana", "ben"), MONDAY),
    ByCustody(("ana", "ben"), CustodyCalendar(MONDAY, ("ana",) * 2 + ("ben",) * 2 + ("ana",) * 5 + ("ben",) * 5, {})),
    *(ByPercent(("ana", "ben"), (6000, 4000)),) * 2,
)
GOAL = 20_000


def facts_of(client: int) -> Facts:
    """Return a client with a year of charges under one of the rules."""
    arrangement = Arrangement(f"a{client}", Period(None, None), Rule(METHODS[client % len(METHODS)]))
    charges = [
        Charge(
            id=f"{client}-{week}",
            kind=Kind.SESSION,
            cents=12_501,
            on=MONDAY + timedelta(weeks=week),
            moment=datetime(2026, 1, 5, 15, tzinfo=UTC) + timedelta(weeks=week),
        )
        for week in range(A_CLIENT)
    ]
    return Facts(tuple(charges), (arrangement,), payers={"ana": Payer("Ana"), "ben": Payer("Ben")})


def main() -> None:
    """Decide them all, and say how many a second."""
    everyone = [facts_of(client) for client in range(chosen().decided // A_CLIENT)]
    started = time.perf_counter()
    decided = sum(len(decide(facts)) for facts in everyone)
    rate = decided / (time.perf_counter() - started)
    show(Figure("decide", rate, "decisions/s", goal=GOAL, is_met=rate >= GOAL, more={"charges": decided}))


if __name__ == "__main__":
    main()
