"""What another fee of an invoiced appointment would do: voided and reissued, or credited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from kinbook.invoices.models import Invoice
from kinbook.invoices.queries.lowering import decided_at, plan_lowering
from kinbook.people.models import Party
from kinbook.tenancy.refused import Conflict
from kinbook.whopays.models import Charge, ChargeKind, Share

if TYPE_CHECKING:
    from kinbook.invoices.queries.lowering import Lowered
    from kinbook.scheduling.models import Appointment
    from kinbook.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NewShare:
    """What a payer would owe of the appointment, in cents."""

    party: Party
    cents: int


@dataclass(frozen=True, slots=True)
class FeePreview:
    """Both ways at once: the invoices to be void and who would owe what; and the credit notes, if any can be."""

    voided: list[Invoice]
    shares: list[NewShare]
    credits: list[Lowered]
    can_credit: bool


def invoiced_charge(appointment: Appointment) -> tuple[Charge, list[Invoice]]:
    """Return an appointment's charge with the live invoices it stands on; Conflict where there is none to change."""
    charge = Charge.objects.filter(pk=appointment.pk).first()
    held = Share.objects.filter(charge_id=appointment.pk, invoice_id__isnull=False).values("invoice_id")
    invoices = list(Invoice.objects.with_state().select_related("payer").filter(pk__in=held).order_by("number"))
    if charge is None or not invoices:
        raise Conflict("This appointment is on no invoice: change its fee as it is.")
    if charge.kind == ChargeKind.MISSED and charge.fee_cents != appointment.fee_cents:
        raise Conflict("A missed-appointment fee is charged: the appointment's own fee does not change it.")
    return charge, invoices


def can_credit(charge: Charge, fee_cents: int) -> bool:
    """Tell whether a credit note can lower the fee: only down, and only where no discount hangs on it."""
    return 0 <= fee_cents < charge.fee_cents and not charge.discount_cents


def fee_preview(viewer: Viewer, appointment: Appointment, fee_cents: int) -> FeePreview:
    """Return what either way would do."""
    charge, invoices = invoiced_charge(appointment)
    decision = decided_at(viewer, charge, max(0, fee_cents - charge.discount_cents))
    parties = Party.objects.in_bulk([UUID(share.payer) for share in decision.shares])
    credited = can_credit(charge, fee_cents)
    return FeePreview(
        voided=invoices,
        shares=[NewShare(parties[UUID(share.payer)], share.cents) for share in decision.shares],
        credits=plan_lowering(viewer, charge, charge.fee_cents - fee_cents).invoices if credited else [],
        can_credit=credited,
    )
