"""What waits to be invoiced, and how it would be grouped: the same for the preview and for the deed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, Q

from kinbook.access.actions import Action
from kinbook.access.models import PortalGrant
from kinbook.access.policy import clients_in_reach
from kinbook.invoices.models import PayerTerms
from kinbook.whopays.models import Charge, ChargeState, Share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Open:
    """A share that waits to be invoiced, with what its line will say."""

    share_id: UUID
    charge_id: UUID
    client_id: UUID
    payer_id: UUID
    service_id: UUID | None
    cents: int
    charge_cents: int
    on_date: date
    moment: datetime
    description: str
    reason: str
    payer_reason: str
    confidential: bool
    fixed_order: int | None
    clinician_id: UUID | None
    coverage_id: UUID | None
    discount_cents: int = 0
    discounted_as: str = ""


COLUMNS = (
    "pk",
    "charge_id",
    "client_id",
    "payer",
    "charge__service_id",
    "cents",
    "charge__cents",
    "on_date",
    "charge__moment",
    "charge__description",
    "reason",
    "payer_reason",
    "charge__confidential",
    "charge__fixed_order",
    "charge__clinician_id",
    "coverage_id",
    "charge__discount_cents",
    "charge__discounted_as",
)

ALL_CLIENTS = "all clients"
Group = tuple[UUID, str]
"""The payer, and what keeps lines apart: the client, the family, all clients, or a confidential charge's client."""


def open_shares(
    *,
    through: date | None = None,
    client_ids: Sequence[UUID] | None = None,
    charge_ids: Sequence[UUID] | None = None,
    condition: Q | None = None,
) -> list[Open]:
    """Return shares that wait to be invoiced, in the order in which their decisions are fixed."""
    rows = Share.objects.filter(invoice_id=None, billable=True)
    if through is not None:
        rows = rows.filter(on_date__lte=through)
    if client_ids is not None:
        rows = rows.filter(client_id__in=client_ids)
    if charge_ids is not None:
        rows = rows.filter(charge_id__in=charge_ids)
    if condition is not None:
        rows = rows.filter(condition)
    # a merged payer's waiting share goes to the one that stands for both
    found = rows.annotate(root=F("payer__merged_into")).values_list(*COLUMNS, "root")
    shares = [Open(*row[:3], row[-1] or row[3], *row[4:-1]) for row in found]  # type: ignore[call-arg]
    shares.sort(key=lambda each: (each.fixed_order is None, each.fixed_order or 0, each.moment, each.charge_id))
    return shares


def grouped(shares: Iterable[Open], *, by_family: bool) -> dict[Group, list[Open]]:
    """Return the lines of each invoice to be, in the order of their numbers.

    The order is by digest of the payer's id: neighbouring numbers tell nothing of families. A family's invoice never
    holds a confidential line, nor a client whose billing documents the payer may not see; nor does the one invoice of
    an organization that wants it over all its clients hold a confidential line.
    """
    groups: dict[Group, list[Open]] = defaultdict(list)
    everything = list(shares)
    over_all = wanting_one_invoice({share.payer_id for share in everything})
    joined = _may_join(everything) if by_family else set()
    for share in everything:
        if share.confidential:
            group = f"confidential {share.client_id}"
        elif share.payer_id in over_all:
            group = ALL_CLIENTS
        elif (share.payer_id, share.client_id) in joined:
            group = "family"
        else:
            group = str(share.client_id)
        groups[share.payer_id, group].append(share)
    for (_, group), lines in groups.items():
        by_client = ("client_id",) if group == ALL_CLIENTS else ()
        lines.sort(key=attrgetter(*by_client, "on_date", "moment", "charge_id"))
    return dict(sorted(groups.items(), key=lambda item: (digest(item[0][0]), item[0][1])))


def wanting_one_invoice(payer_ids: Collection[UUID] | None = None) -> set[UUID]:
    """Return the payers, of these or of all, who want one invoice over all their clients."""
    terms = PayerTerms.objects.filter(one_invoice=True)
    if payer_ids is not None:
        terms = terms.filter(party_id__in=payer_ids)
    return set(terms.values_list("party_id", flat=True))


def owed_by(payer_ids: Collection[UUID]) -> Q:
    """Return the condition that a share is one of these payers', also under an entry merged into theirs."""
    return Q(payer_id__in=payer_ids) | Q(payer__merged_into__in=payer_ids)


def digest(payer_id: UUID) -> bytes:
    """Return what orders invoices within a run."""
    return hashlib.sha256(payer_id.bytes).digest()


def _may_join(shares: list[Open]) -> set[tuple[UUID, UUID]]:
    """Return the payers and clients whose lines may stand on one invoice of the family."""
    pairs = {(share.payer_id, share.client_id) for share in shares}
    grants = PortalGrant.objects.filter(
        party_id__in={payer for payer, _ in pairs}, access=True, billing_documents=True
    ).values_list("party_id", "client_id")
    return pairs & set(grants)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A charge that will not be invoiced, and why."""

    client_id: UUID
    charge_id: UUID
    cents: int
    reason: str


def skipped(
    viewer: Viewer, *, through: date, client_ids: Sequence[UUID] | None = None, limit: int | None = None
) -> list[Skipped]:
    """Return billable charges that nobody can be billed for, oldest first."""
    rows = Charge.objects.filter(
        clients_in_reach(viewer, Action.INVOICE_CREATE),
        state=ChargeState.BILLABLE,
        on_date__lte=through,
    ).exclude(needs="")
    if client_ids is not None:
        rows = rows.filter(client_id__in=client_ids)
    ordered = rows.order_by("on_date", "pk").values_list("client_id", "pk", "cents", "needs")
    return [Skipped(*row) for row in (ordered[:limit] if limit else ordered)]
