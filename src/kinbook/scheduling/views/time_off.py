"""Time off: entered, shown, removed."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.scheduling.commands.time_off import add_time_off, remove_time_off
from kinbook.scheduling.forms.time_off import TimeOffForm
from kinbook.scheduling.queries.absences import absence_for, absentees
from kinbook.scheduling.queries.window import read_day
from kinbook.scheduling.views.answers import changed
from kinbook.tenancy.refused import Invalid
from kinbook.web.page import beside_fields, part

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request


def new_time_off(request: Request) -> HttpResponse:
    """Enter when somebody is not there."""
    require(request.viewer, Action.CALENDAR_EDIT)
    members = absentees(request.viewer)
    form = TimeOffForm(request.POST or None, members=members, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            starts_at, ends_at = form.span(request.viewer)
            add_time_off(
                request.viewer,
                member_id=values["member_id"],
                starts_at=starts_at,
                ends_at=ends_at,
                title=values["title"],
            )
            return changed(request, "Time off is entered.")
        except Invalid as refused:
            beside_fields(form, refused)
    return part(request, "scheduling/new_time_off.html", form=form, status=422 if form.errors else 200)


def time_off(request: Request, time_off_id: UUID) -> HttpResponse:
    """Somebody's time off."""
    return part(request, "scheduling/time_off.html", off=absence_for(request.viewer, time_off_id))


def remove(request: Request, time_off_id: UUID) -> HttpResponse:
    """Take time off out of the calendar."""
    remove_time_off(request.viewer, time_off=absence_for(request.viewer, time_off_id).row)
    return changed(request, "Time off is removed.")


def _asked(request: Request) -> dict[str, Any]:
    """Return what is asked for: a whole day of somebody's, or the hours that were drawn in the calendar."""
    asked = request.GET
    day = read_day(asked.get("date", "")) or request.viewer.today
    whole = {"member_id": _member(request), "starts_on": day, "ends_on": day}
    try:
        end = datetime.fromisoformat(asked.get("end", ""))
        return {**whole, "starts": time.fromisoformat(asked.get("time", "")), "ends_on": end.date(), "ends": end.time()}
    except ValueError:
        return whole


def _member(request: Request) -> str:
    try:
        return str(UUID(request.GET.get("clinician_id", "")))
    except ValueError:
        return str(request.viewer.id)
