"""How much is built: small to look at while working, real as a big practice is, large to see how it grows."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many clients and appointments one practice has, and clinicians: `clients` is a multiple of them."""

    clients: int
    appointments: int
    clinicians: int


@dataclass(frozen=True, slots=True)
class Size:
    """One practice of the named size, four of a tenth; growth compares the first with `before`.

    `visits` is how often a page is asked for by each number of people at once.
    """

    name: str
    main: Crowd
    other: Crowd
    before: Crowd
    month_end: Crowd
    imported: int
    decided: int
    visits: int


SMALL = Crowd(1_000, 10_000, 10)
SIZES = {
    "tiny": Size(
        "tiny",
        main=Crowd(200, 2_000, 2),
        other=Crowd(100, 1_000, 1),
        before=Crowd(100, 1_000, 1),
        month_end=Crowd(1_000, 5_000, 50),
        imported=1_000,
        decided=20_000,
        visits=20,
    ),
    "small": Size(
        "small",
        main=SMALL,
        other=Crowd(100, 1_000, 1),
        before=Crowd(100, 1_000, 1),
        month_end=Crowd(10_000, 50_000, 500),
        imported=50_000,
        decided=100_000,
        visits=120,
    ),
    "real": Size(
        "real",
        main=Crowd(10_000, 200_000, 40),
        other=Crowd(100, 1_000, 1),
        before=SMALL,
        month_end=Crowd(1_000, 5_000, 50),
        imported=1_000,
        decided=20_000,
        visits=60,
    ),
    "large": Size(
        "large",
        main=Crowd(100_000, 1_000_000, 200),
        other=Crowd(10_000, 100_000, 100),
        before=SMALL,
        month_end=Crowd(10_000, 50_000, 500),
        imported=50_000,
        decided=100_000,
        visits=200,
    ),
}


def chosen() -> Size:
    """Return the size that `SIZE` names, small where it names none."""
    return SIZES[os.environ.get("SIZE") or "small"]
