"""Every report by name: what it is called, what it takes, who is told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.reports.queries.fairness import fairness
from kinbook.reports.queries.income import income
from kinbook.reports.queries.lines import lines, shares, visits
from kinbook.reports.queries.outstanding import forecast, in_credit, outstanding
from kinbook.reports.queries.reach import sees_practice
from kinbook.reports.queries.received import adjustments, payments
from kinbook.reports.queries.sessions import appointments, productivity
from kinbook.tenancy.refused import Forbidden, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kinbook.reports.queries.asked import Asked
    from kinbook.reports.queries.values import Report
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Kept:
    """A report of the catalogue.

    `by` are the groupings it offers, `takes` what narrows it. Reports of money need the right to see amounts, and one
    of the practice needs all of them. What is `behind` another's figures has no tab of its own.
    """

    title: str
    make: Callable[[Viewer, Asked], Report]
    by: Mapping[str, str] | None = None
    takes: tuple[str, ...] = ("dates",)
    money: bool = True
    practice: bool = False
    behind: str = ""


BY_INCOME = {"": "Month", "service": "Service", "clinician": "Clinician", "payer": "Payer", "client": "Client"}
BY_STATUS = {"": "Month", "clinician": "Clinician", "service": "Service", "location": "Location"}
OF_SESSIONS = ("dates", "clinician", "service")

CATALOGUE: dict[str, Kept] = {
    "income": Kept("Income", income, by=BY_INCOME, takes=OF_SESSIONS),
    "outstanding": Kept("Outstanding", outstanding, takes=()),
    "credits": Kept("Credit", in_credit, takes=(), practice=True),
    "payments": Kept("Payments", payments),
    "adjustments": Kept("Write-offs", adjustments, by={"": "Month", "payer": "Payer"}),
    "forecast": Kept("Forecast", forecast, takes=()),
    "who-pays": Kept("Who pays", fairness),
    "productivity": Kept("Productivity", productivity, takes=(*OF_SESSIONS, "location"), money=False),
    "appointments": Kept("Appointments", appointments, by=BY_STATUS, takes=(*OF_SESSIONS, "location"), money=False),
    "lines": Kept("Lines", lines, takes=OF_SESSIONS, behind="income"),
    "shares": Kept("Shares", shares, behind="who-pays"),
    "visits": Kept("Appointments", visits, takes=(*OF_SESSIONS, "location"), money=False, behind="appointments"),
}


def is_told(viewer: Viewer, kept: Kept) -> bool:
    """Tell whether the viewer may read a report at all; of whose clients, its query decides."""
    if not may(viewer, Action.REPORTS_SEE) or (kept.money and not may(viewer, Action.AMOUNTS_SEE)):
        return False
    return sees_practice(viewer) if kept.practice else True


def tabs(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the reports the viewer may read, by name and title."""
    return [(name, kept.title) for name, kept in CATALOGUE.items() if not kept.behind and is_told(viewer, kept)]


def kept_for(viewer: Viewer, name: str) -> Kept:
    """Return a report of the catalogue; Unknown where there is none, Forbidden where it is not the viewer's to read."""
    require(viewer, Action.REPORTS_SEE)
    kept = CATALOGUE.get(name)
    if kept is None:
        raise Unknown
    if not is_told(viewer, kept):
        raise Forbidden
    return kept
