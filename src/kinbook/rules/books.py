"""What has been decided so far under each rule: turns, the percent account, what caps and coverages have used."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kinbook.rules.arrangement import Per
from kinbook.rules.facts import Source

if TYPE_CHECKING:
    from datetime import date

    from kinbook.rules.arrangement import PayerId
    from kinbook.rules.facts import Charge, Decision, Fixed


@dataclass(slots=True)
class Used:
    """Cents and sessions used up of a limit."""

    cents: int = 0
    sessions: int = 0


@dataclass(slots=True)
class Page:
    """The books of one rule."""

    turns: dict[PayerId, int] = field(default_factory=lambda: defaultdict(int))
    given: dict[PayerId, int] = field(default_factory=lambda: defaultdict(int))
    paid: dict[tuple[PayerId, int, int], Used] = field(default_factory=lambda: defaultdict(Used))

    def used_by(self, payer: PayerId, on: date, per: Per) -> Used:
        """Return what a payer was billed under this rule in the span that holds the day, caps applied."""
        if per is Per.MONTH:
            return self.paid[payer, on.year, on.month]
        spans = (
            used for (who, year, _), used in self.paid.items() if who == payer and (per is Per.ALL or year == on.year)
        )
        total = Used()
        for used in spans:
            total.cents += used.cents
            total.sessions += used.sessions
        return total


@dataclass(slots=True)
class Books:
    """A page for each rule, and what each coverage has paid."""

    pages: dict[str, Page] = field(default_factory=lambda: defaultdict(Page))
    coverages: dict[str, Used] = field(default_factory=lambda: defaultdict(Used))

    def enter(self, charge: Charge, decided: Fixed | Decision) -> None:
        """Count a decision: its turn, its account, and what it used of caps and coverages."""
        page = self.pages[decided.rule_key]
        if decided.turn is not None:
            page.turns[decided.turn] += 1
        for payer, cents in (decided.given or {}).items():
            page.given[payer] += cents
        for share in decided.shares:
            if share.source is Source.COVERAGE:
                used = self.coverages[share.coverage or ""]
            elif share.source is Source.RULE:
                used = page.paid[share.payer, charge.on.year, charge.on.month]
            else:
                continue
            used.cents += share.cents
            used.sessions += share.cents > 0 and charge.kind.is_appointment
