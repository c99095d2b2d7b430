"""Periods: the months with what was booked in each, closed and opened again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_POST

from kinbook.access.actions import Action
from kinbook.access.policy import may, require, require_practice
from kinbook.audit.record import record
from kinbook.ledger.commands import close_month, reopen_month
from kinbook.ledger.forms import ReopenForm
from kinbook.ledger.periods import months
from kinbook.rules.periods import spoken_month
from kinbook.tenancy.refused import Conflict, Invalid
from kinbook.web.page import beside_fields, done, page, part

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request


class MonthInAddress:
    """A month in an address: 2026-10."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, text: str) -> date:
        """Return its first day; what is no month is no address."""
        return date.fromisoformat(f"{text}-01")

    def to_url(self, month: date) -> str:
        """Write it."""
        return f"{month:%Y-%m}"


def periods(request: Request) -> HttpResponse:
    """The months, the latest first."""
    require_practice(request.viewer, Action.PERIOD_CLOSE)
    rows = months(request.viewer)
    record(request.viewer, "periods.listed", count=len(rows))
    may_reopen = may(request.viewer, Action.PERIOD_REOPEN)
    return page(request, "ledger/periods.html", rows=rows, may_reopen=may_reopen)


@require_POST
def close(request: Request, month: date) -> HttpResponse:
    """Close a month, and the open ones before it."""
    closed = close_month(request.viewer, month=month)
    more = f" {len(closed) - 1} before it were closed too." if len(closed) > 1 else ""
    return done(request, reverse("ledger:periods"), f"{spoken_month(month)} is closed.{more}")


def reopen(request: Request, month: date) -> HttpResponse:
    """Open the last closed month again, with a reason."""
    require(request.viewer, Action.PERIOD_REOPEN)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_month(request.viewer, month=month, reason=form.cleaned_data["reason"])
            return done(request, reverse("ledger:periods"), f"{spoken_month(month)} is open again.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return part(request, "ledger/reopen.html", form=form, month=month, name=spoken_month(month), status=status)
