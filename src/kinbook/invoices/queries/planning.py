"""What a run is about, in steps: whole families together, and each payer who wants one invoice by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from kinbook.invoices.queries.families import families
from kinbook.invoices.queries.uninvoiced import digest, owed_by, wanting_one_invoice
from kinbook.tenancy.models import Automatic, Practice

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.models import Share

FAMILIES_A_STEP = 200


@dataclass(frozen=True, slots=True)
class Step:
    """Clients invoiced in one transaction: whole families, or all of one payer who wants one invoice."""

    client_ids: list[UUID]
    charges: int
    payer_id: UUID | None = None


def planned_steps(waiting: QuerySet[Share]) -> list[Step]:
    """Return the steps of a run over shares; a charge counts once, in the first step that has a share of it."""
    over_all = wanting_one_invoice()
    if not over_all:
        return _of_families(waiting)
    theirs = owed_by(over_all)
    return [*_of_families(waiting.exclude(theirs)), *_of_payers(waiting, theirs)]


def _of_families(waiting: QuerySet[Share]) -> list[Step]:
    charges = dict(waiting.values_list("client_id").annotate(count=Count("charge_id", distinct=True)))
    together = families(sorted(charges))
    some = (together[start : start + FAMILIES_A_STEP] for start in range(0, len(together), FAMILIES_A_STEP))
    clients = ([client for family in each for client in family] for each in some)
    return [Step(each, sum(charges[client] for client in each)) for each in clients]


def _of_payers(waiting: QuerySet[Share], theirs: Q) -> list[Step]:
    """Return a step for each payer who wants one invoice, in the order of their numbers."""
    rows = waiting.filter(theirs).values_list("payer_id", "payer__merged_into", "client_id", "charge_id")
    others = waiting.exclude(theirs).filter(charge_id__in=waiting.filter(theirs).values("charge_id"))
    counted = set(others.values_list("charge_id", flat=True))
    clients: dict[UUID, set[UUID]] = {}
    charges: dict[UUID, int] = {}
    for party, root, client, charge in rows:
        payer = root or party
        clients.setdefault(payer, set()).add(client)
        charges[payer] = charges.get(payer, 0) + (charge not in counted)
        counted.add(charge)
    return [Step(sorted(clients[payer]), charges[payer], payer) for payer in sorted(clients, key=digest)]


def invoiced_by_itself(viewer: Viewer, mode: str) -> Q:
    """Return the condition that a share is invoiced by the automatic run of a mode.

    A client goes by their own mode, else by the practice's. What a payer wants on one invoice over all clients waits
    for the monthly run, also of clients who are invoiced daily.
    """
    usual = Practice.objects.values_list("automatic_invoices", flat=True).get(pk=viewer.practice_id)
    over_all = owed_by(wanting_one_invoice())
    of_mode = _clients(mode, usual)
    if mode == Automatic.DAILY:
        return of_mode & ~over_all
    return of_mode | (_clients(Automatic.DAILY, usual) & over_all)


def _clients(mode: str, usual: str) -> Q:
    modes = [mode, ""] if mode == usual else [mode]
    return Q(client__invoicing__in=modes)
