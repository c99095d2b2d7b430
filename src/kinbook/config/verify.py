"""`kinbook ledger verify`: every stored figure recomputed from the journal and the facts, practice by practice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kinbook.cards.queries.verify import wrong_card_charges
from kinbook.config.console import progress, tell
from kinbook.invoices.queries.verify import (
    misplaced_shares,
    missing_credit_notes,
    missing_numbers,
    wrong_counts_of_due,
    wrong_standings,
)
from kinbook.ledger.verify import misdated_lines, unbalanced_entries, wrong_balances, wrong_count_of_credit
from kinbook.payments.queries import wrong_payments
from kinbook.reports.queries.verify import moved_between_payers, wrong_credits, wrongly_invoiced, wrongly_settled
from kinbook.team.queries import practice_ids
from kinbook.tenancy.models import Practice
from kinbook.tenancy.session import looking_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from kinbook.whopays.queries.prices import wrong_prices
from kinbook.whopays.queries.verify import clients_with_charges, stale_forecasts, wrong_counts, wrong_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from kinbook.ledger.verify import Difference

CHECKS: tuple[Callable[[], Iterator[Difference]], ...] = (
    unbalanced_entries,
    misdated_lines,
    wrong_balances,
    wrong_standings,
    missing_numbers,
    missing_credit_notes,
    misplaced_shares,
    wrong_payments,
    wrong_sums,
    wrong_counts,
    wrong_counts_of_due,
    wrong_count_of_credit,
    moved_between_payers,
    wrongly_invoiced,
    wrongly_settled,
    wrong_credits,
    wrong_card_charges,
)
AT_ONCE = 200
SHOWN = 50


def differences(practice: Practice, label: str = "", *, as_json: bool = True) -> list[Difference]:
    """Return what differs in the practice whose transaction is open."""
    clients = clients_with_charges()
    starts = range(0, len(clients), AT_ONCE)
    found: list[Difference] = []
    with progress(len(CHECKS) + len(starts), label, as_json=as_json) as bar:
        for check in CHECKS:
            found += check()
            bar.update(1)
        for start in starts:
            found += wrong_prices(clients[start : start + AT_ONCE])
            found += stale_forecasts(clients[start : start + AT_ONCE], practice)
            bar.update(1)
    return found


def verify(*, as_json: bool) -> int:
    """Verify every practice and say what differs; returns the exit code, 1 where anything does."""
    told = [_verified(practice_id, as_json=as_json) for practice_id in practice_ids()]
    wrong = sum(len(each["differences"]) for each in told)
    if as_json:
        tell({"ok": not wrong, "practices": told})
    else:
        for each in told:
            _say(each)
    return 1 if wrong else 0


def _verified(practice_id: UUID, *, as_json: bool) -> dict[str, Any]:
    with looking_as(Identity(practice_id, ViewerKind.JOB, practice_id)):
        practice = Practice.objects.get(pk=practice_id)
        found = differences(practice, practice.name, as_json=as_json)
    return {
        "practice_id": str(practice_id),
        "name": practice.name,
        "differences": [{"check": each.check, "subject": each.subject, "says": each.says} for each in found],
    }


def _say(told: dict[str, Any]) -> None:
    found = told["differences"]
    if not found:
        click.echo(f"{told['name']}: everything is as the journal and the facts say.")
        return
    click.echo(f"{told['name']}: {len(found)} differ.")
    for each in found[:SHOWN]:
        click.echo(f"  {each['check']}: {each['subject']}: {each['says']}")
    if len(found) > SHOWN:
        click.echo(f"  … and {len(found) - SHOWN} more; --json lists them all.")
