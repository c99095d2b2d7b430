"""Changing the fee of an appointment that stands on an invoice: both ways with what they would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.overview.commands.fee import change_invoiced_fee
from kinbook.overview.forms import FeeForm
from kinbook.overview.queries.fee import fee_preview, invoiced_charge
from kinbook.scheduling.queries.card import appointment_for
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.money import read_cents
from kinbook.web.page import beside_fields, came_from, done, part

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from kinbook.overview.queries.fee import FeePreview
    from kinbook.scheduling.models import Appointment
    from kinbook.web.request import Request


def change_fee(request: Request, appointment_id: UUID) -> HttpResponse:
    """Ask for the new fee and the way, show what it would do, and do it."""
    found = appointment_for(request.viewer, appointment_id)
    require(request.viewer, Action.INVOICE_VOID, found.client_id)
    charge, _ = invoiced_charge(found)
    form = FeeForm(request.POST or None, initial={"fee": charge.fee_cents, "how": "reissue"})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        told: dict[str, Any] = {"fee_cents": values["fee"], "how": values["how"], "reason": values["reason"]}
        try:
            change_invoiced_fee(request.viewer, appointment=found, **told)
            return done(request, came_from(request, reverse("scheduling:calendar")), "Changed.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    typed = request.POST.get("fee") or request.GET.get("fee", "")
    shown = _shown(request, found, typed)
    if "fee" in request.GET:
        return part(request, "overview/_fee_does.html", shown=shown)
    context = {"appointment": found, "charge": charge, "form": form, "shown": shown}
    return part(request, "overview/change_fee.html", status=422 if form.errors else 200, **context)


def _shown(request: Request, found: Appointment, typed: str) -> FeePreview | None:
    """Return what the fee typed would do; nothing while it is no amount."""
    try:
        return fee_preview(request.viewer, found, read_cents(typed)) if typed else None
    except (ValueError, Conflict):
        return None
