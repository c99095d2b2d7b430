"""Discounts before anything is invoiced: a client's sliding fee, and one charge's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.people.queries import client_for
from kinbook.practice.models import Service
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import beside_fields, came_from, done, part
from kinbook.whopays.commands.discounts import (
    DiscountDraft,
    clear_charge_discount,
    discount_charge,
    end_discount,
    set_discount,
)
from kinbook.whopays.forms.discount import ChargeDiscountForm, DiscountForm
from kinbook.whopays.models import Charge, Discount

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from kinbook.web.request import Request

RENAMED = {"percent": "value", "amount_cents": "value", "fixed_fee_cents": "value", "from": "starts_on"}


def new_discount(request: Request, client_id: UUID) -> HttpResponse:
    """Give a client a sliding fee."""
    client = client_for(request.viewer, client_id)
    require(request.viewer, Action.WRITE_OFF, client.pk)
    services = list(Service.objects.filter(is_active=True).order_by("name"))
    form = DiscountForm(request.POST or None, services=services, initial={"starts_on": request.viewer.today})
    if request.method == "POST" and form.is_valid():
        try:
            set_discount(request.viewer, client_id=client.pk, draft=_draft(form.cleaned_data))
            return done(request, _billing(client.pk), "Saved: sessions not invoiced yet cost less from then on.")
        except (Invalid, Conflict) as refused:
            _show(form, refused)
    return part(request, "whopays/discount.html", client=client, form=form, status=422 if form.errors else 200)


def _draft(values: dict[str, Any]) -> DiscountDraft:
    return DiscountDraft(
        terms=values["terms"],
        starts_on=values["starts_on"],
        until=values["until"],
        service_ids=tuple(UUID(each) for each in values["services"]),
        note=values["note"],
    )


def _billing(client_id: UUID) -> str:
    return reverse("whopays:who_pays", args=[client_id])


def _show(form: Form, refused: Invalid | Conflict) -> None:
    if isinstance(refused, Invalid):
        named = {RENAMED.get(name, name): text for name, text in refused.problems.items()}
        beside_fields(form, Invalid(**named))
    else:
        form.add_error(None, refused.sentence)


@require_POST
def end(request: Request, client_id: UUID, discount_id: UUID) -> HttpResponse:
    """End a sliding fee today."""
    client = client_for(request.viewer, client_id)
    found = Discount.objects.filter(client=client, pk=discount_id, charge=None).first()
    if found is None:
        raise Unknown
    end_discount(request.viewer, discount=found)
    return done(request, _billing(client.pk), "Ended: sessions from tomorrow cost their fee.")


def charge_discount(request: Request, charge_id: UUID) -> HttpResponse:
    """Give one charge a discount of its own, or take it away."""
    charge = Charge.objects.visible_to(request.viewer).select_related("client__party").filter(pk=charge_id).first()
    if charge is None:
        raise Unknown
    require(request.viewer, Action.WRITE_OFF, charge.client_id)
    own = Discount.objects.filter(charge=charge).first()
    form = ChargeDiscountForm(request.POST or None)
    try:
        if request.POST.get("clear"):
            clear_charge_discount(request.viewer, charge=charge)
            return done(request, _back(request, charge), "The discount is taken away.")
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            discount_charge(request.viewer, charge=charge, terms=values["terms"], reason=values["reason"])
            return done(request, _back(request, charge), "Discounted: nobody was invoiced for it yet.")
    except (Invalid, Conflict) as refused:
        _show(form, refused)
    status = 422 if form.errors else 200
    return part(request, "whopays/charge_discount.html", charge=charge, own=own, form=form, status=status)


def _back(request: Request, charge: Charge) -> str:
    return came_from(request, reverse("overview:client_billing", args=[charge.client_id]))
