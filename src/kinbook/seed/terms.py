"""How the demo tells of a family, and of who pays: rules in the form of `rules.reading`, with first names for ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Terms = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Child:
    """A client of the practice: a child of the family, or with `age` of 18 and more an adult.

    `weekday` (0 Monday), `hour` and `weeks` (every so many) are when they come, `since` from which week of the story;
    `terms` is who pays.
    """

    name: str
    age: int
    clinician: str
    weekday: int
    hour: int
    terms: Terms | None = None
    weeks: int = 1
    service: str = "Individual session"
    earlier: tuple[Terms, ...] = ()
    exceptions: tuple[Terms, ...] = ()
    covered: tuple[Terms, ...] = ()
    confidential: bool = False
    status: str = "active"
    since: int = 0


@dataclass(frozen=True, slots=True)
class Family:
    """People who belong together; the adults are contacts of each child, in this order.

    An adult is a first name, or "First Last" where the name differs; an organization has its kind in `others`.
    """

    name: str
    adults: dict[str, str]
    children: tuple[Child, ...]
    organizations: dict[str, str] = field(default_factory=dict)


TWO_TWO_FIVE_FIVE = (2, 2, 5, 5)
TWO_TWO_THREE = (2, 2, 3, 2, 2, 3)
WEEK_AND_WEEK = (7, 7)
EVERY_OTHER_WEEKEND = (11, 3)


def one(payer: str, **caps: Any) -> Terms:
    """One payer owes it all."""
    return {"mode": "single", "payers": [payer], **caps}


def turns(*payers: str, weights: tuple[int, ...] = ()) -> Terms:
    """Alternate by appointment."""
    return {"mode": "by_appointment", "payers": list(payers), **({"weights": list(weights)} if weights else {})}


def weeks(*payers: str) -> Terms:
    """Alternate by week, from the Monday half a year ago."""
    return {"mode": "by_week", "payers": list(payers), "anchor": "MONDAY"}


def custody(one_of_them: str, other: str, pattern: tuple[int, ...], **more: Any) -> Terms:
    """Alternate by the custody calendar: so many days here, so many there, from the Monday half a year ago."""
    days = [name for place, count in enumerate(pattern) for name in [(one_of_them, other)[place % 2]] * count]
    return {"mode": "custody", "payers": [one_of_them, other], "anchor": "MONDAY", "cycle": days, **more}


def percent(caps: tuple[Terms, ...] = (), **hundredths: int) -> Terms:
    """Split by percent, in hundredths of a percent."""
    return {
        "mode": "percent",
        "payers": list(hundredths),
        "weights": list(hundredths.values()),
        **({"caps": list(caps)} if caps else {}),
    }


def amounts(rest: str, **cents: int) -> Terms:
    """Split by fixed amounts, in cents; one takes the rest."""
    return {"mode": "amount", "payers": [*cents, rest], "amounts": dict(cents)}


def cap(payer: str, excess_to: str, *, per: str = "month", **most: int) -> Terms:
    """Give a payer a limit of `cents` or `sessions`."""
    return {"payer": payer, "per": per, "excess_to": excess_to, **most}


def cover(organization: str, **terms: Any) -> Terms:
    """Let a third party pay first."""
    return {"organization": organization, **terms}
