"""Third parties first: what each coverage takes of a charge before the family's rule sees the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.rules.facts import Share, Source
from kinbook.rules.money import part_of, spoken, spoken_percent

if TYPE_CHECKING:
    from kinbook.rules.arrangement import Coverage
    from kinbook.rules.books import Books, Used
    from kinbook.rules.facts import Charge, Facts


def third_parties(charge: Charge, facts: Facts, books: Books) -> list[Share]:
    """Return what the coverages take, in their order, each at most what is left of the charge and of its limits."""
    shares = []
    left = charge.cents
    for coverage in facts.coverages:
        if not coverage.covers(charge.on, charge.service, charge.kind):
            continue
        used = books.coverages[coverage.id]
        cents = min(left, _offered(coverage, charge.cents), _limit_left(coverage, used))
        if cents > 0:
            name = facts.payers[coverage.organization].name
            shares.append(_share(coverage, name, cents, used))
            left -= cents
    return shares


def _offered(coverage: Coverage, cents: int) -> int:
    if coverage.percent is not None:
        return part_of(cents, coverage.percent)
    return cents if coverage.fixed_cents is None else coverage.fixed_cents


def _limit_left(coverage: Coverage, used: Used) -> int:
    if coverage.max_sessions is not None and used.sessions >= coverage.max_sessions:
        return 0
    if coverage.max_cents is None:
        return 2**63
    return max(0, coverage.max_cents - used.cents)


def _share(coverage: Coverage, name: str, cents: int, used: Used) -> Share:
    authorization = f", authorization {coverage.authorization}" if coverage.authorization else ""
    own = f"Covered under authorization {coverage.authorization}" if coverage.authorization else "Your share as agreed"
    return Share(
        payer=coverage.organization,
        cents=cents,
        reason=f"Third party first: {name} covers {_spoken_terms(coverage, used)}{authorization}",
        payer_reason=own,
        source=Source.COVERAGE,
        coverage=coverage.id,
    )


def _spoken_terms(coverage: Coverage, used: Used) -> str:
    if coverage.percent is not None:
        terms = f"{spoken_percent(coverage.percent)}%"
    elif coverage.fixed_cents is not None:
        terms = f"{spoken(coverage.fixed_cents)} a session"
    else:
        terms = "everything"
    if coverage.max_sessions is not None:
        terms += f", session {used.sessions + 1} of {coverage.max_sessions}"
    if coverage.max_cents is not None:
        terms += f", {spoken(used.cents)} of {spoken(coverage.max_cents)} used before"
    return terms
