"""A charge that needs a payer: choose one, or write it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import may
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import came_from, done, part
from kinbook.whopays.commands.by_hand import restore_charge, waive_charge
from kinbook.whopays.commands.override import read_override, set_override
from kinbook.whopays.models import Charge
from kinbook.whopays.views.choices import choices_for

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.web.request import Request


def choose_payer(request: Request, charge_id: UUID) -> HttpResponse:
    """Who owes this one charge."""
    charge = Charge.objects.visible_to(request.viewer).select_related("client__party").filter(pk=charge_id).first()
    if charge is None:
        raise Unknown
    problem = ""
    if request.method == "POST":
        try:
            return _decide(request, charge)
        except (Conflict, Invalid) as refused:
            problem = refused.sentence
    return part(
        request,
        "whopays/choose_payer.html",
        charge=charge,
        choices=choices_for(charge.client),
        problem=problem,
        may_change=may(request.viewer, Action.WHO_PAYS_CHANGE, charge.client_id),
        may_write_off=may(request.viewer, Action.WRITE_OFF, charge.client_id),
        status=422 if problem else 200,
    )


def _decide(request: Request, charge: Charge) -> HttpResponse:
    note = request.POST.get("note", "")
    back = came_from(request, reverse("overview:client_billing", args=[charge.client_id]))
    if request.POST.get("write_off"):
        waive_charge(request.viewer, charge=charge, reason=note)
        return done(request, back, "Written off: nobody is billed for it.")
    if request.POST.get("restore"):
        restore_charge(request.viewer, charge=charge)
        return done(request, back, "The charge is back.")
    rule = read_override({"mode": "single", "payers": [request.POST.get("payer", "")]})
    set_override(request.viewer, charge=charge, rule=rule, note=note)
    return done(request, back, "Chosen for this charge.")
