"""Verifying shares: they add up to their charges, forecasts are what the facts decide, and the counts are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinbook.ledger.verify import Difference, asked
from kinbook.tallies.models import Kind
from kinbook.whopays.models import Charge, Share
from kinbook.whopays.queries.fresh import stale_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from kinbook.tenancy.models import Practice

SUMS = """
SELECT charge.id, charge.state, charge.cents, sum(share.cents)
FROM whopays_charge charge
LEFT JOIN whopays_share share ON share.practice_id = charge.practice_id AND share.charge_id = charge.id
GROUP BY charge.id, charge.state, charge.cents, charge.needs
HAVING CASE
  WHEN charge.state IN ('idle', 'waived') OR charge.needs <> '' OR charge.cents = 0 THEN sum(share.cents) IS NOT NULL
  ELSE sum(share.cents) IS DISTINCT FROM charge.cents
END
"""


def wrong_sums() -> Iterator[Difference]:
    """Find charges whose shares do not add up to them, and shares of charges that nobody owes."""
    for charge, state, cents, shares in asked(SUMS):
        told = f"{state}, {cents} cents, its shares {shares if shares is not None else 'are missing'}"
        yield Difference("shares add up to charges", f"charge {charge}", told)


def clients_with_charges() -> list[UUID]:
    """Return every client with a charge, in order of ids."""
    return sorted(set(Charge.objects.values_list("client_id", flat=True).distinct()))


def stale_forecasts(client_ids: Sequence[UUID], practice: Practice) -> Iterator[Difference]:
    """Find forecasts of these clients that a fresh decision does not give."""
    for charge, decision in stale_decisions(client_ids, practice):
        stored = list(Share.objects.filter(charge=charge).order_by("position").values_list("payer_id", "cents"))
        was = ", ".join(f"{payer} {cents}" for payer, cents in stored) or charge.needs or "nobody"
        now = ", ".join(f"{share.payer} {share.cents}" for share in decision.shares) or decision.needs or "nobody"
        told = (
            f"stored {was}; the facts say {now}" if was != now else "its reasons or counts are not those of the facts"
        )
        yield Difference("forecasts are what the facts decide", f"charge {charge.pk}", told)


COUNTS = """
SELECT 'needs_payer', count(*), coalesce(sum(cents), 0) FROM whopays_charge WHERE state = 'billable' AND needs <> ''
UNION ALL
SELECT 'uninvoiced', count(*), coalesce(sum(cents), 0) FROM whopays_share WHERE billable AND invoice_id IS NULL
"""
KEPT = """
SELECT kind, sum(count), sum(cents) FROM tallies_tally WHERE kind IN ('needs_payer', 'uninvoiced') GROUP BY kind
"""


def wrong_counts() -> Iterator[Difference]:
    """Find counts of charges that need a payer and of shares not invoiced that are not those of the rows."""
    kept = {kind: (count, cents) for kind, count, cents in asked(KEPT)}
    for kind, count, cents in asked(COUNTS):
        stored = kept.get(kind, (0, 0))
        if stored != (count, cents):
            told = f"counted {stored[0]} of {stored[1]} cents, the rows say {count} of {cents}"
            yield Difference("counts of what needs a hand", str(Kind(kind).label).lower(), told)
