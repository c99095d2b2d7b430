"""A charge entered by hand: a product of the practice's, or a fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.people.queries import client_for
from kinbook.practice.models import Product
from kinbook.tenancy.refused import Invalid
from kinbook.web.money import plain
from kinbook.web.page import beside_fields, done, part
from kinbook.whopays.commands.by_hand import add_charge, sell_product
from kinbook.whopays.forms.charge import ChargeForm
from kinbook.whopays.models import ChargeKind

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kinbook.tenancy.viewer import Viewer
    from kinbook.web.request import Request


def new_charge(request: Request, client_id: UUID) -> HttpResponse:
    """Charge a client for a product or a fee; asked with a product, its name and price are filled in."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.INVOICE_CREATE, client.pk)
    products = list(Product.objects.filter(is_active=True).order_by("name", "pk"))
    if request.method == "POST":
        form = ChargeForm(request.POST, products=products)
    else:
        first = {"kind": "product" if products else "fee", "date": request.viewer.today}
        form = ChargeForm(initial=first | _filled(request.GET, products), products=products)
    if request.method == "POST" and form.is_valid():
        try:
            _add(request.viewer, client.pk, form.cleaned_data)
            return done(
                request, reverse("overview:client_billing", args=[client.pk]), "Added: it waits for an invoice."
            )
        except Invalid as refused:
            beside_fields(form, refused)
    status = 422 if form.errors else 200
    return part(request, "whopays/new_charge.html", client=client, form=form, products=products, status=status)


def _add(viewer: Viewer, client_id: UUID, values: dict[str, Any]) -> None:
    said = {"description": values["description"], "cents": values["amount_cents"], "on": values["date"]}
    if values["product"] and values["kind"] == ChargeKind.PRODUCT:
        sell_product(viewer, client_id=client_id, product_id=UUID(values["product"]), **said)
    else:
        add_charge(viewer, client_id=client_id, kind=values["kind"], **said)


def _filled(data: QueryDict, products: list[Product]) -> dict[str, str]:
    """Return what was chosen so far, with the name and price of the product that was chosen."""
    names = ("kind", "product", "description", "amount_cents", "date")
    entered = {name: str(data[name]) for name in names if name in data}
    chosen = next((each for each in products if str(each.pk) == entered.get("product")), None)
    if chosen is None:
        return entered
    return entered | {"kind": "product", "description": chosen.name, "amount_cents": plain(chosen.price_cents)}
