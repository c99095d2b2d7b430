"""Adding and changing the products that the practice sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import changes, record
from kinbook.practice.commands.clean import is_amount, set_fields
from kinbook.practice.models import Product
from kinbook.tenancy.refused import Unknown, refuse_wrong

if TYPE_CHECKING:
    from uuid import UUID

    from kinbook.tenancy.viewer import Viewer

PRODUCT = ("name", "price_cents", "is_active")


@transaction.atomic
def add_product(viewer: Viewer, *, fields: dict[str, Any]) -> Product:
    """Add a product: name and price_cents."""
    require(viewer, Action.PRACTICE_SETTINGS)
    product = Product(practice_id=viewer.practice_id)
    _fill(product, fields)
    record(viewer, "product.added", product, name=product.name, price_cents=product.price_cents)
    return product


def _fill(product: Product, fields: dict[str, Any]) -> None:
    set_fields(product, fields, PRODUCT)
    problems = {
        "name": (not product.name, "Enter a name."),
        "price_cents": (not is_amount(product.price_cents) or product.price_cents == 0, "More than nothing."),
    }
    refuse_wrong(problems)
    product.save()


@transaction.atomic
def change_product(viewer: Viewer, *, product_id: UUID, fields: dict[str, Any], version: int | None = None) -> Product:
    """Change a product; what was charged before stays as it is, and an inactive one cannot be chosen any more."""
    require(viewer, Action.PRACTICE_SETTINGS)
    product = Product.objects.select_for_update().filter(pk=product_id).first()
    if product is None:
        raise Unknown
    product.require_version(version)
    before = {name: getattr(product, name) for name in fields}
    _fill(product, fields)
    record(viewer, "product.changed", product, changed=changes(before, fields))
    return product
