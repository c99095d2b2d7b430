"""What a lower fee of an invoiced charge would do: the same for the preview and for the deed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Sum

from kinbook.invoices.models import CreditNoteLine, Invoice
from kinbook.invoices.queries.open_lines import open_cents
from kinbook.rules.decide import decide
from kinbook.rules.lowered import lowered
from kinbook.tenancy.models import Practice
from kinbook.whopays.models import Share
from kinbook.whopays.queries.facts import facts_of, load_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from kinbook.rules.facts import Decision
    from kinbook.tenancy.viewer import Viewer
    from kinbook.whopays.models import Charge


@dataclass(frozen=True, slots=True)
class Lowered:
    """An invoice with what a credit note takes off it, and what of that was paid and becomes credit; in cents."""

    invoice: Invoice
    cents: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Lowering:
    """What each share that waits comes to, and the invoices that are credited."""

    waiting: list[tuple[Share, int]]
    invoices: list[Lowered]


def decided_at(viewer: Viewer, charge: Charge, cents: int) -> Decision:
    """Return who would owe a charge of so many cents now, whatever was decided before."""
    practice = Practice.objects.get(pk=viewer.practice_id)
    known = facts_of(charge.client_id, load_rows([charge.client_id]), practice)
    charges = tuple(
        replace(each, cents=cents, fixed=None) if each.id == str(charge.pk) else each for each in known.charges
    )
    return next(each for each in decide(replace(known, charges=charges)) if each.charge == str(charge.pk))


def plan_lowering(viewer: Viewer, charge: Charge, by_cents: int) -> Lowering:
    """Return what lowering a fixed charge by so many cents does to its shares and their invoices."""
    shares = list(Share.objects.filter(charge=charge).select_related("payer").order_by("position"))
    credited = {key: cents for (key, _), cents in lowered_before(charge_ids=[charge.pk]).items()}
    owed = [(str(each.payer.merged_into_id or each.payer_id), _owed(each, credited)) for each in shares]
    total = sum(cents for _, cents in owed) - by_cents
    decided: dict[str, int] = {}
    for part in decided_at(viewer, charge, total).shares:
        decided[part.payer] = decided.get(part.payer, 0) + part.cents
    after = lowered(owed, total, decided)
    off: dict[UUID, int] = defaultdict(int)
    for share, (_, before), new in zip(shares, owed, after, strict=True):
        if share.invoice_id and before > new:
            off[share.invoice_id] += before - new
    waiting = [(share, new) for share, new in zip(shares, after, strict=True) if share.invoice_id is None]
    return Lowering(waiting, _invoices(off, charge))


def _owed(share: Share, credited: dict[UUID, int]) -> int:
    """Return what is owed of a share: less what was credited of it before; uses that up."""
    if share.invoice_id is None:
        return share.cents
    off = min(share.cents, credited.get(share.invoice_id, 0))
    credited[share.invoice_id] = credited.get(share.invoice_id, 0) - off
    return share.cents - off


def lowered_before(
    *, charge_ids: Sequence[UUID] | None = None, invoice_id: UUID | None = None
) -> dict[tuple[UUID, UUID], int]:
    """Return what credit notes for lower fees took off, by invoice and charge, in cents; of live invoices."""
    rows = CreditNoteLine.objects.filter(note__lowers_fee=True, note__voids=None)
    if charge_ids is not None:
        rows = rows.filter(charge_id__in=charge_ids)
    if invoice_id is not None:
        rows = rows.filter(note__invoice_id=invoice_id)
    sums = rows.values_list("note__invoice_id", "charge_id").annotate(cents=Sum("cents"))
    return {(invoice, charge): cents for invoice, charge, cents in sums}


def _invoices(off: dict[UUID, int], charge: Charge) -> list[Lowered]:
    invoices = Invoice.objects.with_state().select_related("payer").filter(pk__in=off).order_by("number")
    return [Lowered(each, off[each.pk], max(0, off[each.pk] - open_cents(each, charge.pk))) for each in invoices]
