"""The calendar and its contents."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import JsonResponse

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.audit.record import record
from kinbook.scheduling.models import Status
from kinbook.scheduling.queries.clinicians import clinicians
from kinbook.scheduling.queries.events import shown_in
from kinbook.scheduling.queries.window import View, first_weekday, read_day, read_window, title, window_around
from kinbook.scheduling.render import feed
from kinbook.scheduling.render import people as told
from kinbook.scheduling.views.answers import refused_json
from kinbook.tenancy.refused import Invalid, Unknown
from kinbook.web.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from kinbook.scheduling.queries.clinicians import Clinician
    from kinbook.scheduling.queries.events import Shown, Window
    from kinbook.tenancy.viewer import Viewer
    from kinbook.web.request import Request

EVERYONE = "all"


def calendar(request: Request) -> HttpResponse:
    """The calendar, with its first contents in the page."""
    viewer = request.viewer
    require(viewer, Action.CALENDAR_SEE)
    asked = request.GET.get("view", "")
    view = View(asked) if asked in set(View) else View.WEEK
    day = read_day(request.GET.get("date", "")) or viewer.today
    people = clinicians(viewer)
    clinician = _chosen(request, people)
    weekday = first_weekday(viewer)
    window = window_around(day, view, weekday, clinician)
    shown = shown_in(viewer, window)
    _note(viewer, window, shown)
    return page(
        request,
        "scheduling/calendar.html",
        title=title(day, view, window),
        day=day,
        today=viewer.today,
        offset=_offset(viewer),
        view=view.value,
        is_asked=asked == view.value,
        views=[(each.value, each.value.capitalize()) for each in View],
        weekday=(weekday + 1) % 7,
        people=people,
        known=told(people),
        clinician=clinician,
        first=feed(shown, window),
        statuses=dict(Status.choices),
        opened=request.GET.get("appointment", ""),
        may_create=may(viewer, Action.CALENDAR_EDIT),
    )


def events(request: Request) -> HttpResponse:
    """The contents of other dates, for the page's script."""
    require(request.viewer, Action.CALENDAR_SEE)
    try:
        clinician = _id(request.GET.get("clinician", ""))
        window = read_window(request.GET.get("start", ""), request.GET.get("end", ""), clinician)
    except Invalid as refused:
        return refused_json(refused)
    shown = shown_in(request.viewer, window)
    _note(request.viewer, window, shown)
    return JsonResponse(feed(shown, window))


def _note(viewer: Viewer, window: Window, shown: Shown) -> None:
    record(
        viewer,
        "calendar.viewed",
        count=len(shown.events),
        start=window.start.isoformat(),
        until=window.until.isoformat(),
        clinician=str(window.clinician_id or EVERYONE),
    )


def _offset(viewer: Viewer) -> str:
    """Return how far the practice's clock is from UTC now: "-05:00"."""
    text = f"{viewer.now.astimezone(viewer.zone):%z}"
    return f"{text[:3]}:{text[3:5]}"


def _chosen(request: Request, people: Sequence[Clinician]) -> UUID | None:
    """Return whose calendar is asked for: at first a clinician's own, everyone's for the others."""
    asked = request.GET.get("clinician")
    known = {each.id for each in people}
    if asked is None:
        clinical = any(role.startswith("clinician") for role in request.viewer.roles)
        return request.viewer.id if clinical and request.viewer.id in known else None
    if asked in {"", EVERYONE}:
        return None
    chosen = _id(asked)
    if chosen not in known:
        raise Unknown
    return chosen


def _id(text: str) -> UUID | None:
    """Return the id an address names; None for everyone, Invalid for what is none."""
    if text in {"", EVERYONE}:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(clinician="There is no such clinician.") from None
