"""Charges entered by hand, and charges written off before they are invoiced."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.people.queries import lock_clients
from kinbook.practice.models import Product
from kinbook.rules.money import LARGEST
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.reason import read_why
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.whopays.commands.charges import free, refuse_if_invoiced
from kinbook.whopays.commands.forecast import rewrite_forecast
from kinbook.whopays.commands.override import add_override, clean_note, refuse_unfit
from kinbook.whopays.models import Charge, ChargeKind, ChargeState

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.rules.arrangement import Rule
    from kinbook.tenancy.viewer import Viewer

LONGEST_DESCRIPTION = 500
YEARS = range(1900, 2201)
"""Beyond lies a typing error, and at the end of days an instant that no clock can tell."""


@transaction.atomic
def add_charge(
    viewer: Viewer,
    *,
    client_id: UUID,
    kind: str,
    description: str,
    cents: int,
    on: date,
    rule: Rule | None = None,
    note: str = "",
) -> Charge:
    """Charge a product or a fee; `rule` gives it a payer of its own."""
    require(viewer, Action.INVOICE_CREATE, client_id)
    lock_clients([client_id])
    if kind not in {ChargeKind.PRODUCT, ChargeKind.FEE}:
        raise Invalid(kind="The kind is product or fee.")
    text = description.replace("\x00", "").strip()
    if not 0 < len(text) <= LONGEST_DESCRIPTION:
        raise Invalid(description=f"Say what it is for, in at most {LONGEST_DESCRIPTION} characters.")
    if not 0 < cents <= LARGEST:
        raise Invalid(amount_cents="The amount is more than nothing.")
    if on.year not in YEARS:
        raise Invalid(date=f"A date between {YEARS.start} and {YEARS.stop - 1}.")
    charge = Charge.objects.create(
        id=new_id(),
        practice_id=viewer.practice_id,
        client_id=client_id,
        kind=kind,
        state=ChargeState.BILLABLE,
        description=text,
        cents=cents,
        on_date=on,
        moment=datetime.combine(on, time.max, viewer.zone),
    )
    if rule:
        refuse_unfit(viewer, charge, rule)
        add_override(viewer, charge, rule, clean_note(note))
    rewrite_forecast(viewer, [client_id])
    record(viewer, "charge.added", charge, client_id=client_id, kind=kind, cents=cents)
    return charge


@transaction.atomic
def sell_product(
    viewer: Viewer,
    *,
    client_id: UUID,
    product_id: UUID,
    on: date,
    description: str | None = None,
    cents: int | None = None,
    rule: Rule | None = None,
    note: str = "",
) -> Charge:
    """Charge one of the practice's products, by its own name and price unless others are said."""
    require(viewer, Action.INVOICE_CREATE, client_id)
    product = Product.objects.filter(pk=product_id, is_active=True).first()
    if product is None:
        raise Invalid(product_id="There is no such product, or it is not sold any more.")
    charge = add_charge(
        viewer,
        client_id=client_id,
        kind=ChargeKind.PRODUCT,
        description=product.name if description is None else description,
        cents=product.price_cents if cents is None else cents,
        on=on,
        rule=rule,
        note=note,
    )
    Charge.objects.filter(pk=charge.pk).update(product=product)
    record(viewer, "product.sold", charge, client_id=client_id, name=product.name)
    return charge


@transaction.atomic
def waive_charge(viewer: Viewer, *, charge: Charge, reason: str) -> None:
    """Write off a charge before it is invoiced: nobody is billed for it."""
    require(viewer, Action.WRITE_OFF, charge.client_id)
    lock_clients([charge.client_id])
    charge.refresh_from_db()
    if charge.state != ChargeState.BILLABLE:
        raise Conflict("Only a charge that waits to be invoiced can be written off.")
    text = read_why(reason)
    refuse_if_invoiced([charge.pk])
    free([charge.pk])
    Charge.objects.filter(pk=charge.pk).update(state=ChargeState.WAIVED, explanation=text)
    rewrite_forecast(viewer, [charge.client_id])
    record(viewer, "charge.written_off", charge, client_id=charge.client_id, cents=charge.cents, reason=text)


@transaction.atomic
def restore_charge(viewer: Viewer, *, charge: Charge) -> None:
    """Take back a write-off made before invoicing: the charge is decided again."""
    require(viewer, Action.WRITE_OFF, charge.client_id)
    lock_clients([charge.client_id])
    if not Charge.objects.filter(pk=charge.pk, state=ChargeState.WAIVED).update(
        state=ChargeState.BILLABLE, explanation=""
    ):
        raise Conflict("This charge is not written off.")
    rewrite_forecast(viewer, [charge.client_id])
    record(viewer, "charge.restored", charge, client_id=charge.client_id, cents=charge.cents)
