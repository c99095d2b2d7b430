"""Late fees: whether the practice wants them, and what would be charged next."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.audit.record import record
from kinbook.invoices.forms import LateFeeForm
from kinbook.invoices.queries.late_fees import late_today
from kinbook.practice.commands import change_practice
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, page
from kinbook.web.request import version_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request

SHOWN = 50


def late_fees(request: Request) -> HttpResponse:
    """The setting, and a dry run of today."""
    require(request.viewer, Action.BILLING_SETTINGS)
    practice = Practice.objects.get(pk=request.viewer.practice_id)
    percent = None if practice.late_fee_percent is None else Decimal(practice.late_fee_percent) / 100
    initial = {
        "late_fee_days": practice.late_fee_days,
        "late_fee_cents": practice.late_fee_cents,
        "late_fee_percent": percent,
    }
    form = LateFeeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_practice(request.viewer, fields=form.cleaned_data, version=version_of(request))
            return done(request, reverse("invoices:late_fees"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    if request.method == "GET":
        record(request.viewer, "late_fees.viewed")
    late = late_today(request.viewer)
    return page(
        request,
        "invoices/late_fees.html",
        form=form,
        practice=practice,
        late=late[:SHOWN],
        more=len(late) - SHOWN,
        count=sum(1 for each in late if each.cents),
        cents=sum(each.cents for each in late),
        status=422 if form.errors else 200,
    )
