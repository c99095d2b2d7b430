"""The forecast: decided anew for a client in the transaction of every fact that changes it; reading never decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from kinbook.people.queries import lock_clients
from kinbook.tenancy.bulk import array, insert_rows, json_array
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.models import Practice
from kinbook.whopays.models import Charge, ChargeState, Share
from kinbook.whopays.queries.fresh import stale_decisions
from kinbook.whopays.queries.prices import mispriced

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from kinbook.rules.facts import Decision
    from kinbook.tenancy.viewer import Viewer

AT_ONCE = 500
"""Clients decided together: few enough that their rows fit in memory."""

SHARE = (
    "id",
    "practice_id",
    "client_id",
    "charge_id",
    "payer_id",
    "cents",
    "reason",
    "payer_reason",
    "source",
    "coverage_id",
    "position",
    "billable",
    "on_date",
    "invoice_name",
)

UPDATE = """
UPDATE whopays_charge AS charge
SET needs = new.needs, explanation = new.explanation, rule_key = new.rule_key, turn_id = new.turn_id, given = new.given
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::jsonb[])
  AS new (id, needs, explanation, rule_key, turn_id, given)
WHERE charge.practice_id = %s AND charge.id = new.id
"""


PRICE = """
UPDATE whopays_charge AS charge SET cents = new.cents, discount_cents = new.off, discounted_as = new.called
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[]) AS new (id, cents, off, called)
WHERE charge.practice_id = %s AND charge.id = new.id
"""


def rewrite_forecast(viewer: Viewer, client_ids: Iterable[UUID]) -> None:
    """Decide anew everything of these clients that is not fixed, and write what differs.

    Called by every command that changes a fact, with the clients locked or about to be.
    """
    ids = sorted(set(client_ids))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        lock_clients(some)
        _rewrite(viewer, some)


def _rewrite(viewer: Viewer, client_ids: list[UUID]) -> None:
    _reprice(viewer, client_ids)
    practice = Practice.objects.get(pk=viewer.practice_id)
    _write(viewer, list(stale_decisions(client_ids, practice)))


def _reprice(viewer: Viewer, client_ids: list[UUID]) -> None:
    """Let charges that are not fixed cost what the discounts in force leave of their fee."""
    changed = list(mispriced(client_ids))
    if not changed:
        return
    ids, prices, discounts, names = zip(*changed, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(PRICE, [array(ids), array(prices), array(discounts), array(names), viewer.practice_id])


def _write(viewer: Viewer, changed: list[tuple[Charge, Decision]]) -> None:
    if not changed:
        return
    # what was never decided has no shares
    Share.objects.filter(charge_id__in=[charge.pk for charge, _ in changed if charge.explanation]).delete()
    columns = [
        array(charge.pk for charge, _ in changed),
        array(decision.needs for _, decision in changed),
        array(decision.explanation for _, decision in changed),
        array(decision.rule_key for _, decision in changed),
        array(decision.turn for _, decision in changed),
        json_array(None if decision.given is None else dict(decision.given) for _, decision in changed),
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [*columns, viewer.practice_id])
    insert_rows(
        Share,
        SHARE,
        [
            (
                new_id(),
                viewer.practice_id,
                charge.client_id,
                charge.pk,
                share.payer,
                share.cents,
                share.reason,
                share.payer_reason,
                share.source.value,
                share.coverage,
                position,
                charge.state == ChargeState.BILLABLE,
                charge.on_date,
                "",
            )
            for charge, decision in changed
            for position, share in enumerate(decision.shares)
        ],
    )
